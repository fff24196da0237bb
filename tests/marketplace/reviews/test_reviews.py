"""A review from its first words to its last: who may write it, who decides, what everybody sees."""

from datetime import timedelta

import pytest

from marketplace.listings.models import Listing
from marketplace.orders.models import OrderLine
from marketplace.reviews import errors
from marketplace.reviews.commands import (
    dismiss_reports,
    publish_reply,
    publish_review,
    reject_reply,
    reject_review,
    report_review,
    return_review,
    take_down_review,
    withdraw_review,
    write_reply,
    write_review,
)
from marketplace.reviews.models import ProductRating, Report, Review
from marketplace.reviews.queries import public_reviews, rating_of, reviews_about, versions_of
from marketplace.reviews.states import Question, ReportStatus, ReviewStatus
from marketplace.rules.commands import set_rule
from marketplace.rules.policies import OFF
from marketplace.rules.queries import forget
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.factories.accounts import a_buyer, a_user, buyer_actor, staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_paid_order
from tests.factories.reviews import (
    WORDS,
    a_published_review,
    a_reported_review,
    a_review,
    a_review_with_a_reply,
    author_of,
    edited,
)
from tests.factories.sellers import a_seller, seller_actor
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
PHONE = {"body": "Call me on 0754 000 111."}


@pytest.fixture
def _published_at_once():
    set_rule(name=RuleName.REVIEWS_SEEN_FIRST, value=OFF, reason="Calm week", actor=staff_actor())
    forget()


def stars(review: Review) -> dict[int, int]:
    return {k: v for k, v in rating_of(product_id=review.product_id).by_stars.items() if v}


# --- Writing ---


def test_a_review_waits_for_a_moderator_and_then_counts():
    review = a_review()
    assert (review.status, review.question) == (ReviewStatus.PENDING, Question.REVIEW)
    assert stars(review) == {}
    assert not public_reviews(product_id=review.product_id).exists()

    publish_review(review_id=review.pk, actor=staff_actor())

    review.refresh_from_db()
    assert (review.status, review.question, review.waits_since) == ("published", "", None)
    assert stars(review) == {4: 1}
    assert [one.pk for one in public_reviews(product_id=review.product_id)] == [review.pk]
    assert broken_invariants() == []


@pytest.mark.usefixtures("_published_at_once")
def test_where_the_house_trusts_a_review_is_public_at_once_unless_a_rule_holds_it():
    clean, held = a_review(), a_review(**PHONE)

    assert (clean.status, clean.decided_by_id) == (ReviewStatus.PUBLISHED, None)
    assert held.status == ReviewStatus.PENDING
    assert held.held_for == [{"rule": "phone", "found": "0754 000 111"}]
    written = LoggedEvent.objects.get(name="reviews.written.v1", aggregate_id=str(held.pk))
    assert written.payload["held_for"] == ["phone"]
    assert broken_invariants() == []


def test_only_what_arrived_is_reviewed_and_only_by_who_bought_it():
    order = a_paid_order()
    waiting = order.seller_orders.get()
    arrived = a_delivered_part()
    line = OrderLine.objects.get(seller_order=arrived)
    stranger = buyer_actor(a_buyer())

    with pytest.raises(errors.NotDelivered):
        a_review(waiting)
    with pytest.raises(errors.LineNotFound):
        write_review(
            seller_order_id=arrived.pk, listing_id=line.listing_id, actor=stranger, **WORDS
        )
    with pytest.raises(errors.LineNotFound):
        write_review(
            seller_order_id=arrived.pk,
            listing_id=a_listing().pk,
            actor=author_of(arrived),
            **WORDS,
        )
    assert not Review.objects.exists()


def test_a_line_is_reviewed_once_also_after_it_was_withdrawn():
    part = a_delivered_part()
    first = a_review(part)
    withdraw_review(review_id=first.pk, actor=author_of(part))

    with pytest.raises(errors.AlreadyReviewed, match=None) as refusal:
        a_review(part)

    assert first.reference in str(refusal.value)


def test_each_line_of_an_order_has_a_review_of_its_own():
    seller = a_seller()
    part = a_delivered_part(a_listing(seller), a_listing(seller))
    for listing in Listing.objects.filter(seller=seller):
        write_review(seller_order_id=part.pk, listing_id=listing.pk, actor=author_of(part), **WORDS)

    assert Review.objects.values("product_id").distinct().count() == 2
    assert broken_invariants() == []


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"rating": 0}, errors.RatingInvalid),
        ({"rating": 6}, errors.RatingInvalid),
        ({"title": "  "}, errors.ReviewTextMissing),
        ({"body": ""}, errors.ReviewTextMissing),
        ({"title": "x" * 121}, errors.ReviewTooLong),
        ({"body": "x" * 2001}, errors.ReviewTooLong),
    ],
)
def test_what_is_no_review_is_refused(words, refusal):
    with pytest.raises(refusal):
        a_review(**words)


