"""Who hears what of a review."""

import pytest

from marketplace.notifications.models import Message
from marketplace.reviews.commands import (
    publish_reply,
    publish_review,
    reject_reply,
    reject_review,
    take_down_review,
)
from marketplace.sellers.queries import owner_of
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, staff_actor
from tests.factories.orders import a_delivered_part
from tests.factories.reviews import a_published_review, a_review, a_review_with_a_reply

pytestmark = pytest.mark.django_db


def told(user_id) -> list[tuple[str, str]]:
    """The kinds and subjects of what a person was told of reviews, in order."""
    deliver_all()
    rows = Message.objects.filter(user_id=user_id, about__startswith="RVW", channel="email")
    return list(rows.order_by("pk").values_list("code", "subject"))


def test_both_sides_hear_of_a_published_review_in_their_own_language():
    part = a_delivered_part(buyer=a_buyer(language="sw"))
    review = a_review(part)
    assert told(review.buyer_id) == told(owner_of(review.seller_id)) == []

    publish_review(review_id=review.pk, actor=staff_actor())

    title = review.product.title
    assert told(review.buyer_id) == [
        ("review_published", f"Maoni yako kuhusu {title} yamechapishwa")
    ]
    assert told(owner_of(review.seller_id)) == [("seller_review", f"A new review of {title}")]


def test_its_author_reads_why_it_is_not_public():
    rejected, gone = a_review(), a_published_review()

    reject_review(review_id=rejected.pk, reason="A number", actor=staff_actor())
    take_down_review(review_id=gone.pk, reason="Untrue", actor=staff_actor())

    assert [code for code, _subject in told(rejected.buyer_id)] == ["review_rejected"]
    assert [code for code, _subject in told(gone.buyer_id)] == [
        "review_published",
        "review_taken_down",
    ]
    assert "Untrue" in Message.objects.get(code="review_taken_down", channel="email").body


def test_the_buyer_hears_of_an_answer_and_the_seller_of_one_that_is_rejected():
    answered, refused = a_review_with_a_reply(), a_review_with_a_reply()

    publish_reply(review_id=answered.pk, actor=staff_actor())
    reject_reply(review_id=refused.pk, reason="A number", actor=staff_actor())

    assert told(answered.buyer_id)[-1][0] == "review_answered"
    assert told(owner_of(refused.seller_id))[-1][0] == "seller_reply_rejected"
    assert [code for code, _subject in told(refused.buyer_id)] == ["review_published"]
