"""Placing an order: all of it or nothing, at the price the buyer saw, never more than there is."""

import pytest
from django.conf import settings

from marketplace.listings.errors import ListingNotFound, NotForSale, StockInsufficient
from marketplace.listings.states import ListingStatus
from marketplace.orders.commands import Delivery, Wanted, set_cart_line
from marketplace.orders.errors import (
    CartEmpty,
    LineRepeated,
    NoDeliveryToRegion,
    OwnGoods,
    PriceChanged,
    QuantityOutOfRange,
    SellerNotActive,
    VerificationNeeded,
)
from marketplace.orders.models import Order
from marketplace.orders.queries import cart_of
from marketplace.orders.states import OrderStatus, SellerOrderStatus
from marketplace.payments.commands import check_out
from marketplace.payments.models import Intent
from marketplace.sellers.models import SellerMember
from marketplace.sellers.states import SellerStatus
from tests.factories.accounts import a_buyer, buyer_actor
from tests.factories.fees import the_terms
from tests.factories.listings import PRICE_MINOR, a_listing
from tests.factories.orders import HOME, SHIPPING_MINOR, an_order, the_shipping_rates
from tests.factories.sellers import a_seller
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def place(*wanted: Wanted, buyer=None, delivery: Delivery = HOME):
    the_terms()
    the_shipping_rates()
    buyer = buyer or a_buyer()
    return check_out(buyer_id=buyer.pk, lines=wanted, delivery=delivery, actor=buyer_actor(buyer))


def test_an_order_is_split_by_seller_with_terms_frozen_per_line():
    first, second = a_listing(), a_listing()

    order = an_order(first, second, quantity=2)

    parts = list(order.seller_orders.order_by("pk"))
    assert {part.seller_id for part in parts} == {first.seller_id, second.seller_id}
    assert order.items_minor == 4 * PRICE_MINOR
    assert order.shipping_minor == 2 * SHIPPING_MINOR
    line = parts[0].lines.get()
    assert line.commission_bp == 1000
    assert line.commission_minor == 2 * PRICE_MINOR // 10
    assert line.commission_vat_minor == line.commission_minor * 18 // 100
    assert Intent.objects.get(order=order).amount_minor == order.total_minor
    first.refresh_from_db()
    assert (first.on_hand, first.reserved) == (10, 2)
    assert broken_invariants() == []


def test_the_cart_line_is_gone_when_its_goods_are_ordered():
    buyer, listing = a_buyer(), a_listing()
    set_cart_line(buyer_id=buyer.pk, listing_reference=listing.reference, quantity=2)

    an_order(listing, buyer=buyer)

    assert cart_of(buyer_id=buyer.pk) == []


def test_what_was_not_ordered_stays_in_the_cart_and_so_does_what_others_wish():
    buyer, other, ordered, wished = a_buyer(), a_buyer(), a_listing(), a_listing()
    for person, listing in [(buyer, wished), (other, ordered)]:
        set_cart_line(buyer_id=person.pk, listing_reference=listing.reference, quantity=1)

    an_order(ordered, buyer=buyer)

    assert len(cart_of(buyer_id=buyer.pk)) == len(cart_of(buyer_id=other.pk)) == 1


@pytest.mark.parametrize("lines", [1, 6])
def test_an_order_of_any_length_takes_five_statements(lines, django_assert_num_queries):
    buyer, listings = a_buyer(), [a_listing() for _line in range(lines)]
    the_terms()
    the_shipping_rates()

    with django_assert_num_queries(5 + 2):  # A test has its commands in a savepoint.
        check_out(
            buyer_id=buyer.pk,
            lines=[Wanted(listing.reference, 1) for listing in listings],
            delivery=HOME,
            actor=buyer_actor(buyer),
        )


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ([], CartEmpty),
        ([Wanted("LST-NOTTHERE", 1)], ListingNotFound),
        ([Wanted('"},{\\', 1)], ListingNotFound),
    ],
)
def test_an_order_of_nothing_is_refused(wanted, refusal):
    with pytest.raises(refusal):
        place(*wanted)


@pytest.mark.parametrize("quantity", [0, -1, 101])
def test_a_quantity_out_of_range_is_refused(quantity):
    with pytest.raises(QuantityOutOfRange):
        place(Wanted(a_listing().reference, quantity))


def test_the_same_listing_on_two_lines_is_refused():
    reference = a_listing().reference

    with pytest.raises(LineRepeated):
        place(Wanted(reference, 1), Wanted(reference, 2))


def test_more_than_there_is_reserves_nothing_of_the_other_lines():
    plenty, scarce = a_listing(), a_listing(on_hand=1)

    with pytest.raises(StockInsufficient) as refused:
        place(Wanted(plenty.reference, 1), Wanted(scarce.reference, 2))

    assert refused.value.params["available"] == 1
    plenty.refresh_from_db()
    assert plenty.reserved == 0


def test_a_price_that_changed_must_be_agreed_to():
    listing = a_listing()

    with pytest.raises(PriceChanged):
        place(Wanted(listing.reference, 1, PRICE_MINOR - 100))

    assert place(Wanted(listing.reference, 1, PRICE_MINOR)).order_reference


def test_what_is_not_live_or_not_sold_now_cannot_be_ordered():
    with pytest.raises(NotForSale):
        place(Wanted(a_listing(status=ListingStatus.PAUSED).reference, 1))
    suspended = a_seller(status=SellerStatus.SUSPENDED)
    with pytest.raises(SellerNotActive):
        place(Wanted(a_listing(seller=suspended).reference, 1))


def test_nobody_buys_their_own_goods():
    listing = a_listing()
    owner = SellerMember.objects.get(seller=listing.seller).user

    with pytest.raises(OwnGoods):
        place(Wanted(listing.reference, 1), buyer=owner)


def test_a_region_without_a_rate_is_not_served():
    nowhere = Delivery("A", "+255754000111", "Atlantis", "Deep", "Reef 1")

    with pytest.raises(NoDeliveryToRegion):
        place(Wanted(a_listing().reference, 1), delivery=nowhere)


def test_a_large_order_needs_a_verified_buyer():
    dear = a_listing(price_minor=settings.BUYER_LIMITS_MINOR[0])

    with pytest.raises(VerificationNeeded):
        place(Wanted(dear.reference, 1), buyer=a_buyer(kyc_level=0))

    assert place(Wanted(dear.reference, 1), buyer=a_buyer()).order_id


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_pieces_exactly_as_many_get_them_as_there_are():
    the_terms()
    the_shipping_rates()
    listing = a_listing(on_hand=3)
    buyers = [a_buyer() for _ in range(8)]

    outcomes = at_once(
        *(lambda buyer=buyer: place(Wanted(listing.reference, 1), buyer=buyer) for buyer in buyers)
    )

    refused = [each for each in outcomes if isinstance(each, StockInsufficient)]
    assert len(refused) == 5
    listing.refresh_from_db()
    assert (listing.on_hand, listing.reserved) == (3, 3)
    assert Order.objects.count() == 3
    assert broken_invariants() == []


def test_a_new_order_waits_for_its_payment():
    order = an_order()

    assert order.status == OrderStatus.AWAITING_PAYMENT
    assert order.seller_orders.get().status == SellerOrderStatus.AWAITING_PAYMENT
