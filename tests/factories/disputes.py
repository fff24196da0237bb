"""Disputes as buyers open them."""

from marketplace.disputes.commands import open_dispute
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DisputeReason
from marketplace.orders.models import SellerOrder
from marketplace.shared.actors import Actor
from tests.factories.orders import a_delivered_part


def an_open_dispute(
    part: SellerOrder | None = None,
    *,
    claimed_minor: int = 1_000_000,
    reason: DisputeReason = DisputeReason.DAMAGED,
) -> Dispute:
    """About a delivered part; its earning is on hold."""
    part = part or a_delivered_part()
    return open_dispute(
        seller_order_id=part.pk,
        reason=reason,
        claimed_minor=claimed_minor,
        message="The screen is broken.",
        actor=Actor.buyer(part.order.buyer_id, part.order.buyer.name),
    )
