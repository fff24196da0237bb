"""Applying to sell, and a seller's own figures."""

import pytest

from marketplace.payouts.models import Earning
from marketplace.sellers.models import Application, KycDocument, SellerMember
from marketplace.sellers.states import ApplicationStatus, SellerStatus
from tests.api.client import Caller, refusal
from tests.factories.accounts import a_buyer, a_user
from tests.factories.files import a_pdf
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order
from tests.factories.sellers import a_seller, an_application, applicant_actor, details

pytestmark = pytest.mark.django_db


def test_somebody_applies_with_documents_and_submits():
    applicant = Caller(a_user())

    applied = applicant.post("/sellers/applications", details())
    path = f"/sellers/applications/{applied.json()['reference']}"
    for item in applied.json()["checklist"]:
        if item["required"]:
            sent = applicant.post(
                f"{path}/documents", {"kind": item["kind"]}, files={"file": a_pdf()}
            )
            assert sent.status_code == 201
    submitted = applicant.post(f"{path}/submit")

    assert applied.status_code == 201
    assert submitted.json()["status"]["code"] == ApplicationStatus.SUBMITTED
    assert applicant.get("/sellers/applications/mine").json() == submitted.json()


def test_what_identifies_a_person_is_never_shown_in_full():
    applicant = Caller(a_user())

    filled = details()
    applied = applicant.post("/sellers/applications", filled).json()

    assert applied["nida_number"] == f"…{filled['nida_number'][-4:]}"
    assert applied["payout_msisdn"] == f"…{filled['payout_msisdn'][-4:]}"


def test_a_detail_that_is_wrong_is_named():
    answer = Caller(a_user()).post("/sellers/applications", details(tin="12"))

    assert refusal(answer) == (422, "tin_invalid")
    assert answer.json()["errors"][0]["field"] == "tin"


def test_a_second_application_is_refused():
    user = a_user()
    an_application(applicant_actor(user))

    answer = Caller(user).post("/sellers/applications", details())

    assert refusal(answer) == (409, "application_already_open")


def test_submitting_without_documents_is_refused():
    user = a_user()
    application = an_application(applicant_actor(user))

    answer = Caller(user).post(f"/sellers/applications/{application.reference}/submit")

    assert refusal(answer) == (422, "documents_missing")


def test_a_file_that_is_no_document_is_refused():
    user = a_user()
    application = an_application(applicant_actor(user))
    file = a_pdf()
    file.file.seek(0)
    file.file.write(b"MZ not a pdf")
    file.file.seek(0)

    answer = Caller(user).post(
        f"/sellers/applications/{application.reference}/documents",
        {"kind": "nida"},
        files={"file": file},
    )

    assert refusal(answer) == (422, "upload_type_refused")
    assert KycDocument.objects.count() == 0


def test_an_edit_needs_the_version_that_was_looked_at():
    user = a_user()
    application = an_application(applicant_actor(user))
    path, change = f"/sellers/applications/{application.reference}", {"region": "Arusha"}
    tag = Caller(user).get("/sellers/applications/mine")["ETag"]

    without = Caller(user).patch(path, change)
    good = Caller(user).patch(path, change, headers={"If-Match": tag})
    stale = Caller(user).patch(path, {"region": "Mbeya"}, headers={"If-Match": tag})
    other = Caller(user).patch(path, change, headers={"If-Match": '"something"'})

    assert refusal(without) == (428, "if_match_required")
    assert good.json()["region"] == "Arusha"
    assert good["ETag"] != tag
    assert stale.status_code == other.status_code == 412
    assert Application.objects.get().region == "Arusha"


def test_somebody_elses_application_does_not_exist():
    application, stranger = an_application(), Caller(a_user())
    path = f"/sellers/applications/{application.reference}"

    answers = [
        stranger.get("/sellers/applications/mine"),
        stranger.patch(path, {"region": "X"}, headers={"If-Match": '"v1"'}),
        stranger.post(f"{path}/submit"),
        stranger.post(f"{path}/documents", {"kind": "nida"}, files={"file": a_pdf()}),
    ]

    assert {refusal(answer) for answer in answers} == {(404, "application_not_found")}


