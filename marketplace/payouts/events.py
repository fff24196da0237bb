"""What payouts announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _EarningEvent(Event):
    name: ClassVar[str] = "payouts._earning"
    aggregate: ClassVar[str] = "earning"
    earning_id: UUID
    seller_order_id: UUID


@dataclass(frozen=True, kw_only=True)
class EarningOpened(_EarningEvent):
    name: ClassVar[str] = "payouts.earning_opened.v1"


@dataclass(frozen=True, kw_only=True)
class EarningReleased(_EarningEvent):
    """The hold is over: the money may go out with the next batch."""

    name: ClassVar[str] = "payouts.earning_released.v1"


@dataclass(frozen=True, kw_only=True)
class EarningHeld(_EarningEvent):
    name: ClassVar[str] = "payouts.earning_held.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class EarningUnheld(_EarningEvent):
    name: ClassVar[str] = "payouts.earning_unheld.v1"


@dataclass(frozen=True, kw_only=True)
class _BatchEvent(Event):
    name: ClassVar[str] = "payouts._batch"
    aggregate: ClassVar[str] = "batch"
    batch_id: UUID


@dataclass(frozen=True, kw_only=True)
class BatchPrepared(_BatchEvent):
    name: ClassVar[str] = "payouts.batch_prepared.v1"


@dataclass(frozen=True, kw_only=True)
class BatchApproved(_BatchEvent):
    name: ClassVar[str] = "payouts.batch_approved.v1"


@dataclass(frozen=True, kw_only=True)
class BatchRejected(_BatchEvent):
    name: ClassVar[str] = "payouts.batch_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class BatchCompleted(_BatchEvent):
    name: ClassVar[str] = "payouts.batch_completed.v1"


@dataclass(frozen=True, kw_only=True)
class _PayoutEvent(Event):
    name: ClassVar[str] = "payouts._payout"
    aggregate: ClassVar[str] = "payout"
    payout_id: UUID
    seller_id: UUID


@dataclass(frozen=True, kw_only=True)
class PayoutApproved(_PayoutEvent):
    """The ledger has taken it from the seller; its handler disburses, outside any transaction."""

    name: ClassVar[str] = "payouts.payout_approved.v1"


@dataclass(frozen=True, kw_only=True)
class PayoutCancelled(_PayoutEvent):
    name: ClassVar[str] = "payouts.payout_cancelled.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PayoutSent(_PayoutEvent):
    name: ClassVar[str] = "payouts.payout_sent.v1"


@dataclass(frozen=True, kw_only=True)
class PayoutPaid(_PayoutEvent):
    name: ClassVar[str] = "payouts.payout_paid.v1"


@dataclass(frozen=True, kw_only=True)
class PayoutFailed(_PayoutEvent):
    """The seller has been re-credited."""

    name: ClassVar[str] = "payouts.payout_failed.v1"
    code: str
    message: str
