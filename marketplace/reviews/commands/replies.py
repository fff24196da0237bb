"""The seller's one public answer, which is moderated as the review is."""

from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.reviews.commands.steps import REVIEWS, ask, held, locked, said
from marketplace.reviews.errors import (
    AlreadyReplied,
    NotTheSeller,
    ReplyNotFound,
    ReviewNotPublished,
    ReviewTextMissing,
    ReviewTooLong,
)
from marketplace.reviews.events import ReplyPublished, ReplyRejected, ReplyWritten
from marketplace.reviews.models import Reply, Review
from marketplace.reviews.queries import is_seen_first
from marketplace.reviews.states import REPLY_MAX, REPLY_TRANSITIONS, ReplyStatus, ReviewStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.states import move


@transaction.atomic
def write_reply(*, review_id: UUID, seller_id: UUID, body: str, actor: Actor) -> Reply:
    """Of the seller who sold the thing; one that was rejected may be written anew.

    Raises ReviewNotFound, NotTheSeller, ReviewNotPublished, AlreadyReplied, ReviewTextMissing and
    ReviewTooLong.
    """
    body = body.strip()
    if not body:
        raise ReviewTextMissing
    if len(body) > REPLY_MAX:
        raise ReviewTooLong(most=REPLY_MAX)
    review = locked(review_id)
    if review.seller_id != seller_id or actor.user_id is None:
        raise NotTheSeller
    if review.status != ReviewStatus.PUBLISHED:
        raise ReviewNotPublished
    values: dict[str, Any] = {
        "author_id": actor.user_id,
        "body": body,
        "held_for": held(body),
        "reason": "",
        "written_at": clock.now(),
        "decided_at": None,
        "decided_by_id": None,
    }
    reply = Reply.objects.filter(review_id=review.pk).first()
    if reply is None:
        reply = Reply.objects.create(review=review, **values)
    elif reply.status == ReplyStatus.REJECTED:
        move(reply, ReplyStatus.PENDING, REPLY_TRANSITIONS, actor=actor, **values)
    else:
        raise AlreadyReplied
    record(
        ReplyWritten(review_id=review.pk, held_for=[hit["rule"] for hit in reply.held_for]),
        actor=actor,
        after={"status": reply.status},
    )
    if reply.held_for or is_seen_first():
        ask(review)
    else:
        _publish(review, reply, actor=REVIEWS)
    return reply


@transaction.atomic
def publish_reply(*, review_id: UUID, actor: Actor) -> Reply:
    """Everybody reads it below the review. Raises ReviewNotFound, ReplyNotFound and IllegalTransition."""
    review = locked(review_id)
    return _publish(review, _reply_to(review), actor=actor)


@transaction.atomic
def reject_reply(*, review_id: UUID, reason: str, actor: Actor) -> Reply:
    """Or take down one that is public; the seller reads why.

    Raises ReviewNotFound, ReplyNotFound, ReviewReasonMissing and IllegalTransition.
    """
    reason = said(reason)
    review = locked(review_id)
    reply = _reply_to(review)
    before = move(
        reply,
        ReplyStatus.REJECTED,
        REPLY_TRANSITIONS,
        actor=actor,
        reason=reason,
        decided_at=clock.now(),
        decided_by_id=actor.user_id,
    )
    ask(review)
    record(
        ReplyRejected(review_id=review.pk, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": reply.status},
    )
    return reply


def _publish(review: Review, reply: Reply, *, actor: Actor) -> Reply:
    before = move(
        reply,
        ReplyStatus.PUBLISHED,
        REPLY_TRANSITIONS,
        actor=actor,
        decided_at=clock.now(),
        decided_by_id=actor.user_id,
    )
    ask(review)
    record(
        ReplyPublished(review_id=review.pk),
        actor=actor,
        before={"status": before},
        after={"status": reply.status},
    )
    return reply


def _reply_to(review: Review) -> Reply:
    reply = Reply.objects.filter(review_id=review.pk).first()
    if reply is None:
        raise ReplyNotFound
    return reply
