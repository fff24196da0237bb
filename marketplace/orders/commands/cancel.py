"""Orders that end early: cancelled by somebody, or never paid."""

from uuid import UUID

from django.db import transaction

from marketplace.listings.commands import release, restock
from marketplace.orders.commands.fulfil import complete_if_done, lock_part
from marketplace.orders.errors import NothingToCancel, OrderNotFound, ReasonMissing
from marketplace.orders.events import OrderCancelled, OrderExpired, SellerOrderCancelled
from marketplace.orders.models import Order, OrderLine, Reservation, SellerOrder
from marketplace.orders.states import (
    ORDER_TRANSITIONS,
    SELLER_ORDER_TRANSITIONS,
    OrderStatus,
    ReservationStatus,
    SellerOrderStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows
from marketplace.shared.outbox import record
from marketplace.shared.states import may_move, move

EXPIRED_PER_SWEEP = 500
ORDERS = Actor.system("orders")


@transaction.atomic
def cancel_order(*, order_id: UUID, reason: str, actor: Actor) -> Order:
    """Cancel the order, or of a paid one every part that this actor may still stop.

    The money of what is cancelled goes back by itself. Raises NothingToCancel.
    """
    if not reason.strip():
        raise ReasonMissing
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    if order.status == OrderStatus.AWAITING_PAYMENT:
        _close_unpaid(order, OrderStatus.CANCELLED, reason, actor)
        record(OrderCancelled(order_id=order.pk, was_paid=False, reason=reason), actor=actor)
        return order
    stoppable = [
        part
        for part in lock_rows(SellerOrder.objects.filter(order=order))
        if may_move(SELLER_ORDER_TRANSITIONS, part.status, SellerOrderStatus.CANCELLED, actor)
    ]
    if order.status != OrderStatus.PAID or not stoppable:
        raise NothingToCancel
    for part in stoppable:
        _cancel_part(part, reason, actor)
    _close_if_nothing_is_left(order, reason, actor)
    return order


@transaction.atomic
def cancel_seller_order(*, seller_order_id: UUID, reason: str, actor: Actor) -> SellerOrder:
    """One seller's part of a paid order is off: stock and money go back."""
    if not reason.strip():
        raise ReasonMissing
    order, part = lock_part(seller_order_id)
    if part.status == SellerOrderStatus.AWAITING_PAYMENT:
        raise NothingToCancel
    _cancel_part(part, reason, actor)
    _close_if_nothing_is_left(order, reason, actor)
    return part


def expire_due_orders() -> int:
    """Give the stock of orders that were not paid in time back; returns how many expired."""
    due = Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT, expires_at__lte=clock.now())
    ids = list(due.order_by("expires_at").values_list("pk", flat=True)[:EXPIRED_PER_SWEEP])
    return sum(_expire(order_id) for order_id in ids)


@transaction.atomic
def _expire(order_id: UUID) -> bool:
    """False where somebody is just paying or cancelling it: then they decide."""
    order = Order.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()
    if order is None or order.status != OrderStatus.AWAITING_PAYMENT:
        return False
    _close_unpaid(order, OrderStatus.EXPIRED, "", ORDERS)
    record(OrderExpired(order_id=order.pk), actor=ORDERS)
    return True


def _close_unpaid(order: Order, status: OrderStatus, reason: str, actor: Actor) -> None:
    now = clock.now()
    move(order, status, ORDER_TRANSITIONS, actor=actor, closed_at=now, close_reason=reason[:300])
    for part in lock_rows(SellerOrder.objects.filter(order=order)):
        move(
            part,
            SellerOrderStatus.CANCELLED,
            SELLER_ORDER_TRANSITIONS,
            actor=actor,
            cancelled_at=now,
            cancel_reason=reason[:300],
        )
    held = Reservation.objects.filter(order=order, status=ReservationStatus.OPEN)
    release(quantities=dict(held.values_list("listing_id", "quantity")))
    held.update(status=ReservationStatus.RELEASED, closed_at=now)


def _cancel_part(part: SellerOrder, reason: str, actor: Actor) -> None:
    before = move(
        part,
        SellerOrderStatus.CANCELLED,
        SELLER_ORDER_TRANSITIONS,
        actor=actor,
        cancelled_at=clock.now(),
        cancel_reason=reason[:300],
    )
    lines = OrderLine.objects.filter(seller_order=part)
    restock(quantities=dict(lines.values_list("listing_id", "quantity")))
    record(
        SellerOrderCancelled(seller_order_id=part.pk, order_id=part.order_id, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": SellerOrderStatus.CANCELLED},
    )


def _close_if_nothing_is_left(order: Order, reason: str, actor: Actor) -> None:
    left = SellerOrder.objects.filter(order=order).exclude(status=SellerOrderStatus.CANCELLED)
    if left.exists():
        complete_if_done(order, actor)
        return
    move(
        order,
        OrderStatus.CANCELLED,
        ORDER_TRANSITIONS,
        actor=actor,
        closed_at=clock.now(),
        close_reason=reason[:300],
    )
    record(OrderCancelled(order_id=order.pk, was_paid=True, reason=reason), actor=actor)
