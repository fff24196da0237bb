"""The lives of earnings, payouts and batches, of the check of a wallet and of a result file."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

STAFF, SYSTEM, PROVIDER = ActorKind.STAFF, ActorKind.SYSTEM, ActorKind.PROVIDER


class EarningStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    AVAILABLE = "available", _("Available")
    ON_HOLD = "on_hold", _("On hold")
    PAID = "paid", _("Paid out")
    CANCELLED = "cancelled", _("Cancelled")


EARNING_TRANSITIONS: Transitions = {
    EarningStatus.PENDING: {
        EarningStatus.AVAILABLE: by(SYSTEM),
        EarningStatus.ON_HOLD: by(SYSTEM, STAFF),
        EarningStatus.CANCELLED: by(SYSTEM),
    },
    EarningStatus.AVAILABLE: {
        EarningStatus.ON_HOLD: by(SYSTEM, STAFF),
        EarningStatus.PAID: by(SYSTEM),
        EarningStatus.CANCELLED: by(SYSTEM),
    },
    EarningStatus.ON_HOLD: {
        EarningStatus.PENDING: by(SYSTEM, STAFF),
        EarningStatus.AVAILABLE: by(SYSTEM, STAFF),
        EarningStatus.CANCELLED: by(SYSTEM),
    },
    EarningStatus.PAID: {EarningStatus.AVAILABLE: by(SYSTEM)},  # the wallet sent it back
    # An appeal gives the seller what had gone back whole.
    EarningStatus.CANCELLED: {EarningStatus.PENDING: by(SYSTEM)},
}


class HoldKind(models.TextChoices):
    """Why money is frozen. Each frees itself or is freed by whoever set it, never by another."""

    DISPUTE = "dispute", _("Dispute")
    RISK = "risk", _("Risk")
    KYC_EXPIRED = "kyc_expired", _("Documents expired")


class RiskTier(models.TextChoices):
    """How far we trust a seller; what that costs them stands in `ReserveRule`."""

    NEW = "new", _("New")
    STANDARD = "standard", _("Standard")
    WATCHED = "watched", _("Watched")


# What a reserve is at most: a share in basis points, and days.
SHARE_MAX = 5_000
DAYS_MAX = 180


class Frequency(models.TextChoices):
    """How often a seller is paid by the run; `manual` never is, only by hand."""

    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    MANUAL = "manual", _("By hand")


class Obstacle(models.TextChoices):
    """Why a seller is not paid now."""

    CLOSED = "closed", _("The seller is closed")
    SUSPENDED = "suspended", _("The seller is suspended")
    NO_WALLET = "no_wallet", _("There is no wallet")
    HELD = "held", _("Everything is on hold")
    NAME = "name", _("The name on the wallet is not confirmed")
    COOLING_OFF = "cooling_off", _("The payout number has changed lately")
    OPEN_PAYOUT = "open_payout", _("An earlier payout is not settled")
    BELOW_MINIMUM = "below_minimum", _("Less than the minimum")


class WalletCheckStatus(models.TextChoices):
    WAITING = "waiting", _("Not asked yet")
    MATCHED = "matched", _("Matches")
    DIFFERS = "differs", _("Differs")
    NOT_AVAILABLE = "not_available", _("Not available")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


WALLET_CHECK_TRANSITIONS: Transitions = {
    WalletCheckStatus.WAITING: {
        WalletCheckStatus.MATCHED: by(SYSTEM),
        WalletCheckStatus.DIFFERS: by(SYSTEM),
        WalletCheckStatus.NOT_AVAILABLE: by(SYSTEM),
    },
    WalletCheckStatus.DIFFERS: {
        WalletCheckStatus.ACCEPTED: by(STAFF),
        WalletCheckStatus.REFUSED: by(STAFF),
    },
    WalletCheckStatus.NOT_AVAILABLE: {
        WalletCheckStatus.ACCEPTED: by(STAFF),
        WalletCheckStatus.REFUSED: by(STAFF),
    },
    WalletCheckStatus.MATCHED: {},
    WalletCheckStatus.ACCEPTED: {WalletCheckStatus.REFUSED: by(STAFF)},
    WalletCheckStatus.REFUSED: {WalletCheckStatus.ACCEPTED: by(STAFF)},
}
# A person must look at it; and: money may go there.
TO_REVIEW = [WalletCheckStatus.DIFFERS, WalletCheckStatus.NOT_AVAILABLE]
CONFIRMED = [WalletCheckStatus.MATCHED, WalletCheckStatus.ACCEPTED]


class BatchStatus(models.TextChoices):
    AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    COMPLETED = "completed", _("Completed")
    REJECTED = "rejected", _("Rejected")


BATCH_TRANSITIONS: Transitions = {
    BatchStatus.AWAITING_APPROVAL: {
        BatchStatus.APPROVED: by(STAFF),
        BatchStatus.REJECTED: by(STAFF),
    },
    BatchStatus.APPROVED: {BatchStatus.COMPLETED: by(SYSTEM)},
    BatchStatus.COMPLETED: {},
    BatchStatus.REJECTED: {},
}


class PayoutStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Unknown")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


PAYOUT_TRANSITIONS: Transitions = {
    PayoutStatus.PLANNED: {
        PayoutStatus.APPROVED: by(STAFF),
        PayoutStatus.CANCELLED: by(STAFF, SYSTEM),
    },
    PayoutStatus.APPROVED: {PayoutStatus.SENT: by(SYSTEM), PayoutStatus.FAILED: by(SYSTEM)},
    PayoutStatus.SENT: {
        PayoutStatus.PAID: by(SYSTEM, PROVIDER, STAFF),
        PayoutStatus.FAILED: by(SYSTEM, PROVIDER, STAFF),
        PayoutStatus.UNKNOWN: by(SYSTEM),
        PayoutStatus.APPROVED: by(SYSTEM),  # the provider could not be reached: nothing left us
    },
    PayoutStatus.UNKNOWN: {
        PayoutStatus.PAID: by(SYSTEM, PROVIDER, STAFF),
        PayoutStatus.FAILED: by(SYSTEM, PROVIDER, STAFF),
    },
    PayoutStatus.PAID: {PayoutStatus.RETURNED: by(SYSTEM, PROVIDER, STAFF)},
    PayoutStatus.FAILED: {},
    PayoutStatus.RETURNED: {},
    PayoutStatus.CANCELLED: {},
}


class TakenBackBy(models.TextChoices):
    """Why a seller order's money left an approved payout before that was sent."""

    PROVIDER = "provider", _("The provider took the payment back")
    BUYER = "buyer", _("It was given back to the buyer")


