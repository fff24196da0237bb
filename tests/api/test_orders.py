"""Cart, orders, and sellers' parts of them."""

import pytest

from marketplace.listings.models import Listing
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus, SellerOrderStatus
from tests.api.client import Caller, refusal
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, a_user, an_address
from tests.factories.fees import the_terms
from tests.factories.listings import PRICE_MINOR, a_listing
from tests.factories.orders import (
    REGION,
    SHIPPING_MINOR,
    a_paid_order,
    an_order,
    the_shipping_rates,
)
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db

HOME = {
    "recipient": "Asha",
    "phone": "0754 000 111",
    "region": REGION,
    "district": "Ilala",
    "street": "Samora 12",
}


@pytest.fixture
def rates():
    the_terms()
    the_shipping_rates()


def wish(*listings, quantity=1, **changes):
    lines = [{"listing": listing.reference, "quantity": quantity} for listing in listings]
    return {"lines": lines, "delivery": HOME, **changes}


def test_a_cart_shows_wishes_beside_the_offers_as_they_are(rates):
    listing, caller = a_listing(), Caller(a_buyer())

    put = caller.put(f"/cart/lines/{listing.reference}", {"quantity": 2})
    Listing.objects.update(price_minor=PRICE_MINOR + 100)
    shown = caller.get("/cart").json()

    assert put.json()["items"]["amount"] == 2 * PRICE_MINOR
    assert shown["lines"][0]["price_changed"] is True
    assert shown["items"]["amount"] == 2 * PRICE_MINOR + 200


def test_a_wish_is_taken_out_by_zero_and_the_cart_emptied(rates):
    first, second, caller = a_listing(), a_listing(), Caller(a_buyer())
    for listing in (first, second):
        caller.put(f"/cart/lines/{listing.reference}", {"quantity": 1})

    left = caller.put(f"/cart/lines/{first.reference}", {"quantity": 0}).json()
    emptied = caller.delete("/cart").json()

    assert [line["offer"]["listing"] for line in left["lines"]] == [second.reference]
    assert emptied["lines"] == []


def test_what_is_not_for_sale_is_not_put_into_the_cart(rates):
    listing, caller = a_listing(on_hand=0), Caller(a_buyer())

    sold_out = caller.put(f"/cart/lines/{listing.reference}", {"quantity": 1})
    unknown = caller.put("/cart/lines/LST-NOTHING", {"quantity": 1})

    assert refusal(sold_out) == (409, "listing_not_for_sale")
    assert refusal(unknown) == (404, "listing_not_found")


@pytest.mark.parametrize("lines", [1, 4])
def test_a_cart_takes_the_same_queries_for_any_length(lines, rates, django_assert_num_queries):
    caller = Caller(a_buyer())
    for _line in range(lines):
        caller.put(f"/cart/lines/{a_listing().reference}", {"quantity": 1})

    with django_assert_num_queries(6):
        caller.get("/cart")


def test_regions_say_what_delivery_costs(rates):
    assert Caller().get("/delivery-regions").json() == [
        {"region": REGION, "fee": {"amount": SHIPPING_MINOR, "currency": "TZS"}}
    ]


def test_an_order_is_placed_split_by_seller_and_waits_for_its_payment(rates):
    phone, case = a_listing(), a_listing()

    answer = Caller(a_buyer()).post("/orders", wish(phone, case, quantity=2))

    assert answer.status_code == 201
    order = answer.json()
    assert order["status"]["code"] == OrderStatus.AWAITING_PAYMENT
    assert order["total"]["amount"] == 4 * PRICE_MINOR + 2 * SHIPPING_MINOR
    assert {part["seller"] for part in order["seller_orders"]} == {
        phone.seller.reference,
        case.seller.reference,
    }
    assert order["payment"]["amount"] == order["total"]
    assert order["delivery"]["phone"] == "+255754000111"


