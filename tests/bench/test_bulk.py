"""Fifty thousand listings that wait, approved by one decision: chosen in the console, worked on by real workers.

Workers are given some seconds of it; then the rest is cancelled, as somebody would who sees a mistake.
"""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from marketplace.casework.models import BulkRun
from marketplace.casework.states import BulkStatus, RowOutcome
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.shared import clock
from tests.backoffice.console_pages import decide, list_address, signed_in
from tests.bench.recorder import record_figure
from tests.factories.catalog import a_product
from tests.factories.sellers import a_seller

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ROWS = 50_000
BATCH = 5_000
WORKED_S = 30
WAIT_MAX_S = 60
QUEUE = "backoffice.moderationqueue"


@pytest.fixture
def workers() -> Iterator[None]:
    """Of both queues, as `make run` starts them."""
    command = [sys.executable, "manage.py", "qcluster", "--verbosity", "0"]
    running = [
        subprocess.Popen([*command, *queue], cwd=settings.BASE_DIR)
        for queue in ([], ["--name", "bulk"])
    ]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
            one.wait(timeout=WAIT_MAX_S)


def waiting_listings() -> None:
    seller, product = a_seller(), a_product()
    common = {
        "seller": seller, "product": product, "price_minor": 5_000_000, "on_hand": 10,
        "status": ListingStatus.IN_MODERATION, "submitted_at": clock.now(),
    }  # fmt: skip
    Listing.objects.bulk_create(
        (Listing(sku=f"SKU-{number}", **common) for number in range(ROWS)), BATCH
    )


def took_s(call) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def decided(run: BulkRun) -> int:
    return run.rows.filter(outcome=RowOutcome.DONE).count()


def test_fifty_thousand_rows_are_decided_at_once(client: Client, workers: None):
    waiting_listings()
    signed_in(client, "catalogue_moderator")
    many = reverse("admin:backoffice_moderationqueue_many", args=["approve"])

    choosing = took_s(lambda: client.post(many, {"all": "1", "next": list_address(QUEUE)}))
    run = BulkRun.objects.get()
    address = f"/console/casework/bulkrun/{run.pk}/change/"
    looking = took_s(lambda: client.get(address))
    starting = took_s(lambda: decide(client, run, "start"))
    waited_until = time.monotonic() + WAIT_MAX_S
    while not decided(run) and time.monotonic() < waited_until:
        time.sleep(0.1)
    before, began = decided(run), time.perf_counter()
    time.sleep(WORKED_S)
    rate = (decided(run) - before) / (time.perf_counter() - began)
    cancelling = took_s(lambda: decide(client, run, "cancel", reason="The wrong list."))

    run.refresh_from_db()
    assert (run.total, run.status) == (ROWS, BulkStatus.CANCELLED)
    assert rate
    record_figure("console.bulk_50k.choose_s", choosing, "s")
    record_figure("console.bulk_50k.page_ms", looking * 1000, "ms")
    record_figure("console.bulk_50k.start_ms", starting * 1000, "ms")
    record_figure("console.bulk_50k.rows_s", rate, "rows/s")
    record_figure("console.bulk_50k.cancel_s", cancelling, "s")
