"""Searches, product pages and carts are counted as numbers, unless a browser asks not to be tracked."""

import pytest
from django.core.cache import cache

from marketplace.analytics.footfall import count_step, write_down_footfall
from marketplace.analytics.models import Footfall
from marketplace.analytics.states import Step
from marketplace.shared import clock
from tests.api.client import Caller
from tests.factories.accounts import a_buyer
from tests.factories.listings import a_listing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counters():
    cache.clear()


def steps() -> dict[str, int]:
    write_down_footfall()
    found: dict[str, int] = {}
    for row in Footfall.objects.all():
        found[row.step] = found.get(row.step, 0) + row.count
    return found


def test_each_step_towards_an_order_is_counted():
    listing = a_listing()
    anybody, buyer = Caller(), Caller(a_buyer())

    anybody.get("/search", q="phone")
    anybody.get("/search", q="tablet")
    anybody.get(f"/products/{listing.product.reference}")
    buyer.put(f"/cart/lines/{listing.reference}", {"quantity": 1})
    buyer.put(f"/cart/lines/{listing.reference}", {"quantity": 0})

    assert steps() == {"search": 2, "view": 1, "cart": 1}


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_who_asks_not_to_be_tracked_is_not_counted(header: str):
    Caller().get("/search", q="phone", headers={header: "1"})

    assert steps() == {}


def test_what_is_not_there_is_not_looked_at():
    assert Caller().get("/products/PRD-NOWHERE1").status_code == 404

    assert steps() == {}


def test_sweeping_twice_counts_once():
    count_step(Step.VIEW)

    assert steps() == steps() == {"view": 1}


def test_a_valkey_that_lost_everything_begins_again_and_nothing_written_down_is_lost():
    count_step(Step.VIEW)
    count_step(Step.VIEW)
    assert steps() == {"view": 2}
    cache.clear()

    count_step(Step.VIEW)

    assert steps() == {"view": 3}


def test_a_counter_whose_maker_died_before_naming_it_is_written_down_the_next_time():
    count_step(Step.CART)
    cache.delete(f"footfall:{clock.today().isoformat()}:cart:origin")
    assert steps() == {}

    assert steps() == {"cart": 1}
