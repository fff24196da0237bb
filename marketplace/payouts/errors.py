"""What payouts refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound


class BatchNotFound(NotFound):
    code = "payout_batch_not_found"
    message = _("There is no such payout batch.")


class NothingToPayOut(Conflict):
    code = "nothing_to_pay_out"
    message = _("No seller can be paid now. The payout desk says why, seller by seller.")


class AlreadyHeld(Conflict):
    code = "already_held"
    message = _("This seller is held for that already.")


class NotHeld(Conflict):
    code = "not_held"
    message = _("Nothing of that kind holds this seller.")


class TermsInvalid(Invalid):
    code = "payout_terms_invalid"
    message = _("Choose an offered schedule, a day that exists and a positive minimum.")


class ReserveRuleInvalid(Invalid):
    code = "reserve_rule_invalid"
    message = _("A reserve is at most 50 % for at most 180 days.")


class TermsHoldAlready(Conflict):
    code = "payout_terms_hold_already"
    message = _("That holds already: there is nothing to change.")


class TermsRequestWaits(Conflict):
    code = "payout_terms_request_waits"
    message = _("Another change of this is asked for already: %(reference)s.")


class TermsRequestNotFound(NotFound):
    code = "payout_terms_request_not_found"
    message = _("There is no such request.")


class TermsMoved(Conflict):
    code = "payout_terms_moved"
    message = _(
        "Something else holds than when this was asked for. Reject the request; it can be made anew."
    )


class WalletCheckNotFound(NotFound):
    code = "wallet_check_not_found"
    message = _("There is no such check, or the seller has another wallet by now.")


class BatchNotTakenOn(Conflict):
    code = "payout_batch_not_taken_on"
    message = _("The daily run prepared this batch: one person takes it on, another approves it.")


class NothingFailed(Conflict):
    code = "nothing_failed"
    message = _("No payout of this batch failed or came back.")


class NotReturnable(Conflict):
    code = "payout_not_returnable"
    message = _("Only a payout that was paid can come back.")


class PayoutsNotPaused(Conflict):
    code = "payouts_not_paused"
    message = _("Payouts through this provider are not paused.")


class TopUpNotFound(NotFound):
    code = "top_up_not_found"
    message = _("There is no such top-up.")


class TopUpInvalid(Invalid):
    code = "top_up_invalid"
    message = _("A top-up is of at least one shilling, and names the transfer at the bank.")


class TransferKnown(Conflict):
    code = "transfer_known"
    message = _("This transfer of the bank stands in %(reference)s already.")
    field = "bank_reference"


class OwnTopUp(Forbidden):
    code = "own_top_up"
    message = _("Who asked for a top-up cannot approve it. Please ask a colleague.")


class ResultFileUnreadable(Invalid):
    code = "result_file_unreadable"
    message = _(
        "This is no CSV file with a line of headings that names at least reference and status."
    )
    field = "file"


class ResultFileTooLong(Invalid):
    code = "result_file_too_long"
    message = _("At most %(rows_max)s rows, please.")
    field = "file"


class ResultFileKnown(Conflict):
    code = "result_file_known"
    message = _("This very file was uploaded before, as %(reference)s.")
    field = "file"


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
