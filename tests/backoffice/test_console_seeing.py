"""Seeing an account as its owner does, in the console: begun with a reason, in tabs, under a banner, ended."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from backoffice.pages.display import page_of
from backoffice.roles import BY_NAME, sync_roles
from backoffice.seeing.asking import ask
from marketplace.accounts.commands import end_sessions
from marketplace.privacy.models import Sight
from marketplace.privacy.policies import SIGHT_DUTY
from marketplace.privacy.queries import uses_of
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, list_address, said
from tests.factories.accounts import PASSWORD, a_buyer, a_keeper, a_staff_member, staff_actor
from tests.factories.console import a_world
from tests.factories.orders import an_order
from tests.factories.privacy import REASON, a_sight

pytestmark = pytest.mark.django_db


@pytest.fixture
def watcher():
    return _signed_in_for_good("operations_lead")


def _signed_in_for_good(role):
    """A client whose session of the console is known, as after the door."""
    sync_roles()
    client, person = Client(), a_staff_member(role)
    client.post("/console/login/", {"username": person.email, "password": PASSWORD})
    client.person = person
    return client


def _begin(client, thing, **answers):
    return decide(client, thing, "see-as", **{"reason": REASON, **answers})


def _tab(sight, tab):
    return reverse("admin:seeing", args=[sight.pk, tab])


# --- It begins ---


def test_a_lead_sees_the_orders_of_a_buyer_as_the_buyer_does(watcher):
    order, other = an_order(), an_order()

    answer = _begin(watcher, order.buyer)
    sight = Sight.objects.get()
    page = watcher.get(_tab(sight, "orders"))

    assert answer["Location"] == _tab(sight, "account")
    text = page.content.decode()
    assert f"Seeing as {order.buyer.name}" in text
    assert order.reference in text
    assert other.reference not in text
    assert (sight.staff, sight.user, sight.reason) == (watcher.person, order.buyer, REASON)


def test_the_owner_of_a_shop_is_seen_from_the_shops_page(watcher):
    world = a_world()

    _begin(watcher, world.seller)

    sight = Sight.objects.get(staff=watcher.person)
    for tab in ("shop", "money", "listings", "sales", "invoices", "account", "orders", "disputes"):
        page = watcher.get(_tab(sight, tab))
        assert page.status_code == 200, tab
    assert world.seller_order.reference in watcher.get(_tab(sight, "sales")).content.decode()


def test_one_thing_is_opened_with_what_hangs_on_it(watcher):
    order = an_order()
    _begin(watcher, order.buyer)
    sight = Sight.objects.get()

    page = watcher.get(_tab(sight, "orders"), {"item": order.reference}).content.decode()

    part = order.seller_orders.get()
    for words in (part.reference, part.lines.get().title, "Delivery", "Sellers&#x27; parts"):
        assert words in page, words
    assert order.phone not in page
    assert order.street not in page


def test_what_is_not_theirs_is_refused_as_it_is_to_them(watcher):
    order, other = an_order(), an_order()
    _begin(watcher, order.buyer)
    sight = Sight.objects.get()

    page = watcher.get(_tab(sight, "orders"), {"item": other.reference})

    assert "They are told" in page.content.decode()
    assert [one.payload["status"] for one in uses_of(sight)] == [404]
    assert watcher.get(_tab(sight, "orders"), {"item": "../auth/me"}).status_code == 404
    assert watcher.get(_tab(sight, "nothing")).status_code == 404


@pytest.mark.parametrize("role", [name for name in BY_NAME if SIGHT_DUTY not in BY_NAME[name].may])
def test_who_has_not_the_duty_begins_nothing(role):
    client, buyer = _signed_in_for_good(role), a_buyer()

    answer = _begin(client, buyer)

    assert answer.status_code == 403
    assert not Sight.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"is_staff": True}, {"is_active": False}, {"is_superuser": True}]
)
def test_no_colleague_and_no_closed_account_is_seen(watcher, changes):
    person = a_buyer(**changes)

    answer = _begin(watcher, person)

    assert "see-as" not in watcher.get(page_of(person)).content.decode() or changes.get(
        "is_superuser"
    )
    assert answer.status_code == 409
    assert said(answer)
    assert not Sight.objects.exists()


def test_it_takes_a_reason(watcher):
    assert _begin(watcher, a_buyer(), reason=" ").status_code == 422
    assert not Sight.objects.exists()


def test_it_takes_a_fresh_proof(watcher):
    session = watcher.session
    old = clock.now() - timedelta(minutes=configured.STEP_UP_MINUTES, seconds=1)
    session["proved_at"] = old.timestamp()
    session.save()
    buyer = a_buyer()

    assert _begin(watcher, buyer).status_code == 422
    assert not Sight.objects.exists()
    _begin(watcher, buyer, proof=PASSWORD)
    assert Sight.objects.filter(user=buyer).exists()


def test_a_session_that_cannot_be_ended_from_elsewhere_begins_nothing(client):
    client.force_login(a_staff_member("operations_lead"))

    answer = _begin(client, a_buyer())

    assert "Sign in to the console again" in said(answer)


def test_the_next_one_ends_the_one_before(watcher):
    _begin(watcher, a_buyer())
    first = Sight.objects.get()

    _begin(watcher, a_buyer())

    first.refresh_from_db()
    assert first.ended_at is not None
    assert Sight.objects.filter(ended_at=None).count() == 1


# --- It is written down ---


def test_every_page_stands_on_the_page_of_the_sight_and_in_the_log(watcher):
    order = an_order()
    _begin(watcher, order.buyer)
    sight = Sight.objects.get()
    watcher.get(_tab(sight, "orders"))
    watcher.get(_tab(sight, "orders"), {"item": order.reference})

    page = watcher.get(page_of(sight)).content.decode()
    log = watcher.get(list_address("shared.loggedevent"), {"about": sight.reference})
    person = watcher.get(page_of(order.buyer)).content.decode()

    assert "GET /api/v1/orders" in page
    assert f"GET /api/v1/orders/{order.reference}" in page
    assert log.content.decode().count("Page of an account seen by staff") >= 2
    assert "Staff begin to see the account" in person
    assert REASON in person


def test_a_page_that_nobody_can_write_down_is_not_shown(watcher, monkeypatch):
    order = an_order()
    _begin(watcher, order.buyer)

    def broken(**_use):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("api.sights.note_use", broken)

    with pytest.raises(RuntimeError):
        watcher.get(_tab(Sight.objects.get(), "orders"))


def test_asking_the_api_leaves_the_pages_own_language_and_request_alone(watcher, rf):
    order = an_order()
    _begin(watcher, order.buyer)

    address = _tab(Sight.objects.get(), "orders")
    page = watcher.get(address, headers={"Accept-Language": "sw"})

    assert "Unaona kama" in page.content.decode()
    assert "Linasubiri malipo" in page.content.decode()
    uses = LoggedEvent.objects.filter(name="privacy.sight_used.v1")
    assert {one.request_id for one in uses} == {page["X-Request-ID"]}


# --- It ends ---


def test_who_began_it_ends_it_at_once(watcher):
    order = an_order()
    _begin(watcher, order.buyer)
    sight = Sight.objects.get()

    decide(watcher, sight, "end")
    page = watcher.get(_tab(sight, "orders"))

    sight.refresh_from_db()
    assert sight.ended_by == watcher.person
    assert page["Location"] == page_of(sight)


def test_an_administrator_ends_that_of_another_and_a_lead_does_not(watcher):
    sight = a_sight()
    administrator = _signed_in_for_good("administrator")

    decide(watcher, sight, "end")
    sight.refresh_from_db()
    assert sight.ended_at is None

    decide(administrator, sight, "end")
    sight.refresh_from_db()
    assert sight.ended_by == administrator.person


def test_nobody_sees_through_the_sight_of_another(watcher):
    sight = a_sight()

    assert watcher.get(_tab(sight, "orders")).status_code == 403
    assert not uses_of(sight).exists()


def test_it_ends_with_the_session_in_which_it_began(watcher):
    order = an_order()
    _begin(watcher, order.buyer)
    sight = Sight.objects.get()
    end_sessions(user_id=watcher.person.pk, reason="Stolen", actor=staff_actor(a_keeper()))

    again = Client()
    again.post("/console/login/", {"username": watcher.person.email, "password": PASSWORD})

    assert again.get(_tab(sight, "orders"))["Location"] == page_of(sight)


def test_who_lost_the_role_sees_nothing_more(watcher):
    order = an_order()
    _begin(watcher, order.buyer)
    watcher.person.groups.clear()

    assert watcher.get(_tab(Sight.objects.get(), "orders")).status_code == 403


def test_the_page_costs_little_beside_what_the_api_asks(watcher, django_assert_max_num_queries):
    order = an_order()
    _begin(watcher, order.buyer)
    address = _tab(Sight.objects.get(), "orders")
    watcher.get(address)

    with django_assert_max_num_queries(40):
        watcher.get(address)


def test_the_api_answers_the_console_as_it_answers_the_owner(watcher, rf):
    order = an_order()
    _begin(watcher, order.buyer)

    answer = ask(rf.get("/console/"), Sight.objects.get(), "/orders", limit="1")

    assert answer.status == 200
    assert [one["reference"] for one in answer.data["items"]] == [order.reference]
