"""What every command about a review does: lock it, move it, count its stars, and ask the next question."""

from typing import Any
from uuid import UUID

from django.db.models import F

from marketplace.reviews.errors import ReviewNotFound, ReviewReasonMissing
from marketplace.reviews.models import ProductRating, Reply, Report, Review
from marketplace.reviews.policies import question_of
from marketplace.reviews.screening import screen
from marketplace.reviews.states import (
    REASON_MAX,
    REVIEW_TRANSITIONS,
    ReportStatus,
    ReviewStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.states import move

REVIEWS = Actor.system("reviews")


def locked(review_id: UUID) -> Review:
    """The review for this transaction alone. Raises ReviewNotFound."""
    review = Review.objects.select_for_update().filter(pk=review_id).first()
    if review is None:
        raise ReviewNotFound
    return review


def become(review: Review, status: ReviewStatus, *, actor: Actor, **changes: Any) -> str:
    """Move the review, keep the counts of its product, and answer the state it left."""
    changes.setdefault("version", review.version + 1)
    rating_before = review.rating
    before = move(review, status, REVIEW_TRANSITIONS, actor=actor, **changes)
    if before == ReviewStatus.PUBLISHED:
        count(review.product_id, rating_before, -1)
    if status == ReviewStatus.PUBLISHED:
        count(review.product_id, review.rating, 1)
    return before


def count(product_id: UUID, stars: int, by: int) -> None:
    """One more review with so many stars, or one less; a database check refuses less than none."""
    column = f"stars_{stars}"
    ProductRating.objects.bulk_create([ProductRating(product_id=product_id)], ignore_conflicts=True)
    ProductRating.objects.filter(pk=product_id).update(**{column: F(column) + by})


def ask(review: Review) -> None:
    """Put into the queue what a moderator has to say next, or take the review out of it.

    A question that is still the same waits since it was asked first.
    """
    reply = Reply.objects.filter(review_id=review.pk).values_list("status", flat=True).first()
    question = question_of(
        status=review.status, open_reports=review.open_reports, reply_status=reply or ""
    )
    if question != review.question:
        review.question = question
        review.waits_since = clock.now() if question else None
        review.save(update_fields=["question", "waits_since"])


def close_reports(review: Review, status: ReportStatus) -> int:
    """Every open report of a locked review ends so; how many did."""
    open_ones = Report.objects.filter(review_id=review.pk, status=ReportStatus.OPEN)
    closed = open_ones.update(status=status, closed_at=clock.now())
    if review.open_reports:
        review.open_reports = 0
        review.save(update_fields=["open_reports"])
    return closed


def held(*texts: str) -> list[dict[str, str]]:
    """What the rules found, as it is kept."""
    return [{"rule": hit.rule, "found": hit.found} for hit in screen(*texts)]


def said(reason: str) -> str:
    """The reason as it is kept. Raises ReviewReasonMissing."""
    if not reason.strip():
        raise ReviewReasonMissing
    return reason.strip()[:REASON_MAX]
