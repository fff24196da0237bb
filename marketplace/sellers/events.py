"""What sellers announce."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _ApplicationEvent(Event):
    name: ClassVar[str] = "sellers._application"
    aggregate: ClassVar[str] = "application"
    application_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApplicationStarted(_ApplicationEvent):
    name: ClassVar[str] = "sellers.application_started.v1"


@dataclass(frozen=True, kw_only=True)
class ApplicationEdited(_ApplicationEvent):
    name: ClassVar[str] = "sellers.application_edited.v1"


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(_ApplicationEvent):
    name: ClassVar[str] = "sellers.application_submitted.v1"


@dataclass(frozen=True, kw_only=True)
class ApplicationClaimed(_ApplicationEvent):
    name: ClassVar[str] = "sellers.application_claimed.v1"


@dataclass(frozen=True, kw_only=True)
class ApplicationReleased(_ApplicationEvent):
    name: ClassVar[str] = "sellers.application_released.v1"


@dataclass(frozen=True, kw_only=True)
class InformationRequested(_ApplicationEvent):
    name: ClassVar[str] = "sellers.information_requested.v1"
    message: str


@dataclass(frozen=True, kw_only=True)
class ApplicationApproved(_ApplicationEvent):
    name: ClassVar[str] = "sellers.application_approved.v1"
    seller_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApplicationRejected(_ApplicationEvent):
    name: ClassVar[str] = "sellers.application_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentUploaded(_ApplicationEvent):
    name: ClassVar[str] = "sellers.document_uploaded.v1"
    document_id: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class DocumentReviewed(_ApplicationEvent):
    name: ClassVar[str] = "sellers.document_reviewed.v1"
    document_id: UUID
    status: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentRead(_ApplicationEvent):
    """Somebody opened a KYC document: personal data leaves a trace."""

    name: ClassVar[str] = "sellers.document_read.v1"
    document_id: UUID


@dataclass(frozen=True, kw_only=True)
class SellerStatusChanged(Event):
    name: ClassVar[str] = "sellers.seller_status_changed.v1"
    aggregate: ClassVar[str] = "seller"
    seller_id: UUID
    status: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class _StandingRequestEvent(Event):
    name: ClassVar[str] = "sellers._standing_request"
    aggregate: ClassVar[str] = "standing_request"
    standing_request_id: UUID
    seller_id: UUID


@dataclass(frozen=True, kw_only=True)
class StandingRequested(_StandingRequestEvent):
    """`is_held`: the seller is suspended at once, for a while."""

    name: ClassVar[str] = "sellers.standing_requested.v1"
    wanted: str
    reason: str
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class StandingApproved(_StandingRequestEvent):
    name: ClassVar[str] = "sellers.standing_approved.v1"


@dataclass(frozen=True, kw_only=True)
class StandingRejected(_StandingRequestEvent):
    name: ClassVar[str] = "sellers.standing_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class StandingWithdrawn(_StandingRequestEvent):
    name: ClassVar[str] = "sellers.standing_withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class HoldLapsed(_StandingRequestEvent):
    """No second person agreed in time: the seller sells again."""

    name: ClassVar[str] = "sellers.hold_lapsed.v1"


@dataclass(frozen=True, kw_only=True)
class PayoutWalletChanged(Event):
    """Both numbers are told; nothing is paid to the new one before `rests_until`.

    The old number is sealed (shared.sealing): the log keeps no wallet number in clear.
    """

    name: ClassVar[str] = "sellers.payout_wallet_changed.v1"
    aggregate: ClassVar[str] = "seller"
    seller_id: UUID
    sealed_old_msisdn: str
    rests_until: datetime
    reason: str = ""
