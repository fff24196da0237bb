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


class ProviderNotOffered(Conflict):
    """`why` is a sentence, `others` name what the buyer may use instead."""

    code = "provider_not_offered"
    message = _("%(provider)s cannot take this payment: %(why)s You can use %(others)s.")
    field = "provider"


class NoProviderOffered(Unavailable):
    code = "no_provider_offered"
    message = _("%(provider)s cannot take this payment, and no other can now: %(why)s")
    field = "provider"


class SwitchUnchanged(Conflict):
    code = "switch_unchanged"
    message = _("That is how it is already.")


class ControlReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Please say why.")
    field = "reason"


class LimitsInvalid(Invalid):
    code = "limits_invalid"
    message = _("Give whole shillings: the least above zero, and the most not below it.")
    field = "max"


class FeesInvalid(Invalid):
    code = "fees_invalid"
    message = _("Bands begin at zero, rise, and charge at most half.")
    field = "bands"


class AlreadyBegun(Invalid):
    code = "already_begun"
    message = _("What has begun is not changed. Choose today or a later day.")
    field = "valid_from"


class IssueNotFound(NotFound):
    code = "issue_not_found"
    message = _("There is no such payment issue.")


class IssueClosed(Conflict):
    code = "issue_closed"
    message = _("This has been settled already, by a colleague or by the provider.")


class NothingToApply(Conflict):
    code = "nothing_to_apply"
    message = _("There is no money here that an order could take.")


class OrderDoesNotFit(Invalid):
    code = "order_does_not_fit"
    message = _("Only an open order of the same buyer, of at most %(most)s, can take it.")
    field = "order"


class EvidenceMissing(Invalid):
    code = "evidence_missing"
    message = _("Say what proves it, such as where you saw it and under which number.")
    field = "evidence"


class AnotherPersonNeeded(Forbidden):
    """Four eyes: whoever proposed it does not confirm it."""

    code = "another_person_needed"
    message = _("You proposed this yourself: a second person must decide.")


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


class BearersUnfit(Conflict):
    code = "bearers_unfit"
    message = _("Who bears this refund can no longer be changed.")


class ChargebackNotFound(NotFound):
    code = "chargeback_not_found"
    message = _("The provider has taken nothing of this seller order back.")


class ChargebackSettledAlready(Conflict):
    code = "chargeback_settled"
    message = _("It is settled already who bears this.")


class NotComeBack(Conflict):
    code = "not_come_back"
    message = _(
        "%(amount)s do not lie in suspense under this reference. Book the receipt of the provider's"
        " statement to suspense first, then give the reference of that exception."
    )
    field = "came_back_as"


class NotConfirmedYet(Unavailable):
    """A callback that the provider itself does not confirm yet; ask again later."""

    code = "not_confirmed_yet"
    message = _("The provider does not confirm this message yet.")