OPEN_PAYOUT = [
    PayoutStatus.PLANNED,
    PayoutStatus.APPROVED,
    PayoutStatus.SENT,
    PayoutStatus.UNKNOWN,
]


class TopUpStatus(models.TextChoices):
    PROPOSED = "proposed", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


TOP_UP_TRANSITIONS: Transitions = {
    TopUpStatus.PROPOSED: {TopUpStatus.APPROVED: by(STAFF), TopUpStatus.REJECTED: by(STAFF)},
    TopUpStatus.APPROVED: {},
    TopUpStatus.REJECTED: {},
}


class ResultFileStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    FINISHED = "finished", _("Finished")


RESULT_FILE_TRANSITIONS: Transitions = {
    ResultFileStatus.UPLOADED: {ResultFileStatus.FINISHED: by(SYSTEM)},
    ResultFileStatus.FINISHED: {},
}


class Verdict(models.TextChoices):
    """What became of a row of a result file."""

    WAITING = "waiting", _("Not looked at yet")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed: the seller is credited again")
    RETURNED = "returned", _("Returned: the seller is credited again")
    KNOWN = "known", _("We knew that already")
    UNREADABLE = "unreadable", _("The row cannot be read")
    REPEATED = "repeated", _("The file names this payout more than once")
    UNKNOWN_REFERENCE = "unknown_reference", _("No payout of ours has this reference")
    AMOUNT_DIFFERS = "amount_differs", _("The amount differs")
    NOT_SENT = "not_sent", _("The payout was not sent")
    DENIED = "denied", _("The provider says otherwise")
    TOO_EARLY = "too_early", _("The provider may still decide")
    OWN_APPROVAL = "own_approval", _("Who approved a payout does not settle it")
    CONTRADICTS = "contradicts", _("It contradicts what is settled")
    RECEIPT_USED = "receipt_used", _("The receipt belongs to another payout")


APPLIED = [Verdict.PAID, Verdict.FAILED, Verdict.RETURNED, Verdict.KNOWN]