def test_an_order_goes_to_a_saved_address(rates):
    buyer = a_buyer()
    address = an_address(buyer, region=REGION)

    placed = Caller(buyer).post(
        "/orders", wish(a_listing(), delivery=None, address=address.reference)
    )
    other = Caller(a_buyer()).post(
        "/orders", wish(a_listing(), delivery=None, address=address.reference)
    )

    assert placed.json()["delivery"]["street"] == address.street
    assert refusal(other) == (404, "address_not_found")


def test_two_places_or_none_are_refused(rates):
    caller, listing = Caller(a_buyer()), a_listing()

    both = caller.post("/orders", wish(listing, address="ADR-1"))
    none = caller.post("/orders", wish(listing, delivery=None))

    assert refusal(both) == refusal(none) == (422, "validation_failed")


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"lines": []}, (422, "validation_failed")),
        ({"lines": [{"listing": "LST-NOTHING", "quantity": 1}]}, (404, "listing_not_found")),
        ({"delivery": {**HOME, "region": "Atlantis"}}, (422, "region_not_served")),
        ({"delivery": {**HOME, "phone": "12"}}, (422, "phone_invalid")),
    ],
)
def test_what_is_wrong_with_an_order_is_said_and_nothing_is_reserved(rates, changes, refused):
    answer = Caller(a_buyer()).post("/orders", wish(a_listing(), **changes))

    assert refusal(answer) == refused
    assert Order.objects.count() == 0


def test_more_than_there_is_cannot_be_ordered(rates):
    answer = Caller(a_buyer()).post("/orders", wish(a_listing(on_hand=1), quantity=2))

    assert refusal(answer) == (409, "stock_insufficient")


def test_a_price_that_changed_since_it_was_shown_is_refused(rates):
    listing = a_listing()
    line = {"listing": listing.reference, "quantity": 1, "price": {"amount": PRICE_MINOR - 100}}

    answer = Caller(a_buyer()).post("/orders", wish(listing, lines=[line]))

    assert refusal(answer) == (409, "price_changed")


def test_nobody_buys_from_themselves(rates):
    owner = a_buyer()

    answer = Caller(owner).post("/orders", wish(a_listing(a_seller(owner))))

    assert refusal(answer) == (403, "own_goods")


def test_orders_are_listed_newest_first_and_by_state(rates):
    buyer = a_buyer()
    unpaid, paid = an_order(buyer=buyer), a_paid_order(buyer=buyer)
    an_order()

    every = Caller(buyer).get("/orders").json()["items"]
    only_paid = Caller(buyer).get("/orders", status="paid").json()["items"]

    assert [row["reference"] for row in every] == [paid.reference, unpaid.reference]
    assert [row["reference"] for row in only_paid] == [paid.reference]


@pytest.mark.parametrize("rows", [1, 4])
def test_orders_take_the_same_queries_for_any_length(rows, django_assert_num_queries):
    buyer = a_buyer()
    for _row in range(rows):
        an_order(a_listing(), a_listing(), buyer=buyer)

    with django_assert_num_queries(6):
        assert len(Caller(buyer).get("/orders").json()["items"]) == rows


def test_an_unpaid_order_is_cancelled_and_its_stock_comes_back():
    listing, buyer = a_listing(), a_buyer()
    order = an_order(listing, buyer=buyer)

    answer = Caller(buyer).post(f"/orders/{order.reference}/cancel", {"reason": "Changed my mind"})
    again = Caller(buyer).post(f"/orders/{order.reference}/cancel", {"reason": "Again"})

    listing.refresh_from_db()
    assert answer.json()["status"]["code"] == OrderStatus.CANCELLED
    assert listing.reserved == 0
    assert refusal(again) == (409, "nothing_to_cancel")