@pytest.mark.parametrize(
    "path",
    ["/sellers/me", "/sellers/me/balance", "/sellers/me/earnings", "/sellers/me/payouts"],
)
def test_who_is_no_seller_has_no_figures(path):
    assert refusal(Caller(a_buyer()).get(path)) == (403, "not_a_seller")


def test_a_seller_sees_the_balance_and_each_earning():
    owner = a_user()
    seller = a_seller(owner)
    order = a_paid_order(a_listing(seller))
    part = order.seller_orders.get()

    balance = Caller(owner).get("/sellers/me/balance").json()
    earnings = Caller(owner).get("/sellers/me/earnings").json()["items"]

    assert balance["pending"]["amount"] == part.net_minor
    assert balance["available"]["amount"] == 0
    assert [row["seller_order"] for row in earnings] == [part.reference]
    assert earnings[0]["net"]["amount"] == part.net_minor
    assert Caller(owner).get("/sellers/me/earnings", status="paid").json()["items"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_earnings_take_the_same_queries_for_any_length(rows, django_assert_num_queries):
    owner = a_user()
    seller = a_seller(owner)
    for _row in range(rows):
        a_delivered_part(a_listing(seller))
    assert Earning.objects.count() == rows

    with django_assert_num_queries(5):
        Caller(owner).get("/sellers/me/earnings")


def test_everybody_sees_a_sellers_card_while_it_is_active():
    active, suspended = a_seller(), a_seller(status=SellerStatus.SUSPENDED)

    assert Caller().get(f"/sellers/{active.reference}").json()["name"] == active.name
    assert refusal(Caller().get(f"/sellers/{suspended.reference}")) == (404, "seller_not_found")


# --- The wallet that is paid ---

NEW_WALLET = {
    "payout_provider": "airtel",
    "payout_msisdn": "0784 000 111",
    "payout_name": "Asha Mushi",
}


def test_an_owner_moves_their_payouts_to_another_wallet_which_rests_first():
    owner = a_user()
    seller = a_seller(owner)

    answer = Caller(owner).put("/sellers/me/payout-wallet", NEW_WALLET)

    assert answer.status_code == 200
    seller.refresh_from_db()
    assert (seller.payout_provider, seller.payout_msisdn) == ("airtel", "+255784000111")
    assert seller.wallet_rests_until > seller.wallet_changed_at
    assert "784000111" not in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payout_provider": "paypal"}, "payout_provider_unknown"),
        ({"payout_msisdn": "022 211 1111"}, "payout_msisdn_invalid"),
    ],
)
def test_a_wallet_that_cannot_be_paid_is_refused_and_the_old_one_stays(changes, code):
    owner = a_user()
    seller = a_seller(owner)

    answer = Caller(owner).put("/sellers/me/payout-wallet", NEW_WALLET | changes)

    assert refusal(answer) == (422, code)
    before = seller.payout_msisdn
    seller.refresh_from_db()
    assert (seller.payout_msisdn, seller.wallet_rests_until) == (before, None)


def test_the_same_wallet_again_is_no_change():
    owner = a_user()
    a_seller(owner)
    caller = Caller(owner)
    caller.put("/sellers/me/payout-wallet", NEW_WALLET)

    assert refusal(caller.put("/sellers/me/payout-wallet", NEW_WALLET)) == (
        409, "wallet_unchanged",
    )  # fmt: skip


def test_somebody_who_works_for_a_seller_does_not_move_its_wallet():
    seller, colleague = a_seller(), a_user()
    SellerMember.objects.create(seller=seller, user=colleague, is_owner=False)

    answer = Caller(colleague).put("/sellers/me/payout-wallet", NEW_WALLET)

    assert refusal(answer) == (403, "not_the_owner")
    before = seller.payout_msisdn
    seller.refresh_from_db()
    assert seller.payout_msisdn == before


def test_a_buyer_has_no_payout_wallet():
    answer = Caller(a_buyer()).put("/sellers/me/payout-wallet", NEW_WALLET)

    assert refusal(answer)[1] == "not_a_seller"
