"""The desk of reviews: the queue, the page on which one is answered, who may, and what is said then."""

import pytest
from django.urls import reverse

from backoffice import waiting
from backoffice.admin.review_blocks import marked
from backoffice.pages.display import page_of
from marketplace.reviews.models import Review
from marketplace.reviews.states import Question, ReviewStatus
from tests.backoffice.console_pages import decide, list_address, said, signed_in
from tests.factories.orders import a_delivered_part
from tests.factories.reviews import (
    a_published_review,
    a_reported_review,
    a_review,
    a_review_with_a_reply,
    edited,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
QUEUE = "backoffice.reviewqueue"
QUERIES_MAX = 15


def test_a_moderator_publishes_and_the_next_case_comes(client):
    first, second = a_review(), a_review()
    signed_in(client, "catalogue_moderator")
    page = client.get(page_of(first), {"queue": "reviewqueue", "filters": ""})
    assert "Publish the review?" in page.content.decode()

    way = f"{page_of(first)}?queue=reviewqueue&filters="
    answer = decide(client, first, "publish", next=way)

    assert answer["Location"].startswith(page_of(second))
    first.refresh_from_db()
    assert first.status == ReviewStatus.PUBLISHED
    assert "The review is public." in said(answer)
    assert broken_invariants() == []


def test_what_a_rule_found_is_named_and_marked(client):
    review = a_review(body="Call 0754 000 111 <b>now</b>")
    signed_in(client, "catalogue_moderator")

    shown = client.get(page_of(review)).content.decode()

    assert "Phone number: <mark>0754 000 111</mark>" in shown
    assert "Call <mark>0754 000 111</mark> &lt;b&gt;now&lt;/b&gt;" in shown
    assert "Phone number" in client.get(list_address(QUEUE)).content.decode()


@pytest.mark.parametrize(
    ("text", "found", "shown"),
    [
        ("a b c", ["b"], "a <mark>b</mark> c"),
        ("a b c", [], "a b c"),
        ("<i>x</i>", ["<i>"], "<mark>&lt;i&gt;</mark>x&lt;/i&gt;"),
        ("one two", ["two", "one"], "<mark>one</mark> <mark>two</mark>"),
        ("a", ["z"], "a"),
    ],
)
def test_marking_escapes_what_people_wrote(text, found, shown):
    assert marked(text, [{"rule": "phone", "found": one} for one in found]) == shown


@pytest.mark.parametrize(
    ("make", "asked", "offered"),
    [
        (a_review, Question.REVIEW, {"publish", "reject"}),
        (a_reported_review, Question.REPORTS, {"keep", "uphold"}),
        (a_review_with_a_reply, Question.REPLY, {"publish_reply", "refuse_reply"}),
    ],
)
def test_each_question_has_its_two_answers_under_the_same_keys(client, make, asked, offered):
    review = make()
    assert review.question == asked
    signed_in(client, "catalogue_moderator")

    decisions = client.get(page_of(review)).context["decisions"]

    keyed = {one["decision"].name: one["decision"].key for one in decisions}
    assert {name for name, key in keyed.items() if key} == offered
    assert sorted(key for key in keyed.values() if key) == ["a", "r"]


@pytest.mark.parametrize(
    ("make", "decision", "reason", "status", "question"),
    [
        (a_review, "reject", "No", "rejected", ""),
        (a_reported_review, "uphold", "Untrue", "taken_down", ""),
        (a_reported_review, "keep", "An opinion", "published", ""),
        (a_review_with_a_reply, "publish_reply", "", "published", ""),
        (a_review_with_a_reply, "refuse_reply", "No", "published", ""),
        (a_published_review, "take_down", "Untrue", "taken_down", ""),
        (a_published_review, "again", "Another look", "pending", "review"),
    ],
)
def test_every_decision_does_what_it_says(client, make, decision, reason, status, question):
    review = make()
    signed_in(client, "catalogue_moderator")

    decide(client, review, decision, **({"reason": reason} if reason else {}))

    review.refresh_from_db()
    assert (review.status, review.question) == (status, question)
    assert broken_invariants() == []


def test_what_is_decided_can_be_undone(client):
    review = a_review()
    signed_in(client, "catalogue_moderator")
    answer = decide(client, review, "reject", reason="A slip", next=list_address(QUEUE))
    assert "Undo" in said(answer)

    decide(client, review, "again", reason="It was a slip")

    review.refresh_from_db()
    assert review.question == Question.REVIEW


def test_a_decision_on_a_text_that_its_author_changed_meanwhile_is_not_made(client):
    review = a_review()
    signed_in(client, "catalogue_moderator")
    seen = client.get(page_of(review)).context["seen"]
    edited(review, body="Something else altogether.")

    answer = decide(client, review, "publish", seen=seen)

    assert answer.status_code == 409
    review.refresh_from_db()
    assert review.status == ReviewStatus.PENDING


def test_many_are_published_together_but_not_what_was_reported(client):
    fine, replied, reported = a_review(), a_review_with_a_reply(), a_reported_review()
    signed_in(client, "catalogue_moderator")
    chosen = [str(one.pk) for one in (fine, replied, reported)]
    address = reverse("admin:backoffice_reviewqueue_many", args=["publish"])

    preview = client.post(address, {"chosen": chosen})
    assert fine.reference in preview.content.decode()
    answer = client.post(address, {"chosen": chosen, "decided": "1"})

    assert list(Review.objects.exclude(question="")) == [reported]
    assert "reported" in said(answer)
    assert broken_invariants() == []


def test_many_are_refused_with_one_reason_each_in_its_own_way(client):
    rows = [a_review(), a_review_with_a_reply(), a_reported_review()]
    signed_in(client, "catalogue_moderator")
    chosen = [str(one.pk) for one in rows]
    address = reverse("admin:backoffice_reviewqueue_many", args=["refuse"])

    client.post(address, {"chosen": chosen, "decided": "1", "reason": "Advertising"})

    found = [Review.objects.select_related("reply").get(pk=one.pk) for one in rows]
    assert [one.status for one in found] == ["rejected", "published", "taken_down"]
    assert found[1].reply.status == "rejected"
    assert waiting.reviews().count() == 0
    assert broken_invariants() == []


def test_finance_sees_no_reviews_and_support_decides_none(client):
    review = a_review()
    signed_in(client, "finance")
    assert client.get(page_of(review)).status_code == 403
    assert client.get(list_address(QUEUE)).status_code == 403

    signed_in(client, "support")
    assert client.get(page_of(review)).status_code == 200
    assert decide(client, review, "publish").status_code == 403
    review.refresh_from_db()
    assert review.status == ReviewStatus.PENDING


def test_the_page_and_the_queue_ask_few_questions(client, django_assert_max_num_queries):
    part = a_delivered_part()
    review = edited(a_review(part), body="Twice as good.")
    for _each in range(3):
        a_review(a_delivered_part(buyer=part.order.buyer))
    signed_in(client, "catalogue_moderator")

    for address in (page_of(review), list_address(QUEUE)):
        client.get(address)
        with django_assert_max_num_queries(QUERIES_MAX, info=address):
            assert client.get(address).status_code == 200


def test_the_page_shows_the_buyers_other_reviews_and_what_it_said_before(client):
    part = a_delivered_part()
    review = edited(a_review(part, title="First words"), title="Second words")
    other = a_review(a_delivered_part(buyer=part.order.buyer), title="Another thing")
    signed_in(client, "catalogue_moderator")

    shown = client.get(page_of(review)).content.decode()

    for words in ("First words", "Second words", "Another thing", other.reference):
        assert words in shown
