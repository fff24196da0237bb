"""Reviews in each state, made by the commands that make them in life."""

from typing import Any

from marketplace.accounts.models import User
from marketplace.orders.models import OrderLine, SellerOrder
from marketplace.reviews.commands import (
    edit_review,
    publish_review,
    report_review,
    write_reply,
    write_review,
)
from marketplace.reviews.models import Reply, Report, Review, ReviewVersion
from marketplace.reviews.states import Question, ReportReason, ReviewStatus
from marketplace.shared import clock
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


def its_review(part: SellerOrder, buyer: User) -> Review:
    """Of a part in any state, written straight to the tables: held, changed once, reported and answered."""
    now = clock.now()
    line = OrderLine.objects.select_related("listing").filter(seller_order=part)[0]
    review = Review.objects.create(
        line=line,
        product_id=line.listing.product_id,
        seller_id=part.seller_id,
        buyer=buyer,
        display_name="Asha M.",
        rating=4,
        title="Good phone",
        body="Lasts two days. Covers from 0754 000 111.",
        held_for=[{"rule": "phone", "found": "0754 000 111"}],
        question=Question.REVIEW,
        open_reports=1,
        waits_since=now,
        written_at=now,
        edited_at=now,
        version=2,
    )
    for number in (1, 2):
        ReviewVersion.objects.create(
            review=review,
            number=number,
            rating=review.rating,
            title=review.title,
            body=review.body,
            written_at=now,
        )
    Report.objects.create(
        review=review,
        reporter=a_user(),
        reason=ReportReason.ADVERTISING,
        note="It sells covers.",
        reported_at=now,
    )
    Reply.objects.create(review=review, author=a_user(), body="Thank you.", written_at=now)
    return review
