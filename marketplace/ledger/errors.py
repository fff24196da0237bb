"""What the ledger refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid


class Unbalanced(Invalid):
    code = "entry_unbalanced"
    message = _("The entry does not balance: its postings sum to %(difference)s.")


class MonthClosed(Conflict):
    code = "month_closed"
    message = _("This month is closed: nothing can be posted into it any more.")


class MonthNotOver(Invalid):
    code = "month_not_over"
    message = _("This month is not over yet.")


class MonthOutOfOrder(Conflict):
    code = "month_out_of_order"
    message = _("Months are closed one after the other, and only the last one can be reopened.")
