"""Search, queues, cases and the dashboard of the console beside a million orders.

The first request of each page finds the cache empty, as somebody's does every half minute.
"""

import statistics

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db.models import Model
from django.urls import reverse

from backoffice.pages.display import page_of
from backoffice.work.shape import WorkQueue
from marketplace.accounts.models import User
from marketplace.listings.models import Listing
from marketplace.orders.models import Order, SellerOrder
from marketplace.payments.models import Attempt
from marketplace.payouts.models import Payout, PayoutBatch
from tests.bench.asking import Asker, quietly
from tests.bench.recorder import percentile, record_figure
from tests.factories.accounts import a_staff_member

pytestmark = [pytest.mark.bench, pytest.mark.django_db, pytest.mark.usefixtures("million")]
TIMES = 8
CASES_EACH = 3
WORDS_EACH = 40
FURTHER = (Order, SellerOrder, Attempt, Payout, PayoutBatch)


@pytest.fixture
def asker() -> Asker:
    return Asker(a_staff_member("administrator", is_superuser=True))


def queues() -> list[WorkQueue]:
    return [one for one in admin.site._registry.values() if isinstance(one, WorkQueue)]


def some(model: type[Model], number: int) -> list[Model]:
    """Rows from all over a table."""
    rows = model._default_manager.order_by("pk")
    last = max(1, rows.count() - 1)
    return [rows[last * step // number] for step in range(number)]


def measure(name: str, asker: Asker, addresses: dict[str, list[str]]) -> None:
    """Print each page's own figures, record those of all."""
    all_ms: list[float] = []
    counted: dict[str, int] = {}
    for page, of_page in addresses.items():
        found: list[float] = []
        for address in of_page:
            found += quietly(lambda address=address: asker.times_ms(address, TIMES, cold=1))
            counted[page] = max(counted.get(page, 0), asker.queries(address))
        print(
            f"\n    {page:<34} p50 {statistics.median(found):7.1f} ms"
            f"  longest {max(found):7.1f} ms  {counted[page]:3d} queries",
            end="",
        )
        all_ms += found
    record_figure(f"console.{name}.p50_ms", statistics.median(all_ms), "ms")
    record_figure(f"console.{name}.p95_ms", percentile(all_ms, 95), "ms", aim="<= 150")
    record_figure(f"console.{name}.queries", max(counted.values()), "queries", aim="<= 15")


def test_the_search(asker: Asker):
    search = reverse("admin:search")
    asker.get(f"{search}?s=anything")
    orders = some(Order, WORDS_EACH)
    attempts = Attempt.objects.exclude(receipt="").order_by("pk")
    words = {
        "reference": [order.reference for order in orders],
        "phone": [order.phone.replace("+255", "0") for order in orders],
        "name": [person.name for person in some(User, WORDS_EACH)],
        "sku": [listing.sku for listing in some(Listing, WORDS_EACH)],
        "receipt": [one.receipt for one in attempts[:: attempts.count() // WORDS_EACH][:WORDS_EACH]],
    }  # fmt: skip

    all_ms: list[float] = []
    for kind, of_kind in words.items():
        found: list[float] = []
        for term in of_kind:
            address = f"{search}?s={term.replace(' ', '+')}"
            # The palette remembers what was asked; each time is a first time.
            cache.clear()
            took, answer = quietly(lambda address=address: asker.timed(address))
            assert b"/change/" in answer, f"nothing found by {kind} {term}"
            found.append(took)
        print(f"\n    {kind:<34} p50 {statistics.median(found):7.1f} ms"
              f"  p95 {percentile(found, 95):7.1f} ms", end="")  # fmt: skip
        all_ms += found
    record_figure("console.search_1m.p50_ms", statistics.median(all_ms), "ms")
    record_figure("console.search_1m.p95_ms", percentile(all_ms, 95), "ms", aim="<= 50")


def test_every_queue(asker: Asker):
    measure("queue", asker, {one.opts.model_name: [one.list_address] for one in queues()})


def test_every_kind_of_case(asker: Asker):
    cases = {
        queue.opts.model_name: [page_of(one) for one in queue.waiting()[:CASES_EACH]]
        for queue in queues()
        if queue.waiting().exists()
    }
    cases |= {
        model.__name__: [page_of(one) for one in some(model, CASES_EACH)] for model in FURTHER
    }

    measure("case", asker, cases)


def test_the_dashboard(asker: Asker):
    measure("dashboard", asker, {"dashboard": [reverse("admin:index")]})
