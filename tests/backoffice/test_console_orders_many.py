"""Several orders, or parts of orders, at once: from their lists, after a look at what would happen."""

import pytest
from django.urls import reverse

from marketplace.orders.states import OrderStatus, SellerOrderStatus
from marketplace.payments.models import Attempt
from tests.backoffice.console_pages import list_address, signed_in
from tests.factories.orders import a_paid_order, an_order

pytestmark = pytest.mark.django_db
ORDERS, PARTS = "orders.order", "orders.sellerorder"


def many(client, label: str, name: str, rows, **answers):
    address = reverse(f"admin:{label.replace('.', '_')}_many", args=[name])
    return client.post(address, {"chosen": [row.pk for row in rows], **answers})


def test_who_may_not_decide_is_offered_nothing_to_tick(client):
    an_order()
    signed_in(client, "operations_agent")
    assert 'name="chosen"' in client.get(list_address(ORDERS)).content.decode()

    signed_in(client, "finance")
    assert 'name="chosen"' not in client.get(list_address(ORDERS)).content.decode()
    assert many(client, ORDERS, "cancel", []).status_code == 403


def test_wallets_are_asked_again_where_an_order_can_still_be_paid(client):
    unpaid, paid = an_order(), a_paid_order()
    before = set(Attempt.objects.values_list("pk", flat=True))
    signed_in(client, "operations_agent")

    looked = many(client, ORDERS, "push", [unpaid, paid]).content.decode()
    assert "The wallet of 1 buyer is asked" in looked
    assert "What is left out" in looked
    assert set(Attempt.objects.values_list("pk", flat=True)) == before, "a look asks nobody"
    many(client, ORDERS, "push", [unpaid, paid], decided=1)

    (asked,) = Attempt.objects.exclude(pk__in=before)
    assert (asked.intent.order, asked.msisdn) == (unpaid, unpaid.phone)
    again = many(client, ORDERS, "push", [unpaid]).content.decode()
    assert "None of them can be decided so" in again


def test_orders_are_cancelled_together_with_one_reason(client):
    orders = [an_order(), a_paid_order()]
    signed_in(client, "operations_lead")

    assert many(client, ORDERS, "cancel", orders, decided=1, reason="").status_code == 422
    many(client, ORDERS, "cancel", orders, decided=1, reason="The flood closed the road")

    for order in orders:
        order.refresh_from_db()
        assert order.seller_orders.get().status == SellerOrderStatus.CANCELLED
    assert orders[0].status == OrderStatus.CANCELLED


def test_parts_are_confirmed_and_arrive_together(client):
    parts = [a_paid_order().seller_orders.get() for _time in range(2)]
    unpaid = an_order().seller_orders.get()
    signed_in(client, "operations_agent")

    many(client, PARTS, "confirm", [*parts, unpaid], decided=1)
    for part in [*parts, unpaid]:
        part.refresh_from_db()
    assert {part.status for part in parts} == {SellerOrderStatus.TO_SHIP}
    assert unpaid.status == SellerOrderStatus.AWAITING_PAYMENT

    looked = many(client, PARTS, "deliver", parts).content.decode()
    assert "None of them can be decided so" in looked, "nothing arrives that was not sent"
