"""A seller's own listings and imports."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.listings.models import Listing, ListingPicture
from marketplace.listings.states import ListingStatus
from tests.api.client import Caller, refusal
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, a_user
from tests.factories.catalog import RAM, a_category, a_product
from tests.factories.files import a_pdf, a_picture
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return a_user()


@pytest.fixture
def seller(owner):
    return a_seller(owner)


def wanted(offered, **changes):
    return {
        "product": offered.reference,
        "sku": "S-1",
        "price": {"amount": 5_000_00, "currency": "TZS"},
        "on_hand": 4,
        **changes,
    }


def a_table(*rows: str) -> SimpleUploadedFile:
    header = "sku,title,brand,category,price_tzs,quantity"
    return SimpleUploadedFile("stock.csv", "\n".join([header, *rows]).encode())


def test_a_listing_is_created_submitted_paused_and_resumed(owner, seller):
    caller = Caller(owner)

    created = caller.post("/listings", wanted(a_product()))
    path = f"/listings/{created.json()['reference']}"
    submitted = caller.post(f"{path}/submit")
    Listing.objects.update(status=ListingStatus.LIVE)
    paused, resumed = caller.post(f"{path}/pause"), caller.post(f"{path}/resume")

    assert created.status_code == 201
    assert created.json()["status"]["code"] == "draft"
    assert [answer.json()["status"]["code"] for answer in (submitted, paused, resumed)] == [
        "in_moderation",
        "paused",
        "live",
    ]
    assert caller.get(path).json() == resumed.json()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"product": "PRD-NOTHING"}, (404, "product_not_found")),
        ({"price": {"amount": 150}}, (422, "price_invalid")),
        ({"price": {"amount": 0}}, (422, "price_invalid")),
        ({"price": {"amount": 100, "currency": "USD"}}, (422, "validation_failed")),
        ({"price": {"amount": 100.0}}, (422, "validation_failed")),
        ({"on_hand": -1}, (422, "validation_failed")),
        ({"condition": "broken"}, (422, "validation_failed")),
    ],
)
def test_what_is_wrong_with_a_listing_is_said(owner, seller, changes, refused):
    answer = Caller(owner).post("/listings", wanted(a_product(), **changes))

    assert refusal(answer) == refused
    assert Listing.objects.count() == 0


def test_an_sku_is_used_once(owner, seller):
    a_listing(seller, sku="S-1")

    answer = Caller(owner).post("/listings", wanted(a_product()))

    assert refusal(answer) == (409, "sku_taken")


def test_an_edit_of_what_has_changed_meanwhile_is_refused(owner, seller):
    listing = a_listing(seller)
    path = f"/listings/{listing.reference}"
    tag = {"If-Match": Caller(owner).get(path)["ETag"]}

    first = Caller(owner).patch(path, {"on_hand": 3}, headers=tag)
    second = Caller(owner).patch(path, {"on_hand": 9}, headers=tag)
    third = Caller(owner).patch(path, {"on_hand": 9}, headers={"If-Match": first["ETag"]})

    assert first.json()["on_hand"] == 3
    assert refusal(second) == (412, "listing_changed")
    assert third.json()["on_hand"] == 9


def test_an_edit_without_a_version_is_refused(owner, seller):
    listing = a_listing(seller)

    answer = Caller(owner).patch(f"/listings/{listing.reference}", {"on_hand": 3})

    assert refusal(answer) == (428, "if_match_required")


def test_stock_does_not_go_below_what_orders_hold(owner, seller):
    listing = a_listing(seller, reserved=5)

    answer = Caller(owner).patch(
        f"/listings/{listing.reference}", {"on_hand": 4}, headers={"If-Match": '"v1"'}
    )

    assert refusal(answer) == (409, "below_reserved")


def test_a_step_that_the_state_does_not_allow_is_refused(owner, seller):
    listing = a_listing(seller, status=ListingStatus.DRAFT)

    answer = Caller(owner).post(f"/listings/{listing.reference}/pause")

    assert refusal(answer) == (409, "state_conflict")


def test_another_sellers_listing_does_not_exist(owner, seller):
    path, caller = f"/listings/{a_listing().reference}", Caller(owner)

    answers = [
        caller.get(path),
        caller.patch(path, {"on_hand": 1}, headers={"If-Match": '"v1"'}),
        caller.post(f"{path}/submit"),
        caller.post(f"{path}/pause"),
        caller.post(f"{path}/resume"),
        caller.post(f"{path}/pictures", files={"file": a_picture()}),
    ]

    assert {refusal(answer) for answer in answers} == {(404, "listing_not_found")}


def test_who_is_no_seller_has_no_listings():
    assert refusal(Caller(a_buyer()).get("/listings")) == (403, "not_a_seller")


@pytest.mark.parametrize("rows", [1, 5])
def test_my_listings_take_the_same_queries_for_any_length(
    rows, owner, seller, django_assert_num_queries
):
    for _row in range(rows):
        a_listing(seller)
    a_listing()

    with django_assert_num_queries(5):
        assert len(Caller(owner).get("/listings").json()["items"]) == rows


def test_listings_are_filtered_by_state(owner, seller):
    a_listing(seller)
    paused = a_listing(seller, status=ListingStatus.PAUSED)

    answer = Caller(owner).get("/listings", status="paused")

    assert [row["reference"] for row in answer.json()["items"]] == [paused.reference]
    assert refusal(Caller(owner).get("/listings", status="x")) == (422, "validation_failed")


def test_a_picture_waits_is_published_and_can_be_taken_off(owner, seller):
    listing, caller = a_listing(seller), Caller(owner)
    path = f"/listings/{listing.reference}"

    added = caller.post(f"{path}/pictures", files={"file": a_picture()})
    deliver_all()
    shown = caller.get(path).json()["pictures"]
    removed = caller.delete(f"/listings/pictures/{added.json()['reference']}")

    assert (added.status_code, added.json()["status"]["code"]) == (201, "pending")
    assert added.json()["url"] == ""
    assert [picture["status"]["code"] for picture in shown] == ["ready"]
    assert shown[0]["url"].endswith(".webp")
    assert removed.status_code == 204
    assert caller.get(path).json()["pictures"] == []


def test_a_file_that_is_no_picture_is_refused(owner, seller):
    listing = a_listing(seller)

    answer = Caller(owner).post(f"/listings/{listing.reference}/pictures", files={"file": a_pdf()})

    assert refusal(answer) == (422, "upload_type_refused")
    assert ListingPicture.objects.count() == 0


def test_a_file_is_imported_and_its_bad_rows_come_back(owner, seller):
    a_category(slug="phones")
    caller = Caller(owner)
    file = a_table("A-1,Spark,Tecno,phones,385000,3", "=A-2,Spark 2,Tecno,phones,free,3")

    created = caller.post("/imports", files={"file": file})
    path = f"/imports/{created.json()['reference']}"
    deliver_all()
    shown = caller.get(path).json()
    errors = caller.get(f"{path}/errors").json()["items"]
    table = caller.get(f"{path}/errors.csv")
    swahili = [
        caller.get(f"{path}/{name}", headers={"Accept-Language": "sw"})
        for name in ("errors", "errors.csv")
    ]

    assert created.status_code == 201
    assert (shown["status"]["code"], shown["rows_created"], shown["rows_failed"]) == (
        "finished",
        1,
        1,
    )
    assert [(row["row"], row["column"], row["code"]) for row in errors] == [
        (3, "price_tzs", "number")
    ]
    rows = list(csv.DictReader(io.StringIO(table.getvalue().decode("utf-8-sig"))))
    assert rows[0]["sku"] == "'=A-2"
    assert table["Content-Disposition"].startswith("attachment")
    assert "Use a whole number" in rows[0]["error"]
    assert "Tumia namba kamili" in swahili[0].json()["items"][0]["message"]
    assert "Tumia namba kamili" in swahili[1].getvalue().decode()


def test_errors_of_an_import_come_in_pages_in_the_order_of_the_file(owner, seller):
    a_category(slug="phones")
    file = a_table(*(f"A-{number},X,Tecno,phones,free,1" for number in range(5)))
    caller = Caller(owner)
    path = f"/imports/{caller.post('/imports', files={'file': file}).json()['reference']}/errors"
    deliver_all()

    rows, cursor = [], ""
    while cursor is not None:
        answer = caller.get(path, limit=2, cursor=cursor).json()
        rows, cursor = rows + answer["items"], answer["next_cursor"]

    assert [row["row"] for row in rows] == [2, 3, 4, 5, 6]


def test_a_file_without_the_columns_is_refused_at_once(owner, seller):
    file = SimpleUploadedFile("x.csv", b"a,b\n1,2")

    assert refusal(Caller(owner).post("/imports", files={"file": file})) == (
        422,
        "import_unreadable",
    )


def test_an_import_is_stopped_once(owner, seller):
    caller = Caller(owner)
    path = f"/imports/{caller.post('/imports', files={'file': a_table('A,B,C,d,1,1')}).json()['reference']}"

    stopped, again = caller.post(f"{path}/cancel"), caller.post(f"{path}/cancel")

    assert stopped.json()["status"]["code"] == "cancelled"
    assert refusal(again) == (409, "state_conflict")


def test_another_sellers_import_does_not_exist(owner, seller):
    other = a_user()
    a_seller(other)
    reference = (
        Caller(other).post("/imports", files={"file": a_table("A,B,C,d,1,1")}).json()["reference"]
    )
    path, caller = f"/imports/{reference}", Caller(owner)

    answers = [
        caller.get(path),
        caller.get(f"{path}/errors"),
        caller.get(f"{path}/errors.csv"),
        caller.post(f"{path}/cancel"),
    ]

    assert {refusal(answer) for answer in answers} == {(404, "import_not_found")}
    assert caller.get("/imports").json()["items"] == []


def test_the_template_can_be_imported_as_it_is(owner, seller):
    a_category(slug="phones", attribute_schema=[{**RAM, "required": False}])
    template = Caller().get("/imports/template.csv", category="phones")

    created = Caller(owner).post(
        "/imports", files={"file": SimpleUploadedFile("t.csv", template.content)}
    )
    deliver_all()

    assert f"attr.{RAM['key']}" in template.content.decode()
    path = f"/imports/{created.json()['reference']}"
    assert Caller(owner).get(f"{path}/errors").json()["items"] == []
    assert Caller(owner).get(path).json()["rows_created"] == 1
