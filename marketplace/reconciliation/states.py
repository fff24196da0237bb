"""What a statement, its lines and the exceptions can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by


class StatementStatus(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    IMPORTED = "imported", _("Imported")
    REFUSED = "refused", _("Refused")


STATEMENT_TRANSITIONS: Transitions = {
    StatementStatus.UPLOADED: {
        StatementStatus.IMPORTED: by(ActorKind.SYSTEM),
        StatementStatus.REFUSED: by(ActorKind.SYSTEM),
    },
    StatementStatus.IMPORTED: {},
    StatementStatus.REFUSED: {},
}


class LineState(models.TextChoices):
    UNMATCHED = "unmatched", _("Unmatched")
    MATCHED = "matched", _("Matched")
    EXCEPTION = "exception", _("Exception")
    RESOLVED = "resolved", _("Resolved by hand")


class LineKind(models.TextChoices):
    """What the provider says a line is."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    PAYOUT = "payout", _("Payout")
    FEE = "fee", _("Provider fee")
    SWEEP = "sweep", _("Transfer to the bank")
    TOP_UP = "top_up", _("Top-up from the bank")
    RETURN = "return", _("Payout that came back")
    OTHER = "other", _("Another kind")


class MatchRule(models.TextChoices):
    """How a line was recognised, the surest rules first."""

    CHARGE = "charge", _("Charge for a movement")
    SWEEP = "sweep", _("Transfer to the bank")
    RECEIPT = "receipt", _("Same receipt")
    REFERENCE = "reference", _("Our reference")
    TOP_UP = "top_up", _("Top-up of this amount at that time")
    LINKED_RECEIPT = "linked_receipt", _("Receipt of the payment given back")
    AMOUNT_WALLET_TIME = "amount_wallet_time", _("Amount, wallet and time")
    RECEIPT_WITHOUT_ZEROS = "receipt_without_zeros", _("Receipt without its zeros")
    SUM_OF_REFERENCE = "sum_of_reference", _("Lines of one reference")
    SUM_OF_MOVEMENTS = "sum_of_movements", _("One line, several movements")
    SUM_OF_LINES = "sum_of_lines", _("Several lines, one movement")
    SUM_OF_BOTH = "sum_of_both", _("Several lines, several movements")


class TargetKind(models.TextChoices):
    """What of ours a statement line can stand for."""

    ATTEMPT = "attempt", _("Payment")
    REFUND = "refund", _("Refund")
    PAYOUT = "payout", _("Payout")
    RETURNED = "returned", _("Payout that came back")
    TOP_UP = "top_up", _("Top-up from the bank")
    FEE = "fee", _("Provider fee")
    SWEEP = "sweep", _("Transfer to the bank")


LISTED_AS = {
    TargetKind.REFUND: LineKind.REFUND,
    TargetKind.PAYOUT: LineKind.PAYOUT,
    TargetKind.RETURNED: LineKind.RETURN,
    TargetKind.TOP_UP: LineKind.TOP_UP,
}
"""Money that left us, came back, or came from our bank: what its line is, whatever the provider calls it."""


class ExceptionKind(models.TextChoices):
    MISSING_IN_BOOKS = "missing_in_books", _("Missing in our books")
    MISSING_IN_STATEMENT = "missing_in_statement", _("Missing in the statement")
    AMOUNT_DIFFERS = "amount_differs", _("Amount differs")
    DUPLICATE = "duplicate", _("Duplicate")
    FEE_UNEXPECTED = "fee_unexpected", _("Unexpected fee")
    REVERSED = "reversed", _("Reversed by the provider")
    UNKNOWN = "unknown", _("Unknown kind of line")


class ExceptionStatus(models.TextChoices):
    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")


EXCEPTION_TRANSITIONS: Transitions = {
    ExceptionStatus.OPEN: {ExceptionStatus.RESOLVED: by(ActorKind.STAFF, ActorKind.SYSTEM)},
    # What a person closed, a person may open again; its entry is booked back.
    ExceptionStatus.RESOLVED: {ExceptionStatus.OPEN: by(ActorKind.STAFF)},
}


class Resolution(models.TextChoices):
    """How a person closes an exception; each that moves money posts its ledger entry."""

    NO_ACTION = "no_action", _("Explained, nothing to book")
    TO_SUSPENSE = "to_suspense", _("Book the receipt to suspense")
    AS_FEE = "as_fee", _("Book as a provider fee")
    WRITE_OFF = "write_off", _("Write the difference off")
    ARRIVED_LATER = "arrived_later", _("Arrived in a later statement")
    MATCHED = "matched", _("A suggested match was confirmed")


class SuggestionStatus(models.TextChoices):
    """A suggested match books nothing; a person confirms or rejects it."""

    PROPOSED = "proposed", _("Suggested")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")
    # The lines or movements were matched in another way in the meantime.
    SUPERSEDED = "superseded", _("Superseded")


SUGGESTION_TRANSITIONS: Transitions = {
    SuggestionStatus.PROPOSED: {
        SuggestionStatus.CONFIRMED: by(ActorKind.STAFF),
        SuggestionStatus.REJECTED: by(ActorKind.STAFF),
        SuggestionStatus.SUPERSEDED: by(ActorKind.SYSTEM, ActorKind.STAFF),
    },
    SuggestionStatus.CONFIRMED: {SuggestionStatus.PROPOSED: by(ActorKind.STAFF)},
    SuggestionStatus.REJECTED: {},
    # What superseded it was taken back.
    SuggestionStatus.SUPERSEDED: {SuggestionStatus.PROPOSED: by(ActorKind.STAFF)},
}
