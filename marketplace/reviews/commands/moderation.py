"""A moderator publishes a review or does not, takes it down, and looks again."""

from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.reviews.commands.steps import ask, become, close_reports, locked, said
from marketplace.reviews.events import (
    ReviewPublished,
    ReviewRejected,
    ReviewReturned,
    ReviewTakenDown,
)
from marketplace.reviews.models import Review
from marketplace.reviews.states import ReportStatus, ReviewStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@transaction.atomic
def publish_review(*, review_id: UUID, actor: Actor) -> Review:
    """Everybody may read it, and its stars count. Raises ReviewNotFound and IllegalTransition."""
    return publish(locked(review_id), actor=actor)


def publish(review: Review, *, actor: Actor) -> Review:
    """The same within the transaction of who holds the review."""
    now = clock.now()
    before = become(
        review, ReviewStatus.PUBLISHED, actor=actor, published_at=now, reason="", **_by(actor)
    )
    close_reports(review, ReportStatus.DISMISSED)
    ask(review)
    record(
        ReviewPublished(review_id=review.pk, rating=review.rating),
        actor=actor,
        before={"status": before},
        after={"status": review.status},
    )
    return review


@transaction.atomic
def reject_review(*, review_id: UUID, reason: str, actor: Actor) -> Review:
    """Nobody reads it; the buyer reads why, and may write something else within the window.

    Raises ReviewNotFound, ReviewReasonMissing and IllegalTransition.
    """
    return _refuse(review_id, ReviewStatus.REJECTED, ReviewRejected, reason=reason, actor=actor)


@transaction.atomic
def take_down_review(*, review_id: UUID, reason: str, actor: Actor) -> Review:
    """What is public is not any more; whoever reported it was right.

    Raises ReviewNotFound, ReviewReasonMissing and IllegalTransition.
    """
    return _refuse(review_id, ReviewStatus.TAKEN_DOWN, ReviewTakenDown, reason=reason, actor=actor)


@transaction.atomic
def return_review(*, review_id: UUID, reason: str, actor: Actor) -> Review:
    """Back into the queue, to be decided again; until then nobody reads it.

    Raises ReviewNotFound, ReviewReasonMissing and IllegalTransition.
    """
    reason = said(reason)
    review = locked(review_id)
    undecided = {"reason": "", "decided_by_id": None, "decided_at": None}
    before = become(review, ReviewStatus.PENDING, actor=actor, **undecided)
    ask(review)
    record(
        ReviewReturned(review_id=review.pk, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": review.status},
    )
    return review


def _refuse(
    review_id: UUID,
    status: ReviewStatus,
    event: type[ReviewRejected | ReviewTakenDown],
    *,
    reason: str,
    actor: Actor,
) -> Review:
    reason = said(reason)
    review = locked(review_id)
    before = become(review, status, actor=actor, reason=reason, **_by(actor))
    close_reports(review, ReportStatus.UPHELD)
    ask(review)
    record(
        event(review_id=review.pk, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": review.status},
    )
    return review


def _by(actor: Actor) -> dict[str, Any]:
    """Who decided, where that was a person."""
    return {"decided_by_id": actor.user_id, "decided_at": clock.now()}
