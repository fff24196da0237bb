"""Searches, product pages and carts of buyers who allow it are queued for analytics services."""

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from marketplace.analytics.commands import collecting
from marketplace.analytics.models import ForwardedDeed
from tests.api.client import Caller
from tests.factories.accounts import a_buyer
from tests.factories.forwarding import a_buyer_who_allows
from tests.factories.listings import a_listing
from tests.factories.search import many_products

pytestmark = pytest.mark.django_db


def queued() -> list[tuple[str, dict]]:
    return list(ForwardedDeed.objects.order_by("pk").values_list("name", "properties"))


def test_each_step_towards_an_order_is_queued(segment):
    listing = a_listing()
    product = listing.product
    buyer = Caller(a_buyer_who_allows())

    buyer.get("/search", q="simu ya Asha 0754123456", category=product.category.slug)
    buyer.get(f"/products/{product.reference}")
    buyer.put(f"/cart/lines/{listing.reference}", {"quantity": 2})
    buyer.put(f"/cart/lines/{listing.reference}", {"quantity": 0})
    buyer.delete("/cart")

    searched, viewed, *carts = queued()
    assert searched[0] == "Products Searched"
    assert searched[1] == {
        "category": product.category.slug, "sort": "relevance", "in_stock": False,
        "words": 4, "filters": 0, "found": searched[1]["found"],
    }  # fmt: skip
    assert viewed == (
        "Product Viewed",
        {
            "product": product.reference,
            "brand": product.brand.name,
            "category": product.category.slug,
            "offers": 1,
        },
    )
    assert carts == [
        ("Cart Changed", {"listing": listing.reference, "quantity": 2}),
        ("Cart Changed", {"listing": listing.reference, "quantity": 0}),
        ("Cart Changed", {"quantity": 0}),
    ]


def test_further_pages_of_a_search_are_no_search(segment):
    many_products(3)
    buyer = Caller(a_buyer_who_allows())
    cursor = buyer.get("/search", limit=1).json()["next_cursor"]
    assert cursor

    buyer.get("/search", limit=1, cursor=cursor)

    assert len(queued()) == 1


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_a_browser_that_asks_not_to_be_tracked_is_obeyed_whatever_the_buyer_allowed(
    segment, header
):
    Caller(a_buyer_who_allows()).get("/search", q="phone", headers={header: "1"})

    assert queued() == []


def test_nobody_else_is_told_of(segment):
    reference = a_listing().product.reference

    Caller().get(f"/products/{reference}")
    Caller(a_buyer()).get(f"/products/{reference}")
    Caller().get(f"/products/{reference}", headers={"Authorization": "Bearer nonsense"})
    Caller().get(f"/products/{reference}", headers={"Authorization": "Basic dTpw"})

    assert queued() == []


def test_without_services_a_search_asks_the_database_nothing_more():
    caller = Caller(a_buyer_who_allows())

    with CaptureQueriesContext(connection) as captured:
        caller.get("/search", q="phone")

    assert "consent" not in str(captured.captured_queries)


def test_a_database_that_refuses_the_note_stops_nobody_from_searching(segment, monkeypatch):
    monkeypatch.setattr(collecting, "_NOTE", "SELECT nothing FROM nowhere")
    buyer = Caller(a_buyer_who_allows())

    assert buyer.get("/search", q="phone").status_code == 200

    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT nothing FROM nowhere")
