"""Categories and products, for everybody."""

import pytest

from marketplace.listings.states import ListingStatus
from marketplace.sellers.states import SellerStatus
from tests.api.client import Caller, refusal
from tests.factories.catalog import RAM, a_category, a_product
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db


def test_categories_are_trees_without_the_retired_ones():
    root = a_category(slug="phones")
    a_category(parent=root, slug="smartphones")
    a_category(slug="fax", is_active=False)

    trees = Caller().get("/categories").json()

    assert [tree["slug"] for tree in trees] == ["phones"]
    assert [child["slug"] for child in trees[0]["children"]] == ["smartphones"]


def test_a_category_lists_its_own_and_inherited_attributes():
    root = a_category(slug="phones", attribute_schema=[RAM])
    a_category(parent=root, slug="smartphones")

    answer = Caller().get("/categories/smartphones")

    assert [each["key"] for each in answer.json()["attributes"]] == [RAM["key"]]


def test_a_category_that_does_not_exist_is_not_found():
    assert refusal(Caller().get("/categories/none")) == (404, "category_not_found")
    assert refusal(Caller().get("/products", category="none")) == (404, "category_not_found")


def test_products_come_newest_first_in_pages_with_their_best_price():
    products = [a_product() for _each in range(3)]
    a_listing(product=products[2], price_minor=900_00)
    a_listing(product=products[2], price_minor=500_00)
    a_listing(product=products[2], price_minor=100_00, status=ListingStatus.PAUSED)
    a_listing(product=products[2], price_minor=200_00, on_hand=0)

    first = Caller().get("/products", limit=2, unsold=True).json()
    second = Caller().get("/products", limit=2, unsold=True, cursor=first["next_cursor"]).json()

    shown = [row["reference"] for row in [*first["items"], *second["items"]]]
    assert shown == [product.reference for product in reversed(products)]
    assert second["next_cursor"] is None
    assert first["items"][0]["best_price"] == {"amount": 500_00, "currency": "TZS"}
    assert first["items"][0]["offers"] == 2
    assert first["items"][1]["best_price"] is None


def test_what_nobody_sells_now_is_left_out_and_a_page_is_full_all_the_same():
    sold = [a_listing().product for _each in range(3)]
    for changes in (
        {"status": ListingStatus.PAUSED},
        {"on_hand": 0},
        {"seller": a_seller(status=SellerStatus.SUSPENDED)},
        {"on_hand": 2, "reserved": 2},
    ):
        a_listing(product=a_product(), **changes)
    a_product()

    first = Caller().get("/products", limit=2).json()
    second = Caller().get("/products", limit=2, cursor=first["next_cursor"]).json()

    assert [len(page["items"]) for page in (first, second)] == [2, 1]
    shown = [row["reference"] for row in [*first["items"], *second["items"]]]
    assert shown == [product.reference for product in reversed(sold)]
    assert len(Caller().get("/products", unsold=True).json()["items"]) == 8


def test_products_of_a_category_include_those_below_it():
    root = a_category(slug="phones")
    leaf = a_category(parent=root, slug="smartphones")
    product = a_listing(product=a_product(category=leaf)).product
    a_product(category=leaf)
    a_listing()

    answer = Caller().get("/products", category="phones")

    assert [row["reference"] for row in answer.json()["items"]] == [product.reference]


@pytest.mark.parametrize("rows", [1, 5])
def test_a_list_of_products_takes_the_same_queries_for_any_length(rows, django_assert_num_queries):
    for _row in range(rows):
        a_listing()

    with django_assert_num_queries(1):
        assert len(Caller().get("/products").json()["items"]) == rows


def test_a_product_shows_its_offers_the_cheapest_first():
    product = a_product()
    dear, cheap = (
        a_listing(product=product, price_minor=900_00),
        a_listing(product=product, price_minor=1_00),
    )

    answer = Caller().get(f"/products/{product.reference}").json()

    assert [offer["listing"] for offer in answer["offers"]] == [cheap.reference, dear.reference]
    assert answer["offers"][0]["seller"]["reference"] == cheap.seller.reference


def test_a_product_that_was_withdrawn_is_not_found():
    product = a_product(is_active=False)

    assert refusal(Caller().get(f"/products/{product.reference}")) == (404, "product_not_found")


def test_a_cursor_that_we_did_not_give_for_this_list_is_refused():
    for _row in range(2):
        a_listing()
    cursor = Caller().get("/products", limit=1).json()["next_cursor"]

    assert refusal(Caller().get("/products", cursor="bogus")) == (422, "cursor_invalid")
    tampered = refusal(Caller().get("/products", cursor=f"{cursor}x"))
    assert tampered == (422, "cursor_invalid")


@pytest.mark.parametrize("limit", [0, 101, "many"])
def test_a_page_has_between_one_and_a_hundred_rows(limit):
    assert refusal(Caller().get("/products", limit=limit)) == (422, "validation_failed")
