"""Somebody finds that a review should not be there; a moderator lets it stay or takes it down."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from marketplace.reviews.commands.steps import ask, close_reports, locked, said
from marketplace.reviews.errors import (
    AlreadyReported,
    NothingReported,
    OwnReviewReported,
    ReviewNotPublished,
)
from marketplace.reviews.events import ReportsDismissed, ReviewReported
from marketplace.reviews.models import Report, Review
from marketplace.reviews.states import NOTE_MAX, ReportReason, ReportStatus, ReviewStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import Forbidden
from marketplace.shared.outbox import record


@transaction.atomic
def report_review(*, review_id: UUID, reason: str, note: str, actor: Actor) -> Report:
    """The review stays public until a moderator has looked. Once per person.

    Raises ReviewNotFound, ReviewNotPublished, OwnReviewReported and AlreadyReported.
    """
    review = locked(review_id)
    if review.status != ReviewStatus.PUBLISHED:
        raise ReviewNotPublished
    if actor.user_id is None:
        raise Forbidden
    if review.buyer_id == actor.user_id:
        raise OwnReviewReported
    try:
        with transaction.atomic():
            report = Report.objects.create(
                review=review,
                reporter_id=actor.user_id,
                reason=ReportReason(reason),
                note=note.strip()[:NOTE_MAX],
                reported_at=clock.now(),
            )
    except IntegrityError as error:
        raise AlreadyReported from error
    review.open_reports = F("open_reports") + 1
    review.save(update_fields=["open_reports"])
    review.refresh_from_db(fields=["open_reports"])
    ask(review)
    record(
        ReviewReported(review_id=review.pk, why=report.reason),
        actor=actor,
        after={"open_reports": review.open_reports},
    )
    return report


@transaction.atomic
def dismiss_reports(*, review_id: UUID, reason: str, actor: Actor) -> Review:
    """A moderator looked: the review stays.

    Raises ReviewNotFound, ReviewReasonMissing and NothingReported.
    """
    reason = said(reason)
    review = locked(review_id)
    if not review.open_reports:
        raise NothingReported
    closed = close_reports(review, ReportStatus.DISMISSED)
    ask(review)
    record(
        ReportsDismissed(review_id=review.pk, reason=reason, reports=closed),
        actor=actor,
        before={"open_reports": closed},
        after={"open_reports": 0},
    )
    return review
