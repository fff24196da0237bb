"""The index follows products, offers, stock, sellers and shelves, and never disagrees for long."""

import pytest
from django.core.management import call_command

from marketplace.catalog.commands import edit_product, save_category
from marketplace.listings.commands import (
    approve_listing,
    create_listing,
    edit_listing,
    pause_listing,
    resume_listing,
    submit_listing,
)
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.orders.commands import cancel_order, cancel_seller_order
from marketplace.search.commands import index_products, rebuild
from marketplace.search.invariants import INVARIANTS
from marketplace.search.models import SearchDocument
from marketplace.search.queries import search
from marketplace.sellers.models import Seller
from marketplace.shared.actors import Actor
from marketplace.shared.invariants import check_all
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import staff_actor
from tests.factories.catalog import a_category, a_product
from tests.factories.listings import PRICE_MINOR, a_listing
from tests.factories.orders import an_order, pay
from tests.factories.search import the_window
from tests.factories.sellers import a_seller, reactivate_seller, seller_actor, suspend_seller
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db


def document(product):
    return SearchDocument.objects.get(pk=product.pk)


def disagreements():
    return [finding.differing for _invariant, finding in check_all(INVARIANTS)]


def test_the_best_offer_is_the_cheapest_that_is_in_stock():
    product = a_product()
    a_listing(product=product, price_minor=100_000, on_hand=0)
    best = a_listing(product=product, price_minor=300_000)
    a_listing(product=product, price_minor=400_000)
    a_listing(product=product, price_minor=200_000, status=ListingStatus.PAUSED)
    a_listing(a_seller(status="suspended"), product, price_minor=200_000)

    index_products([product.pk])

    found = document(product)
    assert (found.best_listing_id, found.price_minor) == (best.pk, 300_000)
    assert (found.offers, found.in_stock) == (3, True)


def test_where_nothing_is_in_stock_the_cheapest_offer_is_shown_as_sold_out():
    product = a_product()
    a_listing(product=product, price_minor=200_000, on_hand=3, reserved=3)
    cheapest = a_listing(product=product, price_minor=100_000, on_hand=0)

    index_products([product.pk])

    assert document(product).best_listing_id == cheapest.pk
    assert not document(product).in_stock


def test_what_did_not_change_is_not_written_again():
    the_window()

    assert rebuild() == 0
    Listing.objects.filter(product__title="iPhone 13").update(price_minor=100)
    assert rebuild() == 1


def test_a_listing_appears_when_it_is_approved_and_goes_when_it_is_paused():
    seller, product = a_seller(), a_product(title="Redmi Note 13")
    actor = seller_actor(seller)
    listing = create_listing(
        seller_id=seller.pk, product_id=product.pk, sku="R-1", price_minor=700_000_00,
        on_hand=2, actor=actor,
    )  # fmt: skip
    submit_listing(listing_id=listing.pk, seller_id=seller.pk, actor=actor)
    deliver_all()
    assert search(text="redmi").hits == []

    approve_listing(listing_id=listing.pk, actor=staff_actor())
    deliver_all()
    assert [hit.price_minor for hit in search(text="redmi").hits] == [700_000_00]

    edit_listing(listing_id=listing.pk, seller_id=seller.pk, price_minor=650_000_00, actor=actor)
    deliver_all()
    pause_listing(listing_id=listing.pk, seller_id=seller.pk, actor=actor)
    deliver_all()
    assert search(text="redmi").hits == []
    resume_listing(listing_id=listing.pk, seller_id=seller.pk, actor=actor)
    deliver_all()

    assert [hit.price_minor for hit in search(text="redmi").hits] == [650_000_00]
    assert disagreements() == [0]
    assert failures() == []


