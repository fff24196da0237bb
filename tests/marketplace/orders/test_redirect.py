"""An order is sent elsewhere while nothing of it is on its way, and whom it concerns is told."""

import pytest

from marketplace.accounts.errors import AddressIncomplete, PhoneInvalid
from marketplace.notifications.models import Message
from marketplace.orders.commands import cancel_order, change_delivery, ship_seller_order
from marketplace.orders.errors import (
    AddressUnchanged,
    DeliveryFixed,
    NoDeliveryToRegion,
    OrderNotFound,
    OtherShippingFee,
    ReasonMissing,
)
from marketplace.orders.models import ShippingRate
from marketplace.sellers.queries import owner_of
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_paid_order, an_order
from tests.factories.sellers import seller_actor

pytestmark = pytest.mark.django_db


def moved(order, reason="The buyer has moved.", **parts):
    return change_delivery(order_id=order.pk, reason=reason, actor=staff_actor(), **parts)


def test_what_is_given_changes_and_the_rest_stays():
    order = a_paid_order()
    before = order.recipient

    moved(order, street="Mtaa wa Uhuru 12", phone="0754 999 888")

    order.refresh_from_db()
    assert (order.street, order.phone) == ("Mtaa wa Uhuru 12", "+255754999888")
    assert order.recipient == before


def test_the_log_says_which_parts_changed_and_never_to_what():
    order = a_paid_order()

    moved(order, street="Mtaa wa Uhuru 12", landmark=order.landmark)

    event = LoggedEvent.objects.get(name="orders.delivery_changed.v1")
    assert event.payload["fields"] == ["street"]
    assert "Uhuru" not in str((event.payload, event.before, event.after))


def test_the_buyer_and_who_has_still_to_send_are_told_without_the_address():
    order = a_paid_order()
    part = order.seller_orders.get()

    moved(order, street="Mtaa wa Uhuru 12")
    deliver_all()

    told = Message.objects.filter(code__endswith="order_redirected")
    assert {message.user_id for message in told} == {order.buyer_id, owner_of(part.seller_id)}
    assert not any("Uhuru" in message.body for message in told)


def test_a_seller_who_has_not_heard_of_the_order_is_not_told():
    order = an_order()

    moved(order, district="Mbezi")
    deliver_all()

    told = Message.objects.filter(code__endswith="order_redirected")
    assert {message.user_id for message in told} == {order.buyer_id}


def test_another_region_is_taken_where_the_parcel_costs_the_same():
    order = a_paid_order()
    fee = order.seller_orders.get().shipping_minor
    ShippingRate.objects.create(region="Songwe", fee_minor=fee)
    ShippingRate.objects.create(region="Katavi", fee_minor=fee + 100_000)

    assert moved(order, region="Songwe").region == "Songwe"
    with pytest.raises(OtherShippingFee):
        moved(order, region="Katavi")
    with pytest.raises(NoDeliveryToRegion):
        moved(order, region="Atlantis")


def test_what_is_no_address_and_what_changes_nothing_is_refused():
    order = a_paid_order()
    for parts, refusal in (
        ({"street": "  "}, AddressIncomplete),
        ({"street": "x" * 201}, AddressIncomplete),
        ({"phone": "12"}, PhoneInvalid),
        ({"street": order.street}, AddressUnchanged),
        ({}, AddressUnchanged),
    ):
        with pytest.raises(refusal):
            moved(order, **parts)
    with pytest.raises(ReasonMissing):
        moved(order, reason=" ", street="Elsewhere 1")
    with pytest.raises(OrderNotFound):
        change_delivery(
            order_id=uuid7(), reason="Moved.", street="Elsewhere 1", actor=staff_actor()
        )


def test_once_a_parcel_is_on_its_way_or_nothing_is_sent_the_address_stays():
    shipped, cancelled = a_paid_order(a_listing(), a_listing()), a_paid_order()
    part = shipped.seller_orders.first()
    ship_seller_order(seller_order_id=part.pk, carrier="Bus", actor=seller_actor(part.seller_id))
    cancel_order(order_id=cancelled.pk, reason="Changed mind.", actor=staff_actor())

    for order in (shipped, cancelled):
        with pytest.raises(DeliveryFixed):
            moved(order, street="Mtaa wa Uhuru 12")
