"""The list of products, kept for a moment: never older than promised, and nothing else of it is kept."""

import time

import pytest
from django.test import Client

from api import kept, throttling
from api.throttling import Rate
from tests.api.client import Caller, refusal
from tests.factories.accounts import a_buyer
from tests.factories.catalog import a_category, a_product
from tests.factories.listings import a_listing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_for_long(settings):
    """Every client has middlewares of its own, and so an empty memory; `shown` asks by one of them."""
    settings.LIST_AGE_MS = 3_600_000
    caller.http = Client()


caller = Caller()


def shown(**query) -> list[str]:
    return [row["reference"] for row in caller.get("/products", **query).json()["items"]]


def test_within_its_moment_a_list_is_read_once(django_assert_num_queries):
    product = a_listing().product
    with django_assert_num_queries(1):
        first, second = shown(), shown()

    assert first == second == [product.reference]


def test_a_change_shows_when_the_moment_is_over(settings):
    settings.LIST_AGE_MS = 50
    before = shown()
    product = a_listing().product
    time.sleep(0.06)

    assert (before, shown()) == ([], [product.reference])


def test_without_a_moment_every_list_is_fresh(settings):
    settings.LIST_AGE_MS = 0
    before = shown()
    product = a_listing().product

    assert (before, shown()) == ([], [product.reference])


def test_every_question_has_an_answer_of_its_own():
    phones = a_category(slug="phones")
    older, newer = a_listing(product=a_product(category=phones)).product, a_listing().product
    cursor = caller.get("/products", limit=1).json()["next_cursor"]

    assert shown() == [newer.reference, older.reference]
    assert shown(limit=1) == [newer.reference]
    assert shown(limit=1, cursor=cursor) == [older.reference]
    assert shown(category="phones") == [older.reference]


def test_a_refusal_is_not_kept():
    assert refusal(caller.get("/products", category="phones")) == (404, "category_not_found")
    a_category(slug="phones")

    assert caller.get("/products", category="phones").status_code == 200


def test_limits_and_languages_are_everybodys_own():
    english, swahili = (
        caller.get("/products", headers={"Accept-Language": language}) for language in ("en", "sw")
    )

    assert [answer["Content-Language"] for answer in (english, swahili)] == ["en", "sw"]
    assert [answer["RateLimit"][:16] for answer in (english, swahili)] == [
        '"read";r=299999;',
        '"read";r=299998;',
    ]


def test_whoever_is_too_fast_gets_nothing_that_is_kept(settings, monkeypatch):
    monkeypatch.setitem(throttling.RATES, "read", Rate("read", 2))
    settings.API_RATE_SCALE = 1

    statuses = [caller.get("/products").status_code for _ask in range(3)]

    assert statuses == [200, 200, 429]


def test_whoever_signs_in_reads_anew():
    buyer = Caller(a_buyer())
    buyer.http = caller.http
    before = shown()
    product = a_listing().product
    kept_one = shown()

    answer = buyer.get("/products")

    assert before == kept_one == []
    assert [row["reference"] for row in answer.json()["items"]] == [product.reference]


def test_whoever_walks_through_the_list_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    product = a_listing().product

    assert [shown(limit=limit) for limit in (1, 2, 3, 4, 1)] == [[product.reference]] * 5
