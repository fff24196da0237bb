"""Who is told what of a review: its author what became of it, the seller that there is one."""

from typing import Any
from uuid import UUID

from marketplace.notifications import commands
from marketplace.reviews.events import (
    ReplyPublished,
    ReplyRejected,
    ReviewPublished,
    ReviewRejected,
    ReviewTakenDown,
)
from marketplace.reviews.queries import review_by_id
from marketplace.sellers.queries import owner_of
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

NOTIFICATIONS = Actor.system("notifications")


def review_published(event: ReviewPublished, meta: EventMeta) -> None:
    """Both sides."""
    review = review_by_id(event.review_id)
    _tell(meta, review.buyer_id, "review_published", review)
    _tell(meta, owner_of(review.seller_id), "seller_review", review, stars=event.rating)


def review_rejected(event: ReviewRejected, meta: EventMeta) -> None:
    review = review_by_id(event.review_id)
    _tell(meta, review.buyer_id, "review_rejected", review, reason=event.reason)


def review_taken_down(event: ReviewTakenDown, meta: EventMeta) -> None:
    review = review_by_id(event.review_id)
    _tell(meta, review.buyer_id, "review_taken_down", review, reason=event.reason)


def reply_published(event: ReplyPublished, meta: EventMeta) -> None:
    review = review_by_id(event.review_id)
    _tell(meta, review.buyer_id, "review_answered", review, shop=review.seller.name)


def reply_rejected(event: ReplyRejected, meta: EventMeta) -> None:
    review = review_by_id(event.review_id)
    owner = owner_of(review.seller_id)
    _tell(meta, owner, "seller_reply_rejected", review, reason=event.reason)


def _tell(meta: EventMeta, user_id: UUID | None, code: str, review: Any, **more: object) -> None:
    if user_id is None:
        return
    commands.tell(
        code=code,
        context={"review": review.reference, "product": review.product.title, **more},
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=user_id,
        about=review.reference,
    )