def test_a_paid_order_that_is_cancelled_shows_its_refund():
    buyer = a_buyer()
    order = a_paid_order(buyer=buyer)

    Caller(buyer).post(f"/orders/{order.reference}/cancel", {"reason": "Changed my mind"})
    deliver_all()

    from_now_on = Caller(buyer).get(f"/orders/{order.reference}").json()
    assert from_now_on["seller_orders"][0]["status"]["code"] == SellerOrderStatus.CANCELLED
    assert from_now_on["status"]["code"] == OrderStatus.CANCELLED
    refund = from_now_on["payment"]["refunds"][0]
    assert refund["amount"] == from_now_on["total"]
    assert refund["reason"]["code"] == "order_cancelled"


def test_somebody_elses_order_does_not_exist():
    order, stranger = an_order(), Caller(a_buyer())

    answers = [
        stranger.get(f"/orders/{order.reference}"),
        stranger.post(f"/orders/{order.reference}/cancel", {"reason": "Mine now"}),
    ]

    assert {refusal(answer) for answer in answers} == {(404, "order_not_found")}


def test_a_seller_confirms_and_ships_and_the_buyer_receives():
    owner, buyer = a_user(), a_buyer()
    order = a_paid_order(a_listing(a_seller(owner)), buyer=buyer)
    path = f"/seller-orders/{order.seller_orders.get().reference}"

    steps = [
        Caller(owner).post(f"{path}/confirm"),
        Caller(owner).post(f"{path}/ship", {"carrier": "Bodaboda", "tracking": "B-1"}),
        Caller(buyer).post(f"{path}/deliver"),
    ]

    assert [step.json()["status"]["code"] for step in steps] == ["to_ship", "shipped", "delivered"]
    shown = Caller(owner).get(path).json()
    assert shown["shipment"]["tracking"] == "B-1"
    assert (
        shown["net"]["amount"] + shown["commission"]["amount"] + shown["commission_vat"]["amount"]
        == shown["total"]["amount"]
    )
    assert Caller(buyer).get(f"/orders/{order.reference}").json()["status"]["code"] == "completed"


def test_a_seller_does_not_confirm_delivery_and_a_buyer_does_not_ship():
    owner, buyer = a_user(), a_buyer()
    order = a_paid_order(a_listing(a_seller(owner)), buyer=buyer)
    path = f"/seller-orders/{order.seller_orders.get().reference}"

    by_seller = Caller(owner).post(f"{path}/deliver")
    by_buyer = Caller(buyer).post(f"{path}/ship", {"carrier": "Me"})

    assert refusal(by_seller) == (404, "seller_order_not_found")
    assert refusal(by_buyer) == (403, "not_a_seller")


def test_a_seller_cancels_what_cannot_be_shipped():
    owner = a_user()
    order = a_paid_order(a_listing(a_seller(owner)))
    path = f"/seller-orders/{order.seller_orders.get().reference}"

    answer = Caller(owner).post(f"{path}/cancel", {"reason": "Broken in the store"})
    late = Caller(owner).post(f"{path}/ship", {"carrier": "Bodaboda"})

    assert answer.json()["status"]["code"] == SellerOrderStatus.CANCELLED
    assert refusal(late) == (409, "state_conflict")


@pytest.mark.parametrize("rows", [1, 4])
def test_a_sellers_orders_take_the_same_queries_for_any_length(rows, django_assert_num_queries):
    owner = a_user()
    seller = a_seller(owner)
    for _row in range(rows):
        an_order(a_listing(seller))

    with django_assert_num_queries(6):
        assert len(Caller(owner).get("/seller-orders").json()["items"]) == rows


def test_another_sellers_part_does_not_exist():
    owner, order = a_user(), a_paid_order()
    a_seller(owner)
    path, caller = f"/seller-orders/{order.seller_orders.get().reference}", Caller(owner)

    answers = [
        caller.get(path),
        caller.post(f"{path}/confirm"),
        caller.post(f"{path}/ship", {"carrier": "Me"}),
        caller.post(f"{path}/cancel", {"reason": "Because"}),
    ]

    assert {refusal(answer) for answer in answers} == {(404, "seller_order_not_found")}
