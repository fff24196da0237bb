"""Disputes, for both of their parties."""

from dataclasses import dataclass

import pytest

from marketplace.accounts.models import User
from marketplace.disputes.commands import decide_appeal, resolve_dispute
from marketplace.disputes.models import Dispute
from marketplace.orders.models import SellerOrder
from tests.api.client import Caller, refusal
from tests.factories.accounts import a_buyer, a_user, staff_actor
from tests.factories.files import a_pdf, a_picture
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db


@dataclass
class Case:
    buyer: User
    owner: User
    part: SellerOrder

    def claim(self, **changes):
        return {
            "seller_order": self.part.reference,
            "reason": "damaged",
            "claimed": {"amount": 1_000_00},
            "message": "The screen came broken.",
            **changes,
        }

    def opened(self) -> str:
        return Caller(self.buyer).post("/disputes", self.claim()).json()["reference"]


@pytest.fixture
def case() -> Case:
    owner, buyer = a_user(), a_buyer()
    return Case(buyer, owner, a_delivered_part(a_listing(a_seller(owner)), buyer=buyer))


def test_a_buyer_opens_a_dispute_and_both_sides_read_it(case):
    answer = Caller(case.buyer).post("/disputes", case.claim())
    path = f"/disputes/{answer.json()['reference']}"

    assert answer.status_code == 201
    assert answer.json()["status"]["code"] == "open"
    assert [turn["message"] for turn in answer.json()["messages"]] == ["The screen came broken."]
    assert Caller(case.owner).get(path).json() == Caller(case.buyer).get(path).json()


def test_both_sides_write_and_show_evidence(case):
    path = f"/disputes/{case.opened()}"

    Caller(case.owner).post(f"{path}/messages", {"message": "It left us whole."})
    shown = Caller(case.buyer).post(
        f"{path}/evidence", {"note": "Corner"}, files={"file": a_picture()}
    )
    repeated = Caller(case.buyer).post(f"{path}/evidence", files={"file": a_picture()})
    thread = Caller(case.owner).get(path).json()

    assert shown.status_code == 201
    assert refusal(repeated) == (409, "evidence_repeated")
    assert [turn["party"]["code"] for turn in thread["messages"]] == ["buyer", "seller"]
    assert [(each["name"], each["note"]) for each in thread["evidence"]] == [
        ("selfie.jpg", "Corner")
    ]


def test_each_side_sees_what_is_still_to_be_shown(case):
    path = f"/disputes/{case.opened()}"

    def missing(who):
        required = Caller(who).get(path).json()["required"]
        return [
            (each["party"]["code"], each["kind"]["code"])
            for each in required
            if not each["is_shown"]
        ]

    before = missing(case.owner)
    given = Caller(case.buyer).post(
        f"{path}/evidence", {"kind": "goods"}, files={"file": a_picture()}
    )
    unknown = Caller(case.buyer).post(
        f"{path}/evidence", {"kind": "selfie"}, files={"file": a_pdf()}
    )

    assert given.json()["kind"]["code"] == "goods"
    assert refusal(unknown) == (422, "validation_failed")
    assert ("buyer", "goods") in before
    assert (
        missing(case.owner)
        == missing(case.buyer)
        == [each for each in before if each != ("buyer", "goods")]
    )


def test_evidence_is_read_through_a_link_that_expires(case):
    caller = Caller(case.buyer)
    url = caller.post(
        f"/disputes/{case.opened()}/evidence", files={"file": a_pdf("receipt.pdf")}
    ).json()["url"]

    answer = caller.http.get(url)

    assert answer.status_code == 200
    assert caller.http.get(url.replace("/files/", "/files/x")).status_code in {403, 404}


def test_a_dispute_is_withdrawn_by_its_buyer_only(case):
    path = f"/disputes/{case.opened()}"

    by_seller = Caller(case.owner).post(f"{path}/withdraw")
    by_buyer = Caller(case.buyer).post(f"{path}/withdraw")
    late = Caller(case.buyer).post(f"{path}/messages", {"message": "Wait"})

    assert refusal(by_seller) == (404, "dispute_not_found")
    assert by_buyer.json()["status"]["code"] == "withdrawn"
    assert refusal(late) == (409, "dispute_closed")


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"claimed": {"amount": 0}}, (422, "claim_invalid")),
        ({"claimed": {"amount": 10**14}}, (422, "claim_invalid")),
        ({"reason": "bored"}, (422, "validation_failed")),
        ({"message": "   "}, (422, "validation_failed")),
        ({"seller_order": "SO-NOTHING"}, (404, "seller_order_not_found")),
    ],
)
def test_what_is_wrong_with_a_claim_is_said(case, changes, refused):
    assert refusal(Caller(case.buyer).post("/disputes", case.claim(**changes))) == refused
    assert Dispute.objects.count() == 0


def test_a_second_dispute_about_the_same_part_is_refused(case):
    case.opened()

    assert refusal(Caller(case.buyer).post("/disputes", case.claim())) == (409, "already_disputed")


def test_goods_that_were_not_sent_are_cancelled_instead():
    buyer = a_buyer()
    part = a_paid_order(buyer=buyer).seller_orders.get()
    body = Case(buyer, buyer, part).claim()

    assert refusal(Caller(buyer).post("/disputes", body)) == (409, "not_disputable")


