"""After the order: fulfilment by those who may, and every way of ending early."""

from datetime import timedelta

import pytest
import time_machine

from marketplace.orders.commands import (
    cancel_order,
    cancel_seller_order,
    confirm_seller_order,
    deliver_seller_order,
    expire_due_orders,
    ship_seller_order,
)
from marketplace.orders.errors import NothingToCancel, ReasonMissing
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus, SellerOrderStatus
from marketplace.payments.models import Intent, Refund
from marketplace.payments.states import IntentStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order, an_order, pay
from tests.factories.sellers import seller_actor
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def buyer_of(order: Order) -> Actor:
    return Actor.buyer(order.buyer_id)


def test_the_last_part_to_arrive_completes_the_order():
    order = a_paid_order(a_listing(), a_listing())
    first, second = order.seller_orders.order_by("pk")

    for part in (first, second):
        confirm_seller_order(seller_order_id=part.pk, actor=seller_actor(part.seller_id))
        ship_seller_order(
            seller_order_id=part.pk, carrier="DHL", actor=seller_actor(part.seller_id)
        )
    deliver_seller_order(seller_order_id=first.pk, actor=buyer_of(order))
    order.refresh_from_db()
    assert order.status == OrderStatus.PAID

    deliver_seller_order(seller_order_id=second.pk, actor=buyer_of(order))
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED


def test_a_buyer_cannot_ship_and_a_seller_cannot_confirm_the_arrival():
    order = a_paid_order()
    part = order.seller_orders.get()

    with pytest.raises(TransitionNotYours):
        ship_seller_order(seller_order_id=part.pk, carrier="DHL", actor=buyer_of(order))
    ship_seller_order(seller_order_id=part.pk, carrier="DHL", actor=seller_actor(part.seller_id))
    with pytest.raises(TransitionNotYours):
        deliver_seller_order(seller_order_id=part.pk, actor=seller_actor(part.seller_id))


def test_an_unpaid_order_gives_its_stock_back_when_its_time_is_up():
    listing = a_listing()
    order = an_order(listing, quantity=4)

    with time_machine.travel(order.expires_at + timedelta(seconds=1)):
        assert expire_due_orders() == 1
        assert expire_due_orders() == 0
        deliver_all()

    order.refresh_from_db()
    listing.refresh_from_db()
    assert order.status == OrderStatus.EXPIRED
    assert (listing.on_hand, listing.reserved) == (10, 0)
    assert Intent.objects.get(order=order).status == IntentStatus.CLOSED
    assert broken_invariants() == []


def test_an_unpaid_order_can_be_cancelled_without_any_refund():
    order = an_order()

    cancel_order(order_id=order.pk, reason="changed my mind", actor=buyer_of(order))
    deliver_all()

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert not Refund.objects.exists()
    assert broken_invariants() == []


def test_cancelling_one_part_of_a_paid_order_asks_for_its_money_back_and_restocks():
    listing, other = a_listing(), a_listing()
    order = a_paid_order(listing, other)
    part = order.seller_orders.get(seller_id=listing.seller_id)

    cancel_seller_order(
        seller_order_id=part.pk, reason="broken in store", actor=seller_actor(part.seller_id)
    )
    deliver_all()

    listing.refresh_from_db()
    order.refresh_from_db()
    assert listing.on_hand == 10
    assert order.status == OrderStatus.PAID
    refund = Refund.objects.get()
    assert refund.amount_minor == part.gross_minor
    assert broken_invariants() == []


def test_a_paid_order_of_which_nothing_is_left_is_cancelled():
    order = a_paid_order(a_listing(), a_listing())

    cancel_order(order_id=order.pk, reason="fraud", actor=staff_actor())

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert {p.status for p in order.seller_orders.all()} == {SellerOrderStatus.CANCELLED}


def test_what_has_arrived_cannot_be_cancelled():
    part = a_delivered_part()

    with pytest.raises(NothingToCancel):
        cancel_order(order_id=part.order_id, reason="too late", actor=staff_actor())
    with pytest.raises(IllegalTransition):
        cancel_seller_order(seller_order_id=part.pk, reason="too late", actor=staff_actor())


def test_cancelling_needs_a_reason():
    order = an_order()

    with pytest.raises(ReasonMissing):
        cancel_order(order_id=order.pk, reason="  ", actor=buyer_of(order))


@pytest.mark.django_db(transaction=True)
def test_of_paying_and_expiring_at_once_one_wins_and_the_stock_agrees():
    listing = a_listing()
    order = an_order(listing)
    Order.objects.filter(pk=order.pk).update(expires_at=clock.now() + timedelta(milliseconds=1))

    outcomes = at_once(lambda: pay(order), expire_due_orders, expire_due_orders)

    order.refresh_from_db()
    assert order.status in {OrderStatus.PAID, OrderStatus.EXPIRED}
    assert len([each for each in outcomes if isinstance(each, Exception)]) <= 1
    assert broken_invariants() == []
    assert failures() == []
