"""What closing refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, NotFound


class PeriodNotFound(NotFound):
    code = "period_not_found"
    message = _("There is no such month.")


class PeriodNotOver(Conflict):
    code = "period_not_over"
    message = _("This month is not over yet.")


class EarlierMonthOpen(Conflict):
    code = "earlier_month_open"
    message = _("Months are closed one after the other: %(month)s comes first.")


class LaterMonthClosed(Conflict):
    code = "later_month_closed"
    message = _("Only the last closed month can be reopened: %(month)s is closed, too.")


class ChecklistNotDone(Conflict):
    """`checks` are the codes of what keeps the month from closing."""

    code = "checklist_not_done"
    message = _("%(month)s cannot be closed yet. Not done: %(items)s.")
