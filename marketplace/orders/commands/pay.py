"""An order becomes paid: the reserved stock is sold, and its sellers may begin."""

from uuid import UUID

from django.db import transaction

from marketplace.listings.commands import sell
from marketplace.orders.errors import OrderNotFound
from marketplace.orders.events import OrderPaid
from marketplace.orders.models import Order, Reservation, SellerOrder
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
from marketplace.shared.states import move


@transaction.atomic
def mark_paid(*, order_id: UUID, actor: Actor) -> bool:
    """Take the money for the order; False where it cannot any more (expired, cancelled, paid).

    Locks order, seller orders, listings, in this order.
    """
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    if order.status != OrderStatus.AWAITING_PAYMENT:
        return False
    now = clock.now()
    move(order, OrderStatus.PAID, ORDER_TRANSITIONS, actor=actor, paid_at=now)
    for part in lock_rows(SellerOrder.objects.filter(order=order)):
        move(part, SellerOrderStatus.TO_CONFIRM, SELLER_ORDER_TRANSITIONS, actor=actor)
    held = Reservation.objects.filter(order=order, status=ReservationStatus.OPEN)
    sell(quantities=dict(held.values_list("listing_id", "quantity")), actor=actor)
    held.update(status=ReservationStatus.SOLD, closed_at=now)
    record(
        OrderPaid(order_id=order.pk),
        actor=actor,
        before={"status": OrderStatus.AWAITING_PAYMENT},
        after={"status": OrderStatus.PAID},
    )
    return True
