"""What billing refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid, NotFound


class DocumentNotFound(NotFound):
    code = "billing_document_not_found"
    message = _("There is no such invoice or credit note.")


class PeriodNotOver(Conflict):
    """A month is billed when it is over: nothing more can happen in it."""

    code = "period_not_over"
    message = _("This month is not over yet. It is billed from %(from)s on.")
    field = "period"


class PeriodNotAMonth(Invalid):
    code = "period_not_a_month"
    message = _("Give the first day of a month.")
    field = "period"


class NothingToSend(Conflict):
    """An acknowledged receipt is never sent again."""

    code = "fiscal_receipt_acknowledged"
    message = _("The tax authority has acknowledged this receipt already.")
