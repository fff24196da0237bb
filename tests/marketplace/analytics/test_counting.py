"""The figures are what happened: each event once, on the day of the fact, by whoever counts."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from marketplace.analytics.commands import count_events, recount_everything
from marketplace.analytics.measures import (
    ATTEMPTED,
    CATEGORY,
    DECIDED,
    DISPUTED,
    PAID,
    PLACED,
    PLACED_DELIVERED,
    PROVIDER,
    QUEUE,
    SELLER,
    SUCCEEDED,
    TAKE,
)
from marketplace.analytics.models import BuyerMonth, Progress, Rollup
from marketplace.casework.commands import set_queue_time
from marketplace.casework.states import QueueName
from marketplace.disputes.commands import open_dispute
from marketplace.disputes.states import DisputeReason
from marketplace.listings.commands import reject_listing, submit_listing
from marketplace.listings.states import ListingStatus
from marketplace.orders.commands import ship_seller_order
from marketplace.orders.models import Order, SellerOrder
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import a_staff_member, buyer_actor, staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order, an_order
from tests.factories.sellers import seller_actor
from tests.threads import at_once
from tests.verified import broken_invariants

NO_SKEW = timedelta(0)


def figures() -> dict[tuple[str, str, str], tuple[int, int]]:
    rows = Rollup.objects.values_list("measure", "dimension", "key", "count", "total")
    return {
        (measure, dimension, key): (count, total) for measure, dimension, key, count, total in rows
    }


def count() -> int:
    return count_events(skew=NO_SKEW)


@pytest.mark.django_db
def test_orders_payments_and_the_take_are_counted_by_what_they_are_about():
    listing = a_listing()
    order = a_paid_order(listing)
    unpaid = an_order(listing)
    part = SellerOrder.objects.get(order=order)

    count()

    found = figures()
    assert found[PLACED, "", ""] == (2, order.total_minor + unpaid.total_minor)
    assert found[PAID, "", ""] == (1, order.total_minor)
    assert found[PAID, SELLER, str(part.seller_id)] == (1, order.total_minor)
    category = str(listing.product.category_id)
    assert found[PAID, CATEGORY, category] == (1, order.items_minor)
    assert found[TAKE, "", ""][1] == part.commission_minor
    provider = found.keys() & {(ATTEMPTED, PROVIDER, "mpesa"), (SUCCEEDED, PROVIDER, "mpesa")}
    assert {found[key] for key in provider} == {(1, order.total_minor)}
    assert BuyerMonth.objects.get().buyer_id == order.buyer_id
    assert broken_invariants() == []


@pytest.mark.django_db
def test_what_was_counted_is_not_counted_again():
    a_paid_order()
    assert count() == LoggedEvent.objects.count()
    before = figures()

    assert count() == 0
    assert figures() == before
    a_paid_order()
    count()
    assert figures()[PAID, "", ""][0] == 2


@pytest.mark.django_db
def test_delivered_and_disputed_parcels_are_counted():
    part = a_delivered_part()
    buyer = Order.objects.get(pk=part.order_id).buyer
    open_dispute(
        seller_order_id=part.pk,
        reason=DisputeReason.DAMAGED,
        message="The screen is broken.",
        claimed_minor=part.items_minor,
        actor=buyer_actor(buyer),
    )

    count()

    found = figures()
    assert found[PLACED_DELIVERED, "", ""][0] == 1
    assert found[DISPUTED, "", ""] == found[DISPUTED, SELLER, str(part.seller_id)] == (1, 0)


@pytest.mark.django_db
def test_counting_the_whole_log_again_gives_the_same_figures():
    a_delivered_part()
    count()
    an_order()
    count()
    before = figures()

    call_command("recount_analytics", verbosity=0)
    # The command leaves out what is younger than clocks may differ by.
    count()

    assert figures() == before
    assert Progress.objects.get().counted == LoggedEvent.objects.count()


@pytest.mark.django_db
def test_a_figure_that_is_wrong_is_found_and_put_right():
    a_paid_order()
    count()
    Rollup.objects.filter(measure=PAID, dimension="").update(count=7)
    assert [name.partition(":")[0] for name in broken_invariants()] == [
        "analytics.sales_are_the_orders"
    ]

    recount_everything(skew=NO_SKEW)

    assert broken_invariants() == []


@pytest.mark.django_db
def test_another_edition_of_the_measures_counts_the_log_from_its_beginning():
    a_paid_order()
    count()
    before = figures()
    Rollup.objects.update(count=7)
    Progress.objects.update(counting="of last year")

    count()

    assert figures() == before


@pytest.mark.django_db
def test_work_is_held_against_the_time_of_its_queue():
    set_queue_time(
        queue=QueueName.SHIPMENTS, hours=1, reason="trial", actor=staff_actor(a_staff_member())
    )
    late, quick = (SellerOrder.objects.get(order=a_paid_order()) for _number in range(2))
    SellerOrder.objects.filter(pk=late.pk).update(placed_at=clock.now() - timedelta(hours=2))
    for part in (late, quick):
        ship_seller_order(
            seller_order_id=part.pk, carrier="Bus", actor=seller_actor(part.seller_id)
        )

    count()

    assert figures()[DECIDED, QUEUE, "shipments"] == (2, 1)


@pytest.mark.django_db
def test_a_listings_stay_in_moderation_ends_with_the_verdict():
    listing = a_listing(status=ListingStatus.DRAFT)
    actor = seller_actor(listing.seller_id)
    for _time in range(2):
        submit_listing(listing_id=listing.pk, seller_id=listing.seller_id, actor=actor)
        reject_listing(
            listing_id=listing.pk, reason="No picture", actor=staff_actor(a_staff_member())
        )

    count()

    assert figures()[DECIDED, QUEUE, "listings"] == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_many_who_count_at_once_count_each_event_once():
    a_paid_order()
    a_paid_order()

    at_once(*[count] * 4)

    assert figures()[PAID, "", ""][0] == 2
    assert Progress.objects.get().counted == LoggedEvent.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_count_that_dies_halfway_leaves_nothing_behind():
    a_paid_order()
    with transaction.atomic():
        count()
        transaction.set_rollback(True)
    assert figures() == {}

    count()

    assert figures()[PAID, "", ""][0] == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_transaction_that_still_runs_is_not_passed_by():
    """Its id is older than those that were counted meanwhile."""
    other = connection.copy()
    try:
        with other.cursor() as slow:
            slow.execute("BEGIN")
            slow.execute("SELECT 1")
            a_paid_order()

            assert count() == 0

            slow.execute("COMMIT")
        assert count() == LoggedEvent.objects.count()
    finally:
        other.close()
