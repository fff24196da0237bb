"""The API's product list over HTTP, beside the same answer from a bare WSGI function."""

import json
import statistics

import pytest

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
    ours, theirs, times = [], [], []
    with gunicorn("backoffice.wsgi") as port, gunicorn("tests.bench.bare_wsgi") as bare_port:
        said, floor = json.loads(get(port, PATH)), json.loads(get(bare_port, PATH))
        assert said["items"] == floor["items"], "both answer the same"
        assert len(said["items"]) == 20
        for _ in range(ROUNDS):  # In turns, so that a busy minute of the machine meets both.
            theirs.append(per_second(bare_port, PATH, seconds=SECONDS))
            ours.append(per_second(port, PATH, seconds=SECONDS))
            times.append(theirs[-1] / ours[-1])

    record_figure("api.product_list.rps", statistics.median(ours), "requests/s")
    record_figure("api.product_list.floor_rps", statistics.median(theirs), "requests/s")
    record_figure("api.product_list.times_floor", statistics.median(times), "times", aim="<= 2")
