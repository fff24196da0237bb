"""Evidence as each side of a dispute prepares it and submits it, over HTTP."""

import pytest

from tests.api.client import Caller, refusal
from tests.api.test_disputes import Case
from tests.factories.accounts import a_buyer, a_user
from tests.factories.files import a_pdf, a_picture
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db
IMEI = "356938035643809"


@pytest.fixture
def case() -> Case:
    owner, buyer = a_user(), a_buyer()
    return Case(buyer, owner, a_delivered_part(a_listing(a_seller(owner)), buyer=buyer))


def draft_of(who, path):
    return Caller(who).get(f"{path}/draft").json()


def opened(case: Case) -> str:
    body = case.claim(reason="counterfeit")
    return f"/disputes/{Caller(case.buyer).post('/disputes', body).json()['reference']}"


def test_each_side_sees_what_is_asked_of_it_and_what_is_missing(case):
    path = opened(case)
    empty = draft_of(case.owner, path)
    Caller(case.owner).post(f"{path}/draft", {"kind": "serial", "imei": IMEI}, files={})
    begun = draft_of(case.owner, path)

    assert (empty["party"]["code"], empty["is_my_turn"]) == ("seller", True)
    assert [(one["kind"]["code"], one["is_missing"]) for one in empty["asked"]] == [
        ("invoice", True),
        ("serial", True),
    ]
    assert empty["asked"][1]["numbers"] == ["imei", "serial_number"]
    assert empty["submits_itself_at"] is None
    assert [one["is_missing"] for one in begun["asked"]] == [True, False]
    assert begun["submits_itself_at"] is not None
    theirs = draft_of(case.buyer, path)
    assert (theirs["party"]["code"], theirs["staged"]) == ("buyer", [])
    assert [one["kind"]["code"] for one in theirs["asked"]] == ["goods", "serial"]
    assert Caller(a_buyer()).get(f"{path}/draft").status_code == 404


def test_files_and_numbers_are_prepared_taken_back_and_submitted_once(case):
    path, seller = opened(case), Caller(case.owner)
    number = seller.post(f"{path}/draft", {"kind": "serial", "imei": f" {IMEI} "}, files={})
    file = seller.post(f"{path}/draft", {"kind": "invoice"}, files={"file": a_pdf()})
    mistaken = seller.post(f"{path}/draft", {"kind": "other"}, files={"file": a_picture()})
    item = f"{path}/draft/{mistaken.json()['reference']}"

    assert number.json()["number"] == {"kind": {"code": "imei", "label": "IMEI"}, "value": IMEI}
    assert number.json()["url"] is None
    assert seller.http.get(file.json()["url"]).status_code == 200
    assert refusal(Caller(case.buyer).delete(item)) == (404, "staged_not_found")
    assert seller.delete(item).status_code == 204
    assert refusal(seller.delete(item)) == (404, "staged_not_found")
    assert Caller(case.buyer).get(path).json()["evidence"] == []

    submitted = seller.post(f"{path}/draft/submit").json()

    assert [one["kind"]["code"] for one in submitted["evidence"]] == ["serial", "invoice"]
    assert submitted["turn"]["code"] == "staff"
    assert submitted == Caller(case.buyer).get(path).json()
    assert refusal(seller.post(f"{path}/draft/submit")) == (409, "nothing_staged")


def test_the_number_that_both_sides_show_is_told_to_be_the_same(case):
    path = opened(case)
    for who, imei in ((case.owner, IMEI), (case.buyer, "490154203237518")):
        Caller(who).post(f"{path}/draft", {"kind": "serial", "imei": imei}, files={})
        shown = Caller(who).post(f"{path}/draft/submit").json()["evidence"]

    assert [one["is_same"] for one in shown] == [False, False]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"kind": "serial", "imei": "12345"}, (422, "imei_invalid", "imei")),
        ({"kind": "serial", "imei": "356938035643808"}, (422, "imei_mistyped", "imei")),
        (
            {"kind": "serial", "serial_number": "?"},
            (422, "serial_number_invalid", "serial_number"),
        ),
        (
            {"kind": "tracking", "tracking_number": "-"},
            (422, "tracking_number_invalid", "tracking_number"),
        ),
        ({"kind": "goods", "imei": IMEI}, (422, "number_unfit", "imei")),
        (
            {"kind": "serial", "imei": IMEI, "serial_number": "C02XK1AB"},
            (422, "one_number_each", "serial_number"),
        ),
        ({"kind": "serial"}, (422, "nothing_shown", "file")),
    ],
)
def test_what_is_wrong_with_a_number_is_said_at_its_field(case, body, refused):
    answer = Caller(case.owner).post(f"{opened(case)}/draft", body, files={})

    assert (*refusal(answer), answer.json()["errors"][0]["field"]) == refused