def test_somebody_elses_dispute_does_not_exist(case):
    path = f"/disputes/{case.opened()}"
    other_seller = a_user()
    a_seller(other_seller)

    for stranger in (Caller(a_buyer()), Caller(other_seller)):
        answers = [
            stranger.get(path),
            stranger.post(f"{path}/messages", {"message": "Hello"}),
            stranger.post(f"{path}/evidence", files={"file": a_picture()}),
            stranger.post(f"{path}/withdraw"),
        ]
        assert {refusal(answer) for answer in answers} == {(404, "dispute_not_found")}
    by_stranger = Caller(a_buyer()).post("/disputes", case.claim())
    assert refusal(by_stranger) == (404, "seller_order_not_found")


def test_disputes_are_listed_by_side_and_state(case):
    reference = case.opened()

    mine = Caller(case.buyer).get("/disputes").json()["items"]
    against = Caller(case.owner).get("/disputes", side="seller", status="open").json()["items"]
    closed = Caller(case.buyer).get("/disputes", status="resolved").json()["items"]
    nobody = Caller(case.buyer).get("/disputes", side="seller")

    assert [row["reference"] for row in mine] == [reference]
    assert [row["reference"] for row in against] == [reference]
    assert closed == []
    assert refusal(nobody) == (403, "not_a_seller")


@pytest.mark.parametrize("rows", [1, 3])
def test_disputes_take_the_same_queries_for_any_length(rows, django_assert_num_queries):
    buyer = a_buyer()
    for _row in range(rows):
        Case(buyer, buyer, a_delivered_part(buyer=buyer)).opened()

    with django_assert_num_queries(2):
        assert len(Caller(buyer).get("/disputes").json()["items"]) == rows


def test_the_sides_settle_on_an_amount_by_themselves(case):
    path = f"/disputes/{case.opened()}"
    amount = {"amount": {"amount": 400_000}}

    proposed = Caller(case.owner).post(f"{path}/proposals", amount)
    other = Caller(case.buyer).post(f"{path}/accept", {"amount": {"amount": 500_000}})
    own = Caller(case.owner).post(f"{path}/accept", amount)
    accepted = Caller(case.buyer).post(f"{path}/accept", amount)

    assert proposed.status_code == 201
    assert proposed.json()["turn"]["code"] == "buyer"
    assert [one["status"]["code"] for one in proposed.json()["proposals"]] == ["open"]
    assert refusal(other) == refusal(own) == (409, "proposal_gone")
    assert accepted.json()["outcome"]["code"] == "refund_partial"
    assert accepted.json()["refunded"]["amount"] == 400_000
    assert accepted.json()["fault"]["code"] == "nobody"


def test_a_stranger_neither_proposes_nor_accepts(case):
    path = f"/disputes/{case.opened()}"
    amount = {"amount": {"amount": 400_000}}

    for action in ("proposals", "accept"):
        assert Caller(a_buyer()).post(f"{path}/{action}", amount).status_code == 404


def test_the_side_that_lost_appeals_and_both_sides_read_it(case):
    path = f"/disputes/{case.opened()}"
    early = Caller(case.buyer).post(f"{path}/appeal", {"reason": "Too early."})
    resolve_dispute(
        dispute_id=Dispute.objects.get().pk,
        outcome="declined",
        fault="buyer",
        note="Nothing shown.",
        actor=staff_actor(),
    )
    decided = Caller(case.buyer).get(path).json()

    by_winner = Caller(case.owner).post(f"{path}/appeal", {"reason": "I won, but still."})
    stranger = Caller(a_buyer()).post(f"{path}/appeal", {"reason": "Me too."})
    answer = Caller(case.buyer).post(f"{path}/appeal", {"reason": "Look at the video."})
    again = Caller(case.buyer).post(f"{path}/appeal", {"reason": "And again."})

    assert refusal(early) == (409, "not_appealable")
    assert decided["appeal_until"] is not None
    assert refusal(by_winner) == (409, "not_your_loss")
    assert refusal(stranger) == (404, "dispute_not_found")
    assert answer.status_code == 201
    assert answer.json()["appeal"]["status"]["code"] == "open"
    assert answer.json()["turn"]["code"] == "staff"
    assert refusal(again) == (409, "appealed_already")
    assert Caller(case.owner).get(path).json() == Caller(case.buyer).get(path).json()


def test_what_waits_for_a_colleague_is_not_told_before_it_is_agreed(case, settings):
    path = f"/disputes/{case.opened()}"
    dispute = Dispute.objects.get()
    resolve_dispute(
        dispute_id=dispute.pk,
        outcome="declined",
        fault="buyer",
        note="No.",
        actor=staff_actor(),
    )
    Caller(case.buyer).post(f"{path}/appeal", {"reason": "Look at the video."})
    settings.REFUND_APPROVAL_MINOR = 100
    decide_appeal(
        dispute_id=dispute.pk,
        outcome="refund_full",
        fault="seller",
        note="Seen.",
        actor=staff_actor(),
    )

    read = Caller(case.buyer).get(path).json()

    assert read["appeal"]["status"]["code"] == "open"
    assert read["appeal"]["decided_at"] is None
    assert read["outcome"]["code"] == "declined"
