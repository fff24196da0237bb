"""What disputes announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _DisputeEvent(Event):
    name: ClassVar[str] = "disputes._dispute"
    aggregate: ClassVar[str] = "dispute"
    dispute_id: UUID


@dataclass(frozen=True, kw_only=True)
class DisputeOpened(_DisputeEvent):
    name: ClassVar[str] = "disputes.opened.v1"


@dataclass(frozen=True, kw_only=True)
class DisputeTakenBack(_DisputeEvent):
    """The provider reversed the payment of what is in dispute; the buyer's case is about that now."""

    name: ClassVar[str] = "disputes.taken_back.v1"
    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class DisputeContested(_DisputeEvent):
    """We asked the provider for the money, under the number that it gave the matter."""

    name: ClassVar[str] = "disputes.contested.v1"
    case_number: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class DisputeAssigned(_DisputeEvent):
    name: ClassVar[str] = "disputes.assigned.v1"
    assignee_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class DisputeMessagePosted(_DisputeEvent):
    name: ClassVar[str] = "disputes.message_posted.v1"
    message_id: UUID
    party: str
    is_internal: bool


@dataclass(frozen=True, kw_only=True)
class EvidenceAdded(_DisputeEvent):
    """`is_taken_down`: the side told us, and the actor wrote it down."""

    name: ClassVar[str] = "disputes.evidence_added.v1"
    evidence_id: UUID
    party: str
    is_taken_down: bool = False


@dataclass(frozen=True, kw_only=True)
class EvidenceSubmitted(_DisputeEvent):
    """All that a side had prepared is shown now. `is_automatic`: its time was over."""

    name: ClassVar[str] = "disputes.evidence_submitted.v1"
    party: str
    kinds: list[str]
    is_automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class DisputeDecided(_DisputeEvent):
    """Decided, but the refund is so large that a second person must approve it first."""

    name: ClassVar[str] = "disputes.decided.v1"
    outcome: str
    refunded_minor: int
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class DisputeReopened(_DisputeEvent):
    """The second person rejected the refund: the case is to be decided anew."""

    name: ClassVar[str] = "disputes.reopened.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class DisputeResolved(_DisputeEvent):
    name: ClassVar[str] = "disputes.resolved.v1"
    outcome: str
    refunded_minor: int
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class DisputeAppealed(_DisputeEvent):
    """The side that lost wants another person to look; the decision stands until then."""

    name: ClassVar[str] = "disputes.appealed.v1"
    appeal_id: UUID
    party: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class AppealDecided(_DisputeEvent):
    """Another person's word, in effect; `is_upheld`: nothing changed. Minor units."""

    name: ClassVar[str] = "disputes.appeal_decided.v1"
    appeal_id: UUID
    is_upheld: bool
    outcome: str
    refunded_minor: int
    fault: str
    extra_minor: int = 0
    kept_minor: int = 0


@dataclass(frozen=True, kw_only=True)
class AppealDropped(_DisputeEvent):
    """The provider took the payment back: that is a case of its own."""

    name: ClassVar[str] = "disputes.appeal_dropped.v1"
    appeal_id: UUID


@dataclass(frozen=True, kw_only=True)
class DisputeWithdrawn(_DisputeEvent):
    name: ClassVar[str] = "disputes.withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class DisputeTurnPassed(_DisputeEvent):
    """Another side is to act, until `due_at` (ISO 8601)."""

    name: ClassVar[str] = "disputes.turn_passed.v1"
    party: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class DisputeSideSilent(_DisputeEvent):
    """A side let its time pass; `is_lost`: the case is closed against it, else it is ours."""

    name: ClassVar[str] = "disputes.side_silent.v1"
    party: str
    is_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class ProposalMade(_DisputeEvent):
    """A side names the amount on which it would settle."""

    name: ClassVar[str] = "disputes.proposal_made.v1"
    proposal_id: UUID
    party: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class ProposalAccepted(_DisputeEvent):
    name: ClassVar[str] = "disputes.proposal_accepted.v1"
    proposal_id: UUID
    amount_minor: int
