"""What payouts refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound


class BatchNotFound(NotFound):
    code = "payout_batch_not_found"
    message = _("There is no such payout batch.")


class NothingToPayOut(Conflict):
    code = "nothing_to_pay_out"
    message = _("No seller has %(least)s or more available without an open payout.")


class FourEyes(Forbidden):
    code = "four_eyes"
    message = _("Who prepared a batch cannot approve it. Please ask a colleague.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Please give a reason.")
    field = "reason"


class ReceiptMissing(Invalid):
    code = "receipt_missing"
    message = _("Please give the provider's receipt.")
    field = "receipt"


class PayoutNotFound(NotFound):
    code = "payout_not_found"
    message = _("There is no such payout.")


class StillUncertain(Conflict):
    code = "payout_still_uncertain"
    message = _("The provider is still being asked about this payout, or it is settled.")


class EarningNotFound(NotFound):
    code = "earning_not_found"
    message = _("There is no such earning.")
