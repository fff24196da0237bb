"""Confirm, ship, deliver: what happens to a seller order after it was paid."""

from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.orders.errors import SellerOrderNotFound
from marketplace.orders.events import (
    OrderCompleted,
    SellerOrderConfirmed,
    SellerOrderDelivered,
    SellerOrderShipped,
)
from marketplace.orders.models import Order, SellerOrder, Shipment
from marketplace.orders.states import (
    ORDER_TRANSITIONS,
    SELLER_ORDER_TRANSITIONS,
    OrderStatus,
    SellerOrderStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.events import Event
from marketplace.shared.outbox import record
from marketplace.shared.states import move


@transaction.atomic
def confirm_seller_order(*, seller_order_id: UUID, actor: Actor) -> SellerOrder:
    """The seller has the goods and will send them."""
    _order, part = lock_part(seller_order_id)
    _become(
        part,
        SellerOrderStatus.TO_SHIP,
        SellerOrderConfirmed(seller_order_id=part.pk, order_id=part.order_id),
        actor,
        confirmed_at=clock.now(),
    )
    return part


@transaction.atomic
def ship_seller_order(
    *, seller_order_id: UUID, carrier: str, actor: Actor, tracking: str = ""
) -> SellerOrder:
    """The parcel is on its way; shipping without confirming first confirms too."""
    _order, part = lock_part(seller_order_id)
    now = clock.now()
    _become(
        part,
        SellerOrderStatus.SHIPPED,
        SellerOrderShipped(
            seller_order_id=part.pk, order_id=part.order_id, carrier=carrier, tracking=tracking
        ),
        actor,
        shipped_at=now,
        confirmed_at=part.confirmed_at or now,
    )
    Shipment.objects.create(
        seller_order=part, carrier=carrier[:60], tracking=tracking[:60], shipped_at=now
    )
    return part


@transaction.atomic
def deliver_seller_order(*, seller_order_id: UUID, actor: Actor) -> SellerOrder:
    """The buyer has it. The last part to arrive completes the order."""
    order, part = lock_part(seller_order_id)
    now = clock.now()
    _become(
        part,
        SellerOrderStatus.DELIVERED,
        SellerOrderDelivered(seller_order_id=part.pk, order_id=part.order_id),
        actor,
        delivered_at=now,
    )
    Shipment.objects.filter(seller_order=part).update(delivered_at=now)
    complete_if_done(order, actor)
    return part


def lock_part(seller_order_id: UUID) -> tuple[Order, SellerOrder]:
    """The order and one part of it, locked in this order. Raises SellerOrderNotFound."""
    order_id = (
        SellerOrder.objects.filter(pk=seller_order_id).values_list("order_id", flat=True).first()
    )
    if order_id is None:
        raise SellerOrderNotFound
    order = Order.objects.select_for_update().get(pk=order_id)
    return order, SellerOrder.objects.select_for_update().get(pk=seller_order_id)


def complete_if_done(order: Order, actor: Actor) -> None:
    """Complete the order when every part that was not cancelled is delivered."""
    states = set(SellerOrder.objects.filter(order=order).values_list("status", flat=True))
    done = {SellerOrderStatus.DELIVERED, SellerOrderStatus.CANCELLED}
    if order.status != OrderStatus.PAID or not states <= done:
        return
    if SellerOrderStatus.DELIVERED not in states:
        return
    # Whoever took the last step, the order completes by itself.
    closer = actor if actor.kind != ActorKind.PROVIDER else Actor.system("orders")
    move(order, OrderStatus.COMPLETED, ORDER_TRANSITIONS, actor=closer, closed_at=clock.now())
    record(OrderCompleted(order_id=order.pk), actor=closer)


def _become(
    part: SellerOrder, status: SellerOrderStatus, event: Event, actor: Actor, **changes: Any
) -> None:
    before = move(part, status, SELLER_ORDER_TRANSITIONS, actor=actor, **changes)
    record(event, actor=actor, before={"status": before}, after={"status": status})
