"""Processes that race for stock and for an idempotency key; each proof has its control."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.urls import resolve

from marketplace.listings.commands import stock
from marketplace.listings.models import Listing
from marketplace.orders.commands import Wanted, place_order
from marketplace.orders.models import Order
from marketplace.shared import idempotency
from tests.api.client import Caller
from tests.api.test_orders import wish
from tests.factories.accounts import a_buyer, buyer_actor
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import HOME, the_shipping_rates
from tests.processes import (
    dwell,
    in_processes,
    refusals,
    without_constraint,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 4
KEY = "5f0c2d1e-8a4b-4c7d"


@pytest.fixture(autouse=True)
def _rates():
    the_terms()
    the_shipping_rates()


# --- The last piece ---


def buyers_of(listing: Listing) -> list[Callable[[], Any]]:
    return [
        partial(_buy, buyer.pk, buyer_actor(buyer), listing.reference)
        for buyer in [a_buyer() for _ in range(BUYERS)]
    ]


def _buy(buyer_id: Any, actor: Any, reference: str) -> str:
    lines = [Wanted(reference, 1)]
    return place_order(buyer_id=buyer_id, lines=lines, delivery=HOME, actor=actor).reference


def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The statement that reads and takes the stock, without its lock."""
    unlocked = stock._RESERVE.replace(" FOR UPDATE OF listing", "")
    assert unlocked != stock._RESERVE
    monkeypatch.setattr(stock, "_RESERVE", unlocked)


def test_the_last_piece_is_sold_once(monkeypatch):
    listing = a_listing(on_hand=1)
    dwell(monkeypatch, stock, "fetch")  # Between taking the stock and the end of the order.

    outcomes = in_processes(*buyers_of(listing))

    listing.refresh_from_db()
    assert refusals(outcomes) == ["StockInsufficient"] * (BUYERS - 1)
    assert (listing.reserved, Order.objects.count()) == (1, 1)
    assert broken_invariants() == []


def test_where_the_lock_fails_the_database_itself_refuses_to_oversell(monkeypatch):
    listing = a_listing(on_hand=1)
    dwell(monkeypatch, stock, "fetch")
    without_lock(monkeypatch)

    outcomes = in_processes(*buyers_of(listing))

    assert refusals(outcomes) == ["IntegrityError"] * (BUYERS - 1)
    assert Order.objects.count() == 1


def test_control_without_lock_and_constraint_the_last_piece_is_sold_many_times(monkeypatch):
    dwell(monkeypatch, stock, "fetch")
    without_lock(monkeypatch)

    with without_constraint("listings_listing", "listing_reserved_within_on_hand"):
        in_processes(*buyers_of(a_listing(on_hand=1)))

        assert Order.objects.count() > 1
        assert any("listings.stock_within_bounds" in broken for broken in broken_invariants())


# --- One idempotency key, two requests ---


def twins() -> list[Callable[[], Any]]:
    """The same request twice, as a phone sends it when its first answer is lost."""
    resolve("/api/v1/orders")  # They race from the door on, not through the import of the API.
    buyer, body = a_buyer(), wish(a_listing())
    return [partial(_post_order, buyer, body) for _ in range(2)]


def _post_order(buyer: Any, body: Any) -> int:
    return Caller(buyer).post("/orders", body, key=KEY).status_code


def test_the_same_request_twice_at_once_places_one_order(monkeypatch):
    dwell(monkeypatch, stock, "fetch")

    statuses = in_processes(*twins())

    assert sorted(statuses) == [201, 409]
    assert Order.objects.count() == 1
    assert broken_invariants() == []


def test_where_the_lock_fails_the_key_itself_is_unique(monkeypatch):
    dwell(monkeypatch, stock, "fetch")
    monkeypatch.setattr(idempotency, "try_alone", lambda _name: True)

    in_processes(*twins())

    assert Order.objects.count() == 1


def test_control_without_lock_and_constraint_twins_place_two_orders(monkeypatch):
    dwell(monkeypatch, stock, "fetch")
    monkeypatch.setattr(idempotency, "try_alone", lambda _name: True)

    with without_constraint("shared_idempotentrequest", "idempotent_request_once"):
        in_processes(*twins())

        assert Order.objects.count() == 2
