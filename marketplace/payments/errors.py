"""What payments refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class PaymentNotFound(NotFound):
    code = "payment_not_found"
    message = _("There is no such payment.")


class RefundNotFound(NotFound):
    code = "refund_not_found"
    message = _("There is no such refund.")


class OrderNotPayable(Conflict):
    code = "order_not_payable"
    message = _("This order does not wait for a payment any more.")


class AttemptInFlight(Conflict):
    code = "attempt_in_flight"
    message = _("A payment request is on its way to a phone already. Please answer it first.")


class ProviderUnknown(Invalid):
    code = "provider_unknown"
    message = _("We do not take payments through “%(provider)s”.")
    field = "provider"


class WalletNotSupported(Invalid):
    code = "wallet_not_supported"
    message = _("This number's wallet is not one that we can charge yet. Please use %(providers)s.")
    field = "msisdn"


class NotAMobileNumber(Invalid):
    code = "msisdn_invalid"
    message = _("Please give a Tanzanian mobile number, such as +255 754 000 000.")
    field = "msisdn"


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = _("There is no payment that could be given back.")


class RefundTooLarge(Invalid):
    code = "refund_too_large"
    message = _("At most %(most)s can still be refunded.")
    field = "amount"


class PiecesInvalid(Invalid):
    code = "pieces_invalid"
    message = _("Of “%(title)s” at most %(most)s pieces can still be refunded.")
    field = "pieces"


class NothingChosen(Invalid):
    code = "nothing_chosen"
    message = _("Choose pieces, the shipping, or an amount.")
    field = "amount"


class SecondPersonNeeded(Forbidden):
    """Four eyes: whoever asked for it does not decide it."""

    code = "second_person_needed"
    message = _("You asked for this refund yourself: a second person must decide.")


class RefundReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Please say why.")
    field = "reason"


class RefundUndecided(Conflict):
    code = "refund_undecided"
    message = _("The provider may still say what became of this refund. Try again after %(at)s.")


class AmountInvalid(Invalid):
    code = "amount_invalid"
    message = _("Give a positive amount of whole shillings.")
    field = "amount"


class NotConfirmedYet(Unavailable):
    """A callback that the provider itself does not confirm yet; ask again later."""

    code = "not_confirmed_yet"
    message = _("The provider does not confirm this message yet.")
