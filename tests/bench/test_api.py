"""The API's product list over HTTP, beside the same answer from a bare WSGI function.

As it is shipped, each process keeps its list for a moment (api/kept.py); how fast it is when it reads
every answer anew is a figure of its own. The bare function reads anew every time.
"""

import json
import statistics

import pytest

from backoffice.configuration import Configuration
from marketplace.listings.models import ListingPicture
from marketplace.listings.states import PictureStatus
from tests.bench.http_load import get, gunicorn, per_second
from tests.bench.recorder import record_figure
from tests.factories.catalog import a_brand, a_category, a_product
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
PATH = "/api/v1/products"
PRODUCTS = 500
ROUNDS = 5
SECONDS = 4


@pytest.fixture
def catalogue():
    """Products of ten brands on ten shelves, each with two offers, the cheaper with a picture."""
    brands = [a_brand() for _ in range(10)]
    shelves = [a_category() for _ in range(10)]
    dear, cheap = a_seller(), a_seller()
    for number in range(PRODUCTS):
        product = a_product(shelves[number % 10], brands[number // 10 % 10])
        a_listing(dear, product, price_minor=6_000_000)
        listing = a_listing(cheap, product)
        ListingPicture.objects.create(
            listing=listing,
            status=PictureStatus.READY,
            thumbnail=f"listings/{number}-small.webp",
            large=f"listings/{number}.webp",
        )


def test_list_of_products(catalogue):
    rates = {"ours": [], "fresh": [], "floor": []}
    shipped = str(Configuration.model_fields["list_age_ms"].default)
    with (
        gunicorn("backoffice.wsgi", LIST_AGE_MS=shipped) as ours,
        gunicorn("backoffice.wsgi", LIST_AGE_MS="0") as fresh,
        gunicorn("tests.bench.bare_wsgi") as floor,
    ):
        ports = {"ours": ours, "fresh": fresh, "floor": floor}
        said, *others = [json.loads(get(port, PATH))["items"] for port in ports.values()]
        assert [said, said] == others, "all answer the same"
        assert len(said) == 20
        for _ in range(ROUNDS):  # In turns, so that a busy minute of the machine meets all.
            for name, port in ports.items():
                rates[name].append(per_second(port, PATH, seconds=SECONDS))

    record_figure("api.product_list.rps", statistics.median(rates["ours"]), "requests/s")
    record_figure("api.product_list.fresh_rps", statistics.median(rates["fresh"]), "requests/s")
    record_figure("api.product_list.floor_rps", statistics.median(rates["floor"]), "requests/s")
    record_figure("api.product_list.times_floor", times(rates, "ours"), "times", aim="<= 2")
    record_figure("api.product_list.fresh_times_floor", times(rates, "fresh"), "times")


def times(rates: dict[str, list[float]], name: str) -> float:
    pairs = zip(rates["floor"], rates[name], strict=True)
    return statistics.median(floor / own for floor, own in pairs)
