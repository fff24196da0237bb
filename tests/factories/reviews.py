"""Reviews in each state, made by the commands that make them in life."""

from typing import Any

from marketplace.orders.models import OrderLine, SellerOrder
from marketplace.reviews.commands import (
    edit_review,
    publish_review,
    report_review,
    write_reply,
    write_review,
)
from marketplace.reviews.models import Review
from marketplace.reviews.states import ReportReason, ReviewStatus
from marketplace.shared.actors import Actor
from tests.factories.accounts import a_user, buyer_actor, staff_actor
from tests.factories.orders import a_delivered_part
from tests.factories.sellers import seller_actor

WORDS = {"rating": 4, "title": "Good phone", "body": "The battery lasts two days."}


def a_review(part: SellerOrder | None = None, **words: Any) -> Review:
    """Of the first line of a delivered part; it waits for a moderator."""
    part = part or a_delivered_part()
    line = OrderLine.objects.filter(seller_order=part).order_by("pk")[0]
    return write_review(
        seller_order_id=part.pk,
        listing_id=line.listing_id,
        actor=author_of(part),
        **WORDS | words,
    )


def author_of(part: SellerOrder) -> Actor:
    return Actor.buyer(part.order.buyer_id, part.order.buyer.name)


def edited(review: Review, **words: Any) -> Review:
    """Its author says something else."""
    return edit_review(
        review_id=review.pk,
        version=review.version,
        actor=Actor.buyer(review.buyer_id),
        **WORDS | words,
    )


def a_published_review(part: SellerOrder | None = None, **words: Any) -> Review:
    review = a_review(part, **words)
    if review.status == ReviewStatus.PENDING:
        review = publish_review(review_id=review.pk, actor=staff_actor())
    return review


def a_reported_review(part: SellerOrder | None = None) -> Review:
    """Public, and somebody finds that it should not be."""
    review = a_published_review(part)
    report_review(
        review_id=review.pk,
        reason=ReportReason.UNTRUE,
        note="I have the same one",
        actor=buyer_actor(a_user()),
    )
    review.refresh_from_db()
    return review


def a_review_with_a_reply(body: str = "Thank you, Asha.") -> Review:
    """Public; the seller's reply waits for a moderator."""
    review = a_published_review()
    write_reply(
        review_id=review.pk,
        seller_id=review.seller_id,
        body=body,
        actor=seller_actor(review.seller_id),
    )
    review.refresh_from_db()
    return review
