"""What payments announce."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _AttemptEvent(Event):
    name: ClassVar[str] = "payments._attempt"
    aggregate: ClassVar[str] = "attempt"
    attempt_id: UUID
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class IntentOpened(Event):
    name: ClassVar[str] = "payments.intent_opened.v1"
    aggregate: ClassVar[str] = "intent"
    intent_id: UUID
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(_AttemptEvent):
    """The row exists; its handler sends the push, outside any transaction."""

    name: ClassVar[str] = "payments.attempt_started.v1"


@dataclass(frozen=True, kw_only=True)
class AttemptSent(_AttemptEvent):
    name: ClassVar[str] = "payments.attempt_sent.v1"


@dataclass(frozen=True, kw_only=True)
class BillTaken(_AttemptEvent):
    """A buyer pays from the phone's own menu; the provider asked us, and we agreed."""

    name: ClassVar[str] = "payments.bill_taken.v1"


@dataclass(frozen=True, kw_only=True)
class AttemptUncertain(_AttemptEvent):
    """Nobody knows whether money moved: enquiry decides."""

    name: ClassVar[str] = "payments.attempt_uncertain.v1"
    message: str


@dataclass(frozen=True, kw_only=True)
class ReceiptLearned(_AttemptEvent):
    """A statement shows the receipt that the provider's answer had left out."""

    name: ClassVar[str] = "payments.receipt_learned.v1"
    receipt: str


@dataclass(frozen=True, kw_only=True)
class PaymentSucceeded(_AttemptEvent):
    """Money arrived. `applied` is False where the order could not take it: it goes back, or is
    `held` for a person to decide."""

    name: ClassVar[str] = "payments.succeeded.v1"
    applied: bool
    held: bool = False


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(_AttemptEvent):
    name: ClassVar[str] = "payments.failed.v1"
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(_AttemptEvent):
    """The provider took a success back."""

    name: ClassVar[str] = "payments.reversed.v1"


@dataclass(frozen=True, kw_only=True)
class ChargebackSettled(Event):
    """Who bears what a provider took back of goods that had left, or that it was won back."""

    name: ClassVar[str] = "payments.chargeback_settled.v1"
    aggregate: ClassVar[str] = "chargeback"
    chargeback_id: UUID
    order_id: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class ProviderMessageReceived(Event):
    name: ClassVar[str] = "payments.message_received.v1"
    aggregate: ClassVar[str] = "message"
    message_id: UUID
    provider: str


@dataclass(frozen=True, kw_only=True)
class _ProviderEvent(Event):
    name: ClassVar[str] = "payments._provider"
    aggregate: ClassVar[str] = "provider"
    provider_id: str


@dataclass(frozen=True, kw_only=True)
class ProviderPaused(_ProviderEvent):
    """Buyers are offered the others."""

    name: ClassVar[str] = "payments.provider_paused.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProviderResumed(_ProviderEvent):
    name: ClassVar[str] = "payments.provider_resumed.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProviderLimitsSet(_ProviderEvent):
    name: ClassVar[str] = "payments.provider_limits_set.v1"
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ProviderFeesSet(_ProviderEvent):
    name: ClassVar[str] = "payments.provider_fees_set.v1"
    kind: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class _IssueEvent(Event):
    name: ClassVar[str] = "payments._issue"
    aggregate: ClassVar[str] = "issue"
    issue_id: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class IssueOpened(_IssueEvent):
    """Something about money or a message needs a person."""

    name: ClassVar[str] = "payments.issue_opened.v1"


@dataclass(frozen=True, kw_only=True)
class IssueProposed(_IssueEvent):
    """One person has said what became of it; a second one must agree."""

    name: ClassVar[str] = "payments.issue_proposed.v1"
    outcome: str


@dataclass(frozen=True, kw_only=True)
class IssueSentBack(_IssueEvent):
    """The second person does not agree."""

    name: ClassVar[str] = "payments.issue_sent_back.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class IssueClosed(_IssueEvent):
    name: ClassVar[str] = "payments.issue_closed.v1"
    decision: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentApplied(Event):
    """Money that lay in suspense pays an order; what it does not take goes back."""

    name: ClassVar[str] = "payments.applied.v1"
    aggregate: ClassVar[str] = "attempt"
    attempt_id: UUID
    order_id: UUID
    surplus_minor: int


@dataclass(frozen=True, kw_only=True)
class _RefundEvent(Event):
    name: ClassVar[str] = "payments._refund"
    aggregate: ClassVar[str] = "refund"
    refund_id: UUID
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class RefundProposed(_RefundEvent):
    """It waits for a second pair of eyes; nothing is booked yet."""

    name: ClassVar[str] = "payments.refund_proposed.v1"


@dataclass(frozen=True, kw_only=True)
class RefundRejected(_RefundEvent):
    name: ClassVar[str] = "payments.refund_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundRequested(_RefundEvent):
    name: ClassVar[str] = "payments.refund_requested.v1"


@dataclass(frozen=True, kw_only=True)
class RefundBorneAnew(_RefundEvent):
    """Others bear a refund than so far; what went to the buyer stays as it is. Minor units, of this part."""

    name: ClassVar[str] = "payments.refund_borne_anew.v1"
    seller_minor: int
    commission_minor: int
    commission_vat_minor: int
    goodwill_minor: int


@dataclass(frozen=True, kw_only=True)
class RefundSent(_RefundEvent):
    name: ClassVar[str] = "payments.refund_sent.v1"


@dataclass(frozen=True, kw_only=True)
class RefundSucceeded(_RefundEvent):
    name: ClassVar[str] = "payments.refund_succeeded.v1"


@dataclass(frozen=True, kw_only=True)
class RefundFailed(_RefundEvent):
    name: ClassVar[str] = "payments.refund_failed.v1"
    code: str
    message: str