# --- Changing one's mind ---


def test_what_is_changed_goes_through_moderation_again_and_counts_anew():
    review = a_published_review()
    assert stars(review) == {4: 1}

    review = edited(review, rating=2, title="Broke after a week")

    assert (review.status, review.question) == (ReviewStatus.PENDING, Question.REVIEW)
    assert stars(review) == {}
    publish_review(review_id=review.pk, actor=staff_actor())
    assert stars(review) == {2: 1}
    assert [(one.rating, one.title) for one in versions_of(review_id=review.pk)] == [
        (2, "Broke after a week"),
        (4, "Good phone"),
    ]
    assert broken_invariants() == []


def test_what_waits_or_was_rejected_may_be_changed_what_was_taken_down_may_not():
    waiting, rejected, gone = a_review(), a_review(**PHONE), a_published_review()
    rejected = reject_review(review_id=rejected.pk, reason="A number", actor=staff_actor())
    gone = take_down_review(review_id=gone.pk, reason="Untrue", actor=staff_actor())

    assert edited(waiting).status == ReviewStatus.PENDING
    again = edited(rejected)
    assert (again.status, again.held_for, again.reason) == (ReviewStatus.PENDING, [], "")
    with pytest.raises(TransitionNotYours):
        edited(gone)
    assert broken_invariants() == []


def test_a_review_can_be_changed_within_the_window_by_who_saw_it_last():
    review = a_review()

    with pytest.raises(errors.NotYourReview):
        edited(Review(pk=review.pk, version=review.version, buyer_id=a_buyer().pk))
    edited(review)
    with pytest.raises(errors.ReviewChangedMeanwhile):
        edited(review)
    review.refresh_from_db()
    with clock.at(review.written_at + timedelta(days=31)), pytest.raises(errors.EditWindowOver):
        edited(review)


def test_who_withdraws_takes_the_stars_along():
    review = a_published_review()

    with pytest.raises(errors.NotYourReview):
        withdraw_review(review_id=review.pk, actor=buyer_actor(a_buyer()))
    withdraw_review(review_id=review.pk, actor=Actor.buyer(review.buyer_id))

    assert stars(review) == {}
    assert ProductRating.objects.get().stars_4 == 0
    with pytest.raises(IllegalTransition):
        publish_review(review_id=review.pk, actor=staff_actor())
    assert broken_invariants() == []


# --- Deciding ---


def test_a_decision_against_a_review_has_a_reason_and_a_way_back():
    review = a_review()
    with pytest.raises(errors.ReviewReasonMissing):
        reject_review(review_id=review.pk, reason=" ", actor=staff_actor())
    reject_review(review_id=review.pk, reason="Advertising", actor=staff_actor())
    review.refresh_from_db()
    assert (review.status, review.reason, review.question) == ("rejected", "Advertising", "")

    return_review(review_id=review.pk, reason="I misread it", actor=staff_actor())

    review.refresh_from_db()
    assert (review.status, review.question) == (ReviewStatus.PENDING, Question.REVIEW)
    assert (review.reason, review.decided_by) == ("", None)


def test_nobody_but_staff_decides():
    review = a_review()

    for actor in (Actor.buyer(review.buyer_id), seller_actor(review.seller_id)):
        with pytest.raises(TransitionNotYours):
            publish_review(review_id=review.pk, actor=actor)


# --- Reports ---


def test_a_reported_review_stays_public_until_a_moderator_has_looked():
    review = a_reported_review()

    assert (review.status, review.question) == (ReviewStatus.PUBLISHED, Question.REPORTS)
    assert review.open_reports == 1
    dismiss_reports(review_id=review.pk, reason="An opinion", actor=staff_actor())
    review.refresh_from_db()
    assert (review.status, review.question, review.open_reports) == ("published", "", 0)
    assert Report.objects.get().status == ReportStatus.DISMISSED
    with pytest.raises(errors.NothingReported):
        dismiss_reports(review_id=review.pk, reason="Twice", actor=staff_actor())
    assert broken_invariants() == []


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (lambda r: take_down_review(review_id=r.pk, reason="Yes", actor=staff_actor()), "upheld"),
        (lambda r: withdraw_review(review_id=r.pk, actor=Actor.buyer(r.buyer_id)), "upheld"),
        (lambda r: edited(r, rating=1), "upheld"),
        (
            lambda r: publish_review(
                review_id=return_review(review_id=r.pk, reason="-", actor=staff_actor()).pk,
                actor=staff_actor(),
            ),
            "dismissed",
        ),
    ],
)
def test_a_report_ends_with_what_was_reported(act, status):
    review = a_reported_review()

    act(review)

    assert Report.objects.get().status == status
    assert broken_invariants() == []


