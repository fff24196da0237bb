"""Reviews over the API: a buyer's own, everybody's view of a product, a seller's answers, reports."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.models import User
from marketplace.orders.models import SellerOrder
from marketplace.reviews.commands import publish_reply, publish_review, reject_review
from marketplace.reviews.models import Review
from tests.api.client import Caller, refusal
from tests.factories.accounts import a_buyer, a_user, staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order
from tests.factories.reviews import a_published_review
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db


@dataclass
class Sale:
    buyer: User
    owner: User
    part: SellerOrder

    @property
    def listing(self):
        return self.part.lines.get().listing

    @property
    def product(self) -> str:
        return self.listing.product.reference

    def words(self, **changes):
        return {
            "seller_order": self.part.reference,
            "listing": self.listing.reference,
            "rating": 5,
            "title": "Betri inadumu",
            "body": "Siku mbili bila kuchaji.",
            **changes,
        }

    def written(self, **changes) -> str:
        return Caller(self.buyer).post("/reviews", self.words(**changes)).json()["reference"]

    def published(self, **changes) -> str:
        reference = self.written(**changes)
        review = Review.objects.get(reference=reference)
        publish_review(review_id=review.pk, actor=staff_actor())
        return reference


@pytest.fixture
def sale() -> Sale:
    owner, buyer = a_user(), a_buyer(name="Asha Juma Mushi")
    return Sale(buyer, owner, a_delivered_part(a_listing(a_seller(owner)), buyer=buyer))


def test_what_a_buyer_writes_is_theirs_until_a_moderator_publishes_it(sale):
    answer = Caller(sale.buyer).post("/reviews", sale.words())

    assert answer.status_code == 201
    assert answer.json()["status"]["code"] == "pending"
    assert answer.json()["author"] == "Asha M."
    mine = Caller(sale.buyer).get("/reviews").json()["items"]
    assert [one["reference"] for one in mine] == [answer.json()["reference"]]
    path = f"/reviews/{answer.json()['reference']}"
    assert refusal(Caller(a_buyer()).get(path)) == (404, "review_not_found")
    shown = Caller().get(f"/products/{sale.product}/reviews").json()
    assert (shown["items"], shown["rating"]["count"]) == ([], 0)


def test_everybody_reads_what_is_published_without_learning_who_wrote_it(sale):
    reference = sale.published()

    shown = Caller().get(f"/products/{sale.product}/reviews").json()

    (review,) = shown["items"]
    assert (review["reference"], review["author"]) == (reference, "Asha M.")
    assert shown["rating"] == {
        "average": 5.0, "count": 1, "by_stars": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1},
    }  # fmt: skip
    detail = Caller().get(f"/products/{sale.product}").json()
    assert detail["rating"] == {"average": 5.0, "count": 1}
    told = str(shown)
    assert "Juma" not in told
    assert sale.buyer.reference not in told


def test_reviews_come_in_pages_the_latest_first_and_by_stars(sale):
    listing = sale.listing
    references = [
        a_published_review(a_delivered_part(listing), rating=stars).reference for stars in (5, 3, 5)
    ]
    path = f"/products/{sale.product}/reviews"

    first = Caller().get(path, limit=2).json()
    second = Caller().get(path, limit=2, cursor=first["next_cursor"]).json()

    seen = [one["reference"] for one in first["items"] + second["items"]]
    assert seen == references[::-1]
    assert second["next_cursor"] is None
    threes = Caller().get(path, stars=3).json()
    assert [one["rating"] for one in threes["items"]] == [3]
    assert threes["rating"]["count"] == 3


def test_a_page_of_reviews_costs_the_same_whatever_is_on_it(sale):
    path = f"/products/{sale.product}/reviews"

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            Caller().get(path)
        return len(asked)

    a_published_review(a_delivered_part(sale.listing))
    few = queries()
    for _each in range(3):
        a_published_review(a_delivered_part(sale.listing))

    assert queries() == few <= 4


def test_nobody_reviews_what_did_not_arrive_or_twice(sale):
    waiting = a_paid_order(a_listing(), buyer=sale.buyer).seller_orders.get()
    early = sale.words(
        seller_order=waiting.reference, listing=waiting.lines.get().listing.reference
    )
    assert refusal(Caller(sale.buyer).post("/reviews", early)) == (409, "not_delivered")
    assert refusal(Caller(a_buyer()).post("/reviews", sale.words()))[0] == 404
    other = sale.words(listing="LST-NOTHINGX")
    assert refusal(Caller(sale.buyer).post("/reviews", other)) == (404, "line_not_found")
    assert refusal(Caller(sale.buyer).post("/reviews", sale.words(rating=6)))[0] == 422
    sale.written()
    assert refusal(Caller(sale.buyer).post("/reviews", sale.words())) == (409, "already_reviewed")


def test_a_change_names_the_version_that_was_looked_at(sale):
    path = f"/reviews/{sale.published()}"
    caller = Caller(sale.buyer)
    seen = caller.get(path)

    assert refusal(caller.patch(path, {"rating": 2})) == (428, "if_match_required")
    changed = caller.patch(path, {"rating": 2}, headers={"If-Match": seen["ETag"]})

    assert (changed.status_code, changed.json()["rating"]) == (200, 2)
    assert changed.json()["title"] == "Betri inadumu"
    assert changed.json()["status"]["code"] == "pending"
    assert changed["ETag"] != seen["ETag"]
    stale = caller.patch(path, {"rating": 1}, headers={"If-Match": seen["ETag"]})
    assert refusal(stale) == (409, "review_changed")
    assert Caller().get(f"/products/{sale.product}/reviews").json()["items"] == []


def test_a_review_is_withdrawn_by_its_author_alone(sale):
    path = f"/reviews/{sale.published()}"

    assert refusal(Caller(a_buyer()).delete(path)) == (404, "review_not_found")
    assert Caller(sale.buyer).delete(path).status_code == 204

    assert Caller(sale.buyer).get(path).json()["status"]["code"] == "withdrawn"
    assert refusal(Caller(sale.buyer).delete(path)) == (409, "state_conflict")
    assert Caller().get(f"/products/{sale.product}").json()["rating"]["count"] == 0


def test_its_author_reads_why_it_was_rejected_in_their_language(sale):
    reference = sale.written(body="Piga 0754 000 111")
    review = Review.objects.get(reference=reference)
    reject_review(review_id=review.pk, reason="Namba ya simu", actor=staff_actor())

    answer = Caller(sale.buyer).get(f"/reviews/{reference}", headers={"Accept-Language": "sw"})

    assert answer.json()["status"] == {"code": "rejected", "label": "Imekataliwa"}
    assert answer.json()["reason"] == "Namba ya simu"


def test_a_seller_reads_what_was_published_and_answers_once(sale):
    path = f"/reviews/{sale.published()}/reply"
    answer = Caller(sale.owner).post(path, {"body": "Asante sana."})

    assert answer.status_code == 201
    assert answer.json()["own_reply"]["status"]["code"] == "pending"
    assert answer.json()["reply"] is None
    assert refusal(Caller(sale.owner).post(path, {"body": "Tena."})) == (409, "already_replied")
    publish_reply(review_id=Review.objects.get().pk, actor=staff_actor())
    received = Caller(sale.owner).get("/reviews/received").json()["items"]
    assert [one["reply"]["body"] for one in received] == ["Asante sana."]
    (public,) = Caller().get(f"/products/{sale.product}/reviews").json()["items"]
    assert public["reply"]["body"] == "Asante sana."


def test_nobody_else_answers_and_nobody_what_is_not_public(sale):
    stranger = a_user()
    a_seller(stranger)
    path = f"/reviews/{sale.written()}/reply"

    for who in (sale.owner, stranger):
        assert refusal(Caller(who).post(path, {"body": "No."})) == (404, "review_not_found")
    assert refusal(Caller(sale.buyer).post(path, {"body": "No."})) == (403, "not_a_seller")
    assert refusal(Caller(sale.buyer).get("/reviews/received")) == (403, "not_a_seller")


def test_what_is_public_is_reported_once_by_each(sale):
    path = f"/reviews/{sale.published()}/reports"
    report = {"reason": "untrue", "note": "I have one."}
    reader = Caller(a_buyer())

    assert reader.post(path, report).status_code == 204
    assert refusal(reader.post(path, report)) == (409, "already_reported")
    assert refusal(Caller(sale.buyer).post(path, report)) == (409, "own_review_reported")
    assert refusal(Caller().post(path, report))[0] == 401
    assert Review.objects.get().open_reports == 1


def test_the_rules_say_for_how_long_a_review_can_be_changed():
    assert Caller().get("/rules").json()["review_edit_days"] == 30
