"""Ten thousand rows of a seller's file through the import pipeline, products and all."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.listings.commands import upload_import
from marketplace.listings.models import Listing
from tests.bench.recorder import record_figure
from tests.deliveries import deliver_all
from tests.factories.catalog import a_category
from tests.factories.sellers import a_seller, seller_actor

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ROWS = 10_000
TITLES = 2_000


def test_ten_thousand_rows_are_imported():
    seller, category = a_seller(), a_category()
    rows = [f"S-{n},Phone {n % TITLES},Tecno,{category.slug},{1000 + n},5" for n in range(ROWS)]
    text = "\n".join(["sku,title,brand,category,price_tzs,quantity", *rows])

    began = time.perf_counter()
    upload_import(
        seller_id=seller.pk,
        file=SimpleUploadedFile("stock.csv", text.encode()),
        actor=seller_actor(seller),
    )
    deliver_all()
    seconds = time.perf_counter() - began

    assert Listing.objects.count() == ROWS
    record_figure("import.10k.rows_s", ROWS / seconds, "rows/s")
