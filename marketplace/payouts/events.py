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
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class EarningUnheld(_EarningEvent):
    name: ClassVar[str] = "payouts.earning_unheld.v1"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReserveDrawn(_EarningEvent):
    """A refund that found the money paid out took this from the part in reserve."""

    name: ClassVar[str] = "payouts.reserve_drawn.v1"
    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class ReserveReleased(_EarningEvent):
    name: ClassVar[str] = "payouts.reserve_released.v1"
    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class _SellerEvent(Event):
    name: ClassVar[str] = "payouts._seller"
    aggregate: ClassVar[str] = "seller"
    seller_id: UUID


@dataclass(frozen=True, kw_only=True)
class SellerHeld(_SellerEvent):
    """All that the seller could be paid is frozen."""

    name: ClassVar[str] = "payouts.seller_held.v1"
    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerFreed(_SellerEvent):
    name: ClassVar[str] = "payouts.seller_freed.v1"
    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PayoutTermsSet(_SellerEvent):
    """How often a seller is paid, from how much, and with which reserve, as two people agreed in
    `request_id`."""

    name: ClassVar[str] = "payouts.terms_set.v1"
    reason: str
    request_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class WalletChecked(_SellerEvent):
    """The provider told, or cannot tell, whose wallet it is; or a person decided."""

    name: ClassVar[str] = "payouts.wallet_checked.v1"
    check_id: int
    status: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReserveRuleSet(Event):
    """As two people agreed in `request_id`."""

    name: ClassVar[str] = "payouts.reserve_rule_set.v1"
    aggregate: ClassVar[str] = "tier"
    tier_id: str
    reason: str
    request_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class _TermsRequestEvent(Event):
    """About the terms of one seller or the reserve of one tier."""

    name: ClassVar[str] = "payouts._terms_request"
    aggregate: ClassVar[str] = "terms_request"
    terms_request_id: UUID
    seller_id: UUID | None
    tier: str


@dataclass(frozen=True, kw_only=True)
class TermsRequested(_TermsRequestEvent):
    """A second person decides."""

    name: ClassVar[str] = "payouts.terms_requested.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class TermsApproved(_TermsRequestEvent):
    name: ClassVar[str] = "payouts.terms_approved.v1"


@dataclass(frozen=True, kw_only=True)
class TermsRejected(_TermsRequestEvent):
    name: ClassVar[str] = "payouts.terms_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class TermsWithdrawn(_TermsRequestEvent):
    """By whoever asked."""

    name: ClassVar[str] = "payouts.terms_withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class _BatchEvent(Event):
    name: ClassVar[str] = "payouts._batch"
    aggregate: ClassVar[str] = "batch"
    batch_id: UUID


@dataclass(frozen=True, kw_only=True)
class BatchPrepared(_BatchEvent):
    name: ClassVar[str] = "payouts.batch_prepared.v1"


@dataclass(frozen=True, kw_only=True)
class BatchTakenOn(_BatchEvent):
    """A person has looked at what the daily run prepared; somebody else may approve it."""

    name: ClassVar[str] = "payouts.batch_taken_on.v1"


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
class PayoutReduced(_PayoutEvent):
    """Something of it was taken back after the approval, and is on the seller's balance: the rest is sent."""

    name: ClassVar[str] = "payouts.payout_reduced.v1"
    taken_back_minor: int
    seller_orders: list[str]


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


@dataclass(frozen=True, kw_only=True)
class PayoutReturned(_PayoutEvent):
    """The wallet or bank sent it back after it was paid; the seller has been re-credited."""

    name: ClassVar[str] = "payouts.payout_returned.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PayoutsPaused(Event):
    """A provider's float is empty: nothing more leaves through it until a person says so."""

    name: ClassVar[str] = "payouts.paused.v1"
    aggregate: ClassVar[str] = "pause"
    pause_id: int
    provider: str
    message: str


@dataclass(frozen=True, kw_only=True)
class PayoutsResumed(Event):
    name: ClassVar[str] = "payouts.resumed.v1"
    aggregate: ClassVar[str] = "pause"
    pause_id: int
    provider: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TopUpRequested(Event):
    """Money is to go from our bank into a provider's wallet; somebody else lets it go."""

    name: ClassVar[str] = "payouts.top_up_requested.v1"
    aggregate: ClassVar[str] = "top_up"
    top_up_id: UUID
    provider: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class TopUpApproved(Event):
    """It counts as money of the wallet from now on."""

    name: ClassVar[str] = "payouts.top_up_approved.v1"
    aggregate: ClassVar[str] = "top_up"
    top_up_id: UUID
    provider: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class TopUpRejected(Event):
    name: ClassVar[str] = "payouts.top_up_rejected.v1"
    aggregate: ClassVar[str] = "top_up"
    top_up_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResultFileUploaded(Event):
    """Its handler judges the rows, asking the provider about each."""

    name: ClassVar[str] = "payouts.result_file_uploaded.v1"
    aggregate: ClassVar[str] = "result_file"
    result_file_id: UUID
