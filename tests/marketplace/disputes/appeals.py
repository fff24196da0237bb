"""Decided cases and their appeals, for the tests of both."""

from typing import Any

from marketplace.disputes.commands import (
    appeal_dispute,
    decide_appeal,
    resolve_dispute,
)
from marketplace.disputes.models import Appeal, Dispute
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.models import SellerOrder
from marketplace.payouts.queries import balance_of
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.disputes import an_open_dispute

FULL: dict[str, Any] = {"outcome": "refund_full", "fault": "seller"}
DECLINED: dict[str, Any] = {"outcome": "declined", "fault": "buyer"}
HALF: dict[str, Any] = {"outcome": "refund_partial", "fault": "seller", "refund_minor": 500_000}


def a_decided_case(
    part: SellerOrder | None = None, *, by: Actor | None = None, **decision: Any
) -> Dispute:
    dispute = an_open_dispute(part)
    resolve_dispute(
        dispute_id=dispute.pk, note="As I see it.", actor=by or staff_actor(), **decision
    )
    deliver_all()
    dispute.refresh_from_db()
    return dispute


def buyer_of(dispute: Dispute) -> Actor:
    return Actor.buyer(dispute.buyer_id)


def an_appeal(dispute: Dispute, actor: Actor | None = None) -> Dispute:
    actor = actor or buyer_of(dispute)
    appeal_dispute(dispute_id=dispute.pk, reason="Look at the video.", actor=actor)
    deliver_all()
    dispute.refresh_from_db()
    return dispute


def decide(dispute: Dispute, actor: Actor | None = None, **decision: Any) -> Appeal:
    actor = actor or staff_actor()
    appeal = decide_appeal(dispute_id=dispute.pk, note="Seen anew.", actor=actor, **decision)
    deliver_all()
    dispute.refresh_from_db()
    return appeal


def sellers(part: SellerOrder) -> int:
    """All that the seller has, wherever it lies."""
    left = balance_of(seller_reference=part.seller.reference)
    return left.pending_minor + left.available_minor + left.on_hold_minor


def goodwill(part: SellerOrder) -> int:
    return balance(account=chart.GOODWILL, reference=part.reference)


def owed_to_buyer(part: SellerOrder) -> int:
    return -balance(account=chart.REFUNDS_CLEARING, reference=part.reference)