def test_orders_take_the_last_piece_off_the_shelf_and_cancelling_puts_it_back():
    listing = a_listing(on_hand=1)
    index_products([listing.product_id])

    order = an_order(listing)
    deliver_all()
    assert not document(listing.product).in_stock
    cancel_order(order_id=order.pk, reason="No.", actor=Actor.buyer(order.buyer_id))
    deliver_all()
    assert document(listing.product).in_stock

    order = an_order(listing)
    pay(order)
    deliver_all()
    assert not document(listing.product).in_stock
    part = order.seller_orders.get()
    cancel_seller_order(
        seller_order_id=part.pk, reason="No.", actor=seller_actor(listing.seller_id)
    )
    deliver_all()
    assert document(listing.product).in_stock
    assert disagreements() == [0]


def test_a_suspended_sellers_goods_cannot_be_found_until_they_are_back():
    listing = a_listing(product=a_product(title="Redmi 9"))
    seller = Seller.objects.get(pk=listing.seller_id)
    index_products([listing.product_id])

    suspend_seller(seller_id=seller.pk, reason="Complaints.")
    deliver_all()
    assert search(text="redmi").hits == []

    reactivate_seller(seller_id=seller.pk, reason="Settled.")
    deliver_all()
    assert [hit.title for hit in search(text="redmi").hits] == ["Redmi 9"]


def test_a_new_title_and_a_renamed_shelf_are_found():
    parent = a_category(slug="computers", name_en="Computers", name_sw="Kompyuta")
    product = a_product(a_category(parent), title="Thinkpad")
    a_listing(product=product)
    index_products([product.pk])

    edit_product(product_id=product.pk, title="Ideapad", actor=staff_actor())
    save_category(
        category_id=parent.pk, slug="computers", name_en="Machines", name_sw="Tarakilishi",
        actor=staff_actor(),
    )  # fmt: skip
    deliver_all()

    assert [hit.title for hit in search(text="ideapad tarakilishi").hits] == ["Ideapad"]
    assert search(text="thinkpad").hits == []


def test_a_retired_shelf_hides_what_stands_below_it():
    parent = a_category()
    product = a_product(a_category(parent))
    a_listing(product=product)
    index_products([product.pk])

    parent.is_active = False
    parent.save()
    assert rebuild() == 1

    assert document(product).offers == 0
    assert disagreements() == [0]


def test_a_document_that_is_wrong_or_missing_is_found_and_one_that_waits_is_not():
    wrong, missing = a_listing(), a_listing()
    index_products([wrong.product_id])
    Listing.objects.filter(pk=wrong.pk).update(price_minor=PRICE_MINOR - 100)
    assert disagreements() == [2]

    edit_listing(
        listing_id=wrong.pk, seller_id=wrong.seller_id, price_minor=PRICE_MINOR,
        on_hand=0, actor=seller_actor(wrong.seller_id),
    )  # fmt: skip
    an_order(missing)
    assert disagreements() == [0]
    deliver_all()
    assert disagreements() == [0]


def test_the_command_rebuilds_what_is_missing(capsys):
    the_window()
    SearchDocument.objects.all().delete()

    call_command("rebuild_search")

    assert "6 documents changed" in capsys.readouterr().out
    assert disagreements() == [0]


def test_indexing_costs_the_same_queries_however_many_products(django_assert_num_queries):
    ids = [a_listing().product_id for _each in range(5)]

    with django_assert_num_queries(5):  # savepoint, open, lock, refresh, release
        index_products(ids)
    assert index_products([]) == 0


@pytest.mark.django_db(transaction=True)
def test_indexers_at_the_same_time_leave_the_last_price():
    listing = a_listing()
    index_products([listing.product_id])

    def price_and_index(price_minor):
        Listing.objects.filter(pk=listing.pk).update(price_minor=price_minor)
        index_products([listing.product_id])

    outcomes = at_once(*[lambda n=n: price_and_index((n + 1) * 100) for n in range(6)])

    assert refused(outcomes) == []
    listing.refresh_from_db()
    assert document(listing.product).price_minor == listing.price_minor
