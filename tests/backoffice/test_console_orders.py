"""The list of orders: found by whatever is known of one, paged by key however long it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.admin.base import Console
from backoffice.admin.order_search import matching
from marketplace.accounts.models import User
from marketplace.notifications.models import Message
from marketplace.notifications.states import MessageStatus
from marketplace.orders.models import Order, OrderLine
from marketplace.payments.models import Attempt
from tests.backoffice.console_pages import decide, list_address, said, signed_in
from tests.deliveries import deliver_all
from tests.factories.console import a_world
from tests.factories.orders import a_paid_order, an_order

pytestmark = pytest.mark.django_db
ORDERS = "orders.order"


def shown(client, address: str = "", **filters) -> list[str]:
    response = client.get(list_address(ORDERS) + address, filters)
    return [row.reference for row in response.context["cl"].result_list]


def test_an_order_is_found_by_whatever_is_known_of_it(client):
    world, other = a_world(), a_world()
    order = world.order
    User.objects.filter(pk=order.buyer_id).update(name="Zuhura Mwinyi", email="zuhura@example.test")
    Order.objects.filter(pk=order.pk).update(phone="+255754123456")
    OrderLine.objects.filter(seller_order__order=order).update(sku="TAB-S9")
    Attempt.objects.filter(intent__order=order).update(receipt="SKJ4HU7XYZ")
    signed_in(client, "operations_lead")

    known = [
        order.reference.lower(), world.seller_order.reference, "0754 123 456", "zuhura",
        "Zuhura@example.test", "tab-s9", "skj4hu7xyz",
    ]  # fmt: skip
    for words in known:
        assert shown(client, q=words) == [order.reference], words
    for words in ("nobody", "%", "ORD-0000", "0700000000", "x" * 300):
        assert shown(client, q=words) == [], words
    assert len(shown(client)) == 2
    assert other.order.reference in shown(client)


def test_searching_a_name_asks_a_bounded_number_of_questions():
    a_world()

    with CaptureQueriesContext(connection) as asked:
        list(Order.objects.filter(matching("asha"))[:50])

    assert len(asked) <= 2


def test_the_list_goes_on_by_key_in_both_directions_and_loses_no_row(client, monkeypatch):
    monkeypatch.setattr(Console, "list_per_page", 2)
    references = [a_world().order.reference for _ in range(5)][::-1]
    signed_in(client, "operations_lead")

    def visit(address: str):
        cl = client.get(list_address(ORDERS) + address).context["cl"]
        return [row.reference for row in cl.result_list], cl

    first, cl = visit("")
    second, cl_second = visit(cl.older)
    third, cl_third = visit(cl_second.older)

    assert [*first, *second, *third] == references
    assert not cl.newer
    assert not cl_third.older
    assert visit(cl_third.newer)[0] == second
    assert visit(cl_second.newer)[0] == first


def test_a_filter_begins_at_the_newest_and_a_wrong_key_shows_the_first_page(client):
    order = a_world().order
    signed_in(client, "operations_lead")

    response = client.get(list_address(ORDERS), {"before": str(order.pk)})
    assert list(response.context["cl"].result_list) == []
    assert "before=" not in response.context["cl"].get_query_string({"status__exact": "paid"})
    assert shown(client, before="nonsense") == [order.reference]
    assert shown(client, after="'; --") == [order.reference]


def test_the_ten_thousandth_page_asks_no_more_than_the_first(client, monkeypatch):
    monkeypatch.setattr(Console, "list_per_page", 1)
    a_world(), a_world()
    signed_in(client, "operations_lead")
    client.get(list_address(ORDERS))

    with CaptureQueriesContext(connection) as first:
        response = client.get(list_address(ORDERS))
    with CaptureQueriesContext(connection) as deep:
        client.get(list_address(ORDERS) + response.context["cl"].older)

    assert len(deep) <= len(first)
    assert not any("OFFSET" in query["sql"] for query in deep.captured_queries)


def test_a_row_names_its_columns_for_a_phone_and_says_which_are_figures(client):
    order = a_paid_order()
    signed_in(client, "operations_lead")

    page = client.get(list_address(ORDERS)).content.decode()
    about = client.get(f"{list_address(ORDERS)}{order.pk}/change/").content.decode()

    assert '<td class="field-total zt-number" data-label="Total">' in page
    assert 'data-label="Buyer"' in page
    assert 'data-label="Commission"' in about


def test_support_helps_buyers_and_ships_nothing(client):
    part = a_paid_order().seller_orders.get()
    signed_in(client, "support")

    helped = decide(
        client, part.order, "redirect", recipient="Asha", district="Ilala",
        region=part.order.region, reason="The buyer has moved.",
    )  # fmt: skip

    assert helped.status_code == 302
    assert decide(client, part, "ship", carrier="Bus").status_code == 403


def test_an_address_is_changed_without_showing_what_is_personal_of_it(client):
    signed_in(client, "operations_agent")
    order = a_paid_order()

    page = client.get(f"{list_address(ORDERS)}{order.pk}/change/").content.decode()
    decide(
        client, order, "redirect", recipient=order.recipient, district="Kinondoni",
        region=order.region, street="Mtaa wa Uhuru 12", reason="The buyer has moved.",
    )  # fmt: skip

    assert order.phone not in page
    assert order.street not in page
    kept = order.phone
    order.refresh_from_db()
    assert (order.street, order.district) == ("Mtaa wa Uhuru 12", "Kinondoni")
    assert order.phone == kept


def test_a_wallet_is_asked_again_and_no_other_one_can_be_named(client):
    signed_in(client, "operations_agent")
    order = an_order()

    page = client.get(f"{list_address(ORDERS)}{order.pk}/change/").content.decode()
    refused = decide(client, order, "push", wallet="+255754000111")
    decide(client, order, "push", wallet="delivery")
    again = decide(client, order, "push", wallet="delivery")

    assert order.phone not in page
    assert refused.status_code == 422
    assert "one attempt" in said(again) or "already" in said(again)
    assert Attempt.objects.get(intent__order=order).msisdn == order.phone


def test_a_person_is_told_once_more_where_they_are_reached_now(client):
    signed_in(client, "operations_agent")
    order = a_paid_order()
    deliver_all()
    first = Message.objects.get(code="order_paid", channel="sms")
    User.objects.filter(pk=order.buyer_id).update(phone="+255754123999")

    for _click in range(2):
        decide(client, first, "again")
    deliver_all()

    again = Message.objects.exclude(pk=first.pk).get(code="order_paid", channel="sms")
    assert (again.recipient, again.body) == ("+255754123999", first.body)
    assert again.status == MessageStatus.SENT


def test_what_opens_an_account_is_not_sent_once_more(client):
    signed_in(client, "administrator")
    order = a_paid_order()
    deliver_all()
    message = Message.objects.filter(user_id=order.buyer_id).first()
    Message.objects.filter(pk=message.pk).update(code="phone_code")
    messages = Message.objects.count()

    decide(client, message, "again")

    assert Message.objects.count() == messages
