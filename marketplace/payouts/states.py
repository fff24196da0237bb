"""The life of an earning, of a payout to one seller, and of the batch that carries it."""

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
    EarningStatus.PAID: {},
    EarningStatus.CANCELLED: {},
}


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
    PayoutStatus.PAID: {},
    PayoutStatus.FAILED: {},
    PayoutStatus.CANCELLED: {},
}

OPEN_PAYOUT = [
    PayoutStatus.PLANNED,
    PayoutStatus.APPROVED,
    PayoutStatus.SENT,
    PayoutStatus.UNKNOWN,
]
