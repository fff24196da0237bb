"""Search and suggestions over the API; what is found and why is tested with the context."""

import pytest

from tests.api.client import Caller, refusal
from tests.factories.search import SHILLING, many_products, the_window

pytestmark = pytest.mark.django_db


def titles(**query):
    answer = Caller().get("/search", **query)
    assert answer.status_code == 200
    return [hit["title"] for hit in answer.json()["items"]]


def test_a_search_shows_products_with_their_best_offer_and_facets():
    window = the_window()

    answer = Caller().get("/search", q="galaxy+a15").json()

    (hit,) = answer["items"]
    assert hit["product"] == window["a15"].reference
    assert hit["price"] == {"amount": 450_000 * SHILLING, "currency": "TZS"}
    assert hit["condition"] == {"code": "new", "label": "New"}
    assert (answer["total"], answer["total_is_exact"], answer["next_cursor"]) == (1, True, None)
    assert [choice["label"] for choice in answer["facets"]["categories"]] == ["Phones"]


def test_facets_speak_the_callers_language():
    the_window()

    answer = Caller().get("/search", q="galaxy", headers={"Accept-Language": "sw"}).json()

    assert answer["facets"]["categories"][0]["label"] == "Simu"
    assert Caller().get("/search", q="galaxy", facets="false").json()["facets"]["brands"] == []


def test_results_are_narrowed_down():
    the_window()

    assert set(titles(category="phones", price_max=500_000 * SHILLING)) == {
        "Galaxy A15 128GB",
        "Spark 20 Pro",
    }
    assert titles(category="phones", price_max=500_000 * SHILLING, in_stock="true") == [
        "Galaxy A15 128GB"
    ]
    assert set(titles(attribute="ram_gb:8&attribute=ram_gb:12")) == {
        "Galaxy S24 Ultra 256GB",
        "Spark 20 Pro",
    }
    assert titles(brand="apple", sort="price") == ["Case for iPhone 13", "iPhone 13"]


def test_pages_follow_each_other_without_a_gap():
    many_products(7)

    found, cursor = [], ""
    while cursor is not None:
        answer = Caller().get("/search", sort="price", limit=3, cursor=cursor).json()
        found, cursor = found + [hit["title"] for hit in answer["items"]], answer["next_cursor"]

    assert len(found) == len(set(found)) == 7


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ({"category": "none"}, (404, "category_not_found")),
        ({"sort": "colour"}, (422, "sort_unknown")),
        ({"cursor": "bogus"}, (422, "cursor_invalid")),
        ({"attribute": "ram_gb"}, (422, "validation_failed")),
        ({"price_min": "-1"}, (422, "validation_failed")),
        ({"limit": 1000}, (422, "validation_failed")),
    ],
)
def test_what_cannot_be_searched_is_said(query, refused):
    assert refusal(Caller().get("/search", **query)) == refused


def test_suggestions_come_while_somebody_types():
    the_window()

    answer = Caller().get("/suggestions", q="sam").json()

    assert answer[0] == {"kind": "brand", "text": "Samsung", "slug": "samsung"}
    assert refusal(Caller().get("/suggestions")) == (422, "validation_failed")
