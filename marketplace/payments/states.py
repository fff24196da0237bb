"""The life of an intent, an attempt, a refund and an inbox message (PROVIDERS appendix B)."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

STAFF, SYSTEM, PROVIDER = ActorKind.STAFF, ActorKind.SYSTEM, ActorKind.PROVIDER


class IntentStatus(models.TextChoices):
    OPEN = "open", _("Open")
    PAID = "paid", _("Paid")
    CLOSED = "closed", _("Closed")


INTENT_TRANSITIONS: Transitions = {
    IntentStatus.OPEN: {
        IntentStatus.PAID: by(SYSTEM, PROVIDER, STAFF),
        IntentStatus.CLOSED: by(SYSTEM),
    },
    IntentStatus.PAID: {},
    IntentStatus.CLOSED: {},
}


class AttemptStatus(models.TextChoices):
    CREATED = "created", _("Created")
    SENT = "sent", _("Sent")
    PENDING = "pending", _("Waiting for the buyer")
    UNKNOWN = "unknown", _("Unknown")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    REVERSED = "reversed", _("Reversed by the provider")


_SETTLE = by(SYSTEM, PROVIDER, STAFF)
ATTEMPT_TRANSITIONS: Transitions = {
    AttemptStatus.CREATED: {
        AttemptStatus.SENT: by(SYSTEM),
        AttemptStatus.FAILED: by(SYSTEM),
        # A callback may overtake the answer to the push.
        AttemptStatus.SUCCEEDED: _SETTLE,
    },
    AttemptStatus.SENT: {
        AttemptStatus.PENDING: by(SYSTEM),
        AttemptStatus.UNKNOWN: by(SYSTEM),
        AttemptStatus.SUCCEEDED: _SETTLE,
        AttemptStatus.FAILED: _SETTLE,
    },
    AttemptStatus.PENDING: {
        AttemptStatus.UNKNOWN: by(SYSTEM),
        AttemptStatus.SUCCEEDED: _SETTLE,
        AttemptStatus.FAILED: _SETTLE,
    },
    AttemptStatus.UNKNOWN: {AttemptStatus.SUCCEEDED: _SETTLE, AttemptStatus.FAILED: _SETTLE},
    # Late money: a failure may turn out to have been paid after all.
    AttemptStatus.FAILED: {AttemptStatus.SUCCEEDED: _SETTLE},
    AttemptStatus.SUCCEEDED: {AttemptStatus.REVERSED: _SETTLE},
    AttemptStatus.REVERSED: {},
}


class AttemptChannel(models.TextChoices):
    """Who begins: we, by a prompt, or the buyer, from the phone's own menu."""

    PUSH = "push", _("Prompt on the phone")
    BILL = "bill", _("Bill paid from the phone's menu")


class RefundStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for approval")
    REQUESTED = "requested", _("Requested")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Unknown")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    REJECTED = "rejected", _("Rejected")


REFUND_TRANSITIONS: Transitions = {
    RefundStatus.PROPOSED: {
        RefundStatus.REQUESTED: by(STAFF),
        RefundStatus.REJECTED: by(STAFF, SYSTEM, PROVIDER),
    },
    RefundStatus.REQUESTED: {
        RefundStatus.SENT: by(SYSTEM),
        RefundStatus.FAILED: _SETTLE,  # the provider took the whole payment back by itself
        RefundStatus.SUCCEEDED: _SETTLE,  # a statement shows that an earlier try was done
    },
    RefundStatus.SENT: {
        RefundStatus.SUCCEEDED: _SETTLE,
        RefundStatus.FAILED: _SETTLE,
        RefundStatus.UNKNOWN: by(SYSTEM),
        RefundStatus.REQUESTED: by(SYSTEM),  # the provider could not be reached: nothing left us
    },
    RefundStatus.UNKNOWN: {RefundStatus.SUCCEEDED: _SETTLE, RefundStatus.FAILED: _SETTLE},
    RefundStatus.FAILED: {
        RefundStatus.REQUESTED: by(STAFF),
        # By hand, with evidence; or a statement shows that the refusal was not true.
        RefundStatus.SUCCEEDED: _SETTLE,
    },
    RefundStatus.SUCCEEDED: {},
    RefundStatus.REJECTED: {},
}


class RefundChannel(models.TextChoices):
    """How the money goes back."""

    REVERSAL = "reversal", _("Reversal of the payment")
    PAYOUT = "payout", _("Payout to the wallet that paid")
    MANUAL = "manual", _("By hand, outside the system")


