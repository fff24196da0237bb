"""What a month and the reopening of one can be, and what is checked before a close."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by


class PeriodStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    # The books stay locked until a second person agrees.
    REOPENING = "reopening", _("Reopening requested")
    REOPENED = "reopened", _("Reopened")


PERIOD_TRANSITIONS: Transitions = {
    PeriodStatus.OPEN: {PeriodStatus.CLOSED: by(ActorKind.STAFF)},
    PeriodStatus.CLOSED: {PeriodStatus.REOPENING: by(ActorKind.STAFF)},
    PeriodStatus.REOPENING: {
        PeriodStatus.REOPENED: by(ActorKind.STAFF),
        PeriodStatus.CLOSED: by(ActorKind.STAFF),
    },
    PeriodStatus.REOPENED: {PeriodStatus.CLOSED: by(ActorKind.STAFF)},
}
LOCKED = (PeriodStatus.CLOSED, PeriodStatus.REOPENING)


class ReopeningStatus(models.TextChoices):
    REQUESTED = "requested", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


REOPENING_TRANSITIONS: Transitions = {
    ReopeningStatus.REQUESTED: {
        ReopeningStatus.APPROVED: by(ActorKind.STAFF),
        ReopeningStatus.REJECTED: by(ActorKind.STAFF),
    },
    ReopeningStatus.APPROVED: {},
    ReopeningStatus.REJECTED: {},
}


class CheckCode(models.TextChoices):
    """The checklist, in the order in which a person works through it."""

    STATEMENTS = "statements", _("Statements cover every day of each wallet")
    EXCEPTIONS = "exceptions", _("No exception is open")
    SUGGESTIONS = "suggestions", _("No suggested match waits")
    WALLETS = "wallets", _("Each wallet's closing balance is explained")
    ISSUES = "issues", _("No payment waits at the payment desk")
    REFUNDS = "refunds", _("No refund waits, fails or is under way")
    PAYOUTS = "payouts", _("No payout waits or is under way")
    INVOICES = "invoices", _("Every seller is billed for the month")
    SUSPENSE = "suspense", _("Nothing lies in suspense")
    TRIAL_BALANCE = "trial_balance", _("Debits equal credits")
    INVARIANTS = "invariants", _("The data was verified within a day")


# What a person should look at, and may leave: the rest keeps the month from closing.
NOT_BLOCKING = frozenset({CheckCode.SUSPENSE})
