"""Placing orders: many clients on goods of their own, and all of them on one listing."""

import statistics
from collections.abc import Callable

import pytest
from django.db.models import Sum

from marketplace.listings.errors import StockInsufficient
from marketplace.listings.models import Listing
from marketplace.orders.commands import Wanted
from marketplace.orders.models import Order, OrderLine, Reservation
from marketplace.payments.commands import check_out
from marketplace.payments.models import Intent
from marketplace.search.commands import rebuild
from marketplace.shared.actors import Actor
from tests.bench.clients import CLIENTS, per_second
from tests.bench.order_floor import OrderFloor
from tests.bench.recorder import record_figure
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer
from tests.factories.catalog import a_category, a_product
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import HOME, the_shipping_rates
from tests.factories.sellers import a_seller
from tests.verified import broken_invariants

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ROUNDS = 5
SECONDS = 4
LISTINGS_PER_CLIENT = 25
ENDLESS = 1_000_000


@pytest.fixture
def market():
    the_terms()
    the_shipping_rates()
    return [a_buyer() for _ in range(CLIENTS)]


def checking_out(buyers, listings: list[list[Listing]]):
    """Client `index` buys one piece of each of its listings in turn."""

    def make_work(index: int) -> Callable[[], bool]:
        buyer, own = buyers[index], listings[index]
        actor = Actor.buyer(buyer.pk, buyer.name)
        placed = 0

        def work() -> bool:
            nonlocal placed
            listing = own[placed % len(own)]
            placed += 1
            try:
                check_out(
                    buyer_id=buyer.pk,
                    lines=[Wanted(listing.reference, 1, listing.price_minor)],
                    delivery=HOME,
                    actor=actor,
                )
            except StockInsufficient:
                return False
            return True

        return work

    return make_work


def goods(count: int) -> list[Listing]:
    """Endless stock of `count` products, in a branch of the tree, from a few sellers."""
    shelf = a_category(parent=a_category())
    sellers = [a_seller() for _ in range(min(count, 5))]
    return [
        a_listing(sellers[n % len(sellers)], a_product(shelf), on_hand=ENDLESS)
        for n in range(count)
    ]


def test_orders_of_distinct_listings(market):
    listings = [goods(LISTINGS_PER_CLIENT) for _ in range(CLIENTS)]
    floor = OrderFloor(market, listings)
    ours, theirs, times = [], [], []
    for _ in range(ROUNDS):  # In turns, so that a busy minute of the machine meets both.
        theirs.append(per_second(floor.make_work, seconds=SECONDS))
        ours.append(per_second(checking_out(market, listings), seconds=SECONDS))
        times.append(theirs[-1] / ours[-1])

    record_figure("orders.distinct.per_s", statistics.median(ours), "orders/s")
    record_figure("orders.distinct.floor_per_s", statistics.median(theirs), "orders/s")
    record_figure("orders.distinct.times_floor", statistics.median(times), "times", aim="<= 2")


def test_the_floor_writes_the_rows_that_check_out_writes(market):
    listings = [goods(1) for _ in range(CLIENTS)]
    assert checking_out(market, listings)(0)()
    ours = rows_by_table()

    assert OrderFloor(market, listings).make_work(1)()

    assert {table: count - ours[table] for table, count in rows_by_table().items()} == ours
    rebuild()  # The goods were put on the shelf without telling the search.
    assert broken_invariants() == []


def rows_by_table() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in OrderFloor.WRITES}


def test_orders_of_one_listing(market):
    stock = 100_000
    listing = a_listing(on_hand=stock)
    rates = [
        per_second(checking_out(market, [[listing]] * CLIENTS), seconds=SECONDS)
        for _ in range(ROUNDS)
    ]
    record_figure("orders.hot.per_s", statistics.median(rates), "orders/s")


def test_nobody_buys_what_is_not_there(market):
    stock = 150
    listing = a_listing(on_hand=stock)

    # The warm-up alone would already sell more than half of it.
    per_second(checking_out(market, [[listing]] * CLIENTS), seconds=SECONDS)

    sold = OrderLine.objects.aggregate(sold=Sum("quantity"))["sold"]
    held = Reservation.objects.aggregate(held=Sum("quantity"))["held"]
    listing.refresh_from_db()
    record_figure("orders.hot.oversold", max(sold, held) - stock, "pieces", aim="0")
    assert (sold, held, listing.reserved) == (stock, stock, stock), "all sold, none twice"
    assert Order.objects.count() == Intent.objects.count() == stock
    deliver_all()
    assert broken_invariants() == []