class PaidFrom(models.TextChoices):
    """Where the money of a refund by hand came from."""

    WALLET = "wallet", _("The provider's wallet (its portal)")
    BANK = "bank", _("Our bank account")


class RefundReason(models.TextChoices):
    LATE_PAYMENT = "late_payment", _("Paid after the order expired or was cancelled")
    DUPLICATE_PAYMENT = "duplicate_payment", _("Paid twice")
    WRONG_AMOUNT = "wrong_amount", _("Another amount was paid than asked for")
    ORDER_CANCELLED = "order_cancelled", _("Order cancelled")
    DISPUTE = "dispute", _("Dispute resolved for the buyer")
    RETURNED = "returned", _("Goods came back")
    PRICE_ADJUSTED = "price_adjusted", _("Price adjusted")
    NOT_DELIVERED = "not_delivered", _("Not delivered")


class Bearer(StrEnum):
    """Who bears a refund by amount."""

    # Seller, commission and its VAT, in proportion to what remains of each.
    EARNERS = "earners"
    # The marketplace alone, as goodwill.
    MARKETPLACE = "marketplace"


class ChargebackStatus(models.TextChoices):
    """What became of money that a provider took back although the goods had left."""

    OPEN = "open", _("In dispute")
    EARNERS = "earners", _("Borne by the seller")
    MARKETPLACE = "marketplace", _("Borne by ZetuTech")
    WON = "won", _("Won back")


CHARGEBACK_TRANSITIONS: Transitions = {
    ChargebackStatus.OPEN: {
        ChargebackStatus.EARNERS: by(STAFF, SYSTEM),
        ChargebackStatus.MARKETPLACE: by(STAFF, SYSTEM),
        ChargebackStatus.WON: by(STAFF, SYSTEM),
    },
    ChargebackStatus.EARNERS: {},
    ChargebackStatus.MARKETPLACE: {},
    ChargebackStatus.WON: {},
}


class InboxStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    PROCESSED = "processed", _("Processed")
    MALFORMED = "malformed", _("Malformed")
    UNMATCHED = "unmatched", _("Unmatched")
    FORGED = "forged", _("Forged")


# Those that we can name; an adapter exists for each that is configured.
class Provider(models.TextChoices):
    MPESA = "mpesa", "M-Pesa"
    MIXX = "mixx", "Mixx by Yas"
    AIRTEL = "airtel", "Airtel Money"


class FeeKind(models.TextChoices):
    """What a provider charges us for."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    PAYOUT = "payout", _("Payout")


class IssueKind(models.TextChoices):
    """What is the matter with a payment or a message."""

    OVERPAID = "overpaid", _("More arrived than was asked for")
    UNDERPAID = "underpaid", _("Less arrived than was asked for")
    DUPLICATE = "duplicate", _("Paid twice")
    LATE = "late", _("Paid after the order was off")
    UNKNOWN = "unknown", _("Nobody knows after a day")
    REVERSED = "reversed", _("Taken back by the provider")
    ORPHAN = "orphan", _("Message about a payment that we do not know")
    DOUBTFUL = "doubtful", _("Message that contradicts what we know")
    FORGED = "forged", _("Forged message")


class IssueStatus(models.TextChoices):
    OPEN = "open", _("Open")
    PROPOSED = "proposed", _("Waits for a second person")
    CLOSED = "closed", _("Closed")


ISSUE_TRANSITIONS: Transitions = {
    IssueStatus.OPEN: {
        IssueStatus.PROPOSED: by(STAFF),
        IssueStatus.CLOSED: _SETTLE,
    },
    IssueStatus.PROPOSED: {
        IssueStatus.OPEN: by(STAFF),
        IssueStatus.CLOSED: _SETTLE,
    },
    IssueStatus.CLOSED: {},
}


class IssueDecision(models.TextChoices):
    REFUNDED = "refunded", _("The money goes back")
    APPLIED = "applied", _("Applied to an order")
    CONFIRMED = "confirmed", _("Settled by two people")
    EXPLAINED = "explained", _("Explained by later news")
    NOTED = "noted", _("Looked at and closed")


class SettledAs(models.TextChoices):
    """What two people may say became of a payment."""

    SUCCEEDED = "succeeded", _("The buyer has paid")
    FAILED = "failed", _("No money moved")