def test_a_person_reports_what_is_public_once_and_not_their_own():
    review = a_reported_review()
    reporter = Report.objects.get().reporter
    report = {"reason": "untrue", "note": ""}

    with pytest.raises(errors.AlreadyReported):
        report_review(review_id=review.pk, actor=buyer_actor(reporter), **report)
    with pytest.raises(errors.OwnReviewReported):
        report_review(review_id=review.pk, actor=Actor.buyer(review.buyer_id), **report)
    with pytest.raises(errors.ReviewNotPublished):
        report_review(review_id=a_review().pk, actor=buyer_actor(a_user()), **report)


# --- Replies ---


def test_the_seller_answers_once_and_is_moderated_too():
    review = a_review_with_a_reply()
    assert review.question == Question.REPLY

    publish_reply(review_id=review.pk, actor=staff_actor())

    review.refresh_from_db()
    assert (review.question, review.reply.status) == ("", "published")
    assert [one.reply.body for one in reviews_about(seller_id=review.seller_id)] == [
        "Thank you, Asha."
    ]
    with pytest.raises(errors.AlreadyReplied):
        write_reply(
            review_id=review.pk,
            seller_id=review.seller_id,
            body="And again",
            actor=seller_actor(review.seller_id),
        )
    assert broken_invariants() == []


def test_a_reply_that_was_rejected_may_be_written_anew():
    review = a_review_with_a_reply("Call us on 0754 000 111")
    assert review.reply.held_for == [{"rule": "phone", "found": "0754 000 111"}]

    reject_reply(review_id=review.pk, reason="A number", actor=staff_actor())
    write_reply(
        review_id=review.pk,
        seller_id=review.seller_id,
        body="Sorry for that.",
        actor=seller_actor(review.seller_id),
    )

    review.refresh_from_db()
    assert (review.question, review.reply.held_for) == (Question.REPLY, [])
    assert broken_invariants() == []


@pytest.mark.usefixtures("_published_at_once")
def test_where_the_house_trusts_a_reply_is_public_at_once():
    assert a_review_with_a_reply().reply.status == "published"
    assert a_review_with_a_reply("Wapumbavu!").reply.status == "pending"
    assert broken_invariants() == []


def test_another_seller_does_not_reply_and_nobody_to_what_is_not_public():
    review, other = a_published_review(), a_seller()
    words = {"body": "No!", "actor": seller_actor(other.pk)}

    with pytest.raises(errors.NotTheSeller):
        write_reply(review_id=review.pk, seller_id=other.pk, **words)
    waiting = a_review()
    with pytest.raises(errors.ReviewNotPublished):
        write_reply(review_id=waiting.pk, seller_id=waiting.seller_id, **words)
    with pytest.raises(errors.ReplyNotFound):
        publish_reply(review_id=review.pk, actor=staff_actor())


def test_one_question_at_a_time_reports_before_the_reply():
    review = a_review_with_a_reply()
    since = review.waits_since
    report_review(review_id=review.pk, reason="other", note="", actor=buyer_actor(a_user()))
    review.refresh_from_db()
    assert review.question == Question.REPORTS

    dismiss_reports(review_id=review.pk, reason="Fine", actor=staff_actor())

    review.refresh_from_db()
    assert review.question == Question.REPLY
    assert review.waits_since > since
    assert broken_invariants() == []


# --- Averages ---


def test_the_average_is_of_what_is_public_and_none_without_any():
    product_of = a_published_review(rating=5)
    product_id = product_of.product_id
    listing = Listing.objects.get(product_id=product_id)
    for given in (4, 2):
        a_published_review(a_delivered_part(listing), rating=given)
    a_review(a_delivered_part(listing), rating=1)

    rating = rating_of(product_id=product_id)

    assert (rating.count, rating.average) == (3, 3.67)
    assert broken_invariants() == []
    assert rating_of(product_id=a_listing().product_id).average is None
