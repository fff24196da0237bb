"""A buyer writes a review, changes it within the window, and withdraws it."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.accounts.queries import get_user
from marketplace.listings.queries import product_ids_of
from marketplace.orders.queries import seller_order_by_id
from marketplace.orders.states import SellerOrderStatus
from marketplace.reviews.commands.moderation import publish
from marketplace.reviews.commands.steps import (
    REVIEWS,
    ask,
    become,
    close_reports,
    held,
    locked,
)
from marketplace.reviews.errors import (
    AlreadyReviewed,
    EditWindowOver,
    LineNotFound,
    NotDelivered,
    NotYourReview,
    RatingInvalid,
    ReviewChangedMeanwhile,
    ReviewTextMissing,
    ReviewTooLong,
)
from marketplace.reviews.events import ReviewEdited, ReviewWithdrawn, ReviewWritten
from marketplace.reviews.models import Review, ReviewVersion
from marketplace.reviews.policies import display_name
from marketplace.reviews.queries import is_seen_first
from marketplace.reviews.states import (
    BODY_MAX,
    RATINGS,
    TITLE_MAX,
    ReportStatus,
    ReviewStatus,
)
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.outbox import record


@transaction.atomic
def write_review(
    *, seller_order_id: UUID, listing_id: UUID, rating: int, title: str, body: str, actor: Actor
) -> Review:
    """The buyer says something of one line of what they received.

    It is public at once where no rule holds it and the house does not look at everything first.
    Raises SellerOrderNotFound, LineNotFound, NotDelivered, AlreadyReviewed, RatingInvalid,
    ReviewTextMissing and ReviewTooLong.
    """
    _check(rating, title, body)
    part = seller_order_by_id(seller_order_id)
    line = next((one for one in part.lines.all() if one.listing_id == listing_id), None)
    if line is None or part.order.buyer_id != actor.user_id:
        raise LineNotFound
    if part.status != SellerOrderStatus.DELIVERED:
        raise NotDelivered
    now, title, body = clock.now(), title.strip(), body.strip()
    (product_id,) = product_ids_of(listing_ids=[listing_id])
    try:
        with transaction.atomic():
            review = Review.objects.create(
                line_id=line.pk,
                product_id=product_id,
                seller_id=part.seller_id,
                buyer_id=part.order.buyer_id,
                display_name=display_name(get_user(part.order.buyer_id).name),
                rating=rating,
                title=title,
                body=body,
                held_for=held(title, body),
                written_at=now,
            )
    except IntegrityError as error:
        if violated(error) != "review_once_per_line":
            raise
        # The constraint is the referee also of two that are written at the same moment.
        known = Review.objects.get(line_id=line.pk)
        raise AlreadyReviewed(reference=known.reference) from error
    _keep(review)
    record(
        ReviewWritten(review_id=review.pk, rating=rating, held_for=_rules(review)),
        actor=actor,
        after={"status": review.status, "rating": rating},
    )
    _publish_or_ask(review)
    return review


@transaction.atomic
def edit_review(
    *, review_id: UUID, version: int, rating: int, title: str, body: str, actor: Actor
) -> Review:
    """Its author says something else; until that is published, nothing of the review is.

    What was reported is gone with it. Raises ReviewNotFound, NotYourReview, ReviewChangedMeanwhile,
    EditWindowOver, IllegalTransition and what `write_review` says of texts.
    """
    _check(rating, title, body)
    review = locked(review_id)
    if review.buyer_id != actor.user_id:
        raise NotYourReview
    if review.version != version:
        raise ReviewChangedMeanwhile
    days = value_of(RuleName.REVIEW_EDIT)
    now = clock.now()
    if review.written_at + timedelta(days=days) < now:
        raise EditWindowOver(days=days)
    before = {"status": review.status, "rating": review.rating}
    changes = {
        "rating": rating,
        "title": title.strip(),
        "body": body.strip(),
        "held_for": held(title, body),
        "reason": "",
        "edited_at": now,
        "decided_by_id": None,
        "decided_at": None,
    }
    become(review, ReviewStatus.PENDING, actor=actor, **changes)
    _keep(review)
    close_reports(review, ReportStatus.UPHELD)
    record(
        ReviewEdited(
            review_id=review.pk,
            version=review.version,
            rating=rating,
            held_for=_rules(review),
        ),
        actor=actor,
        before=before,
        after={"status": review.status, "rating": rating},
    )
    _publish_or_ask(review)
    return review


@transaction.atomic
def withdraw_review(*, review_id: UUID, actor: Actor) -> Review:
    """Its author takes it back, for good; a line is reviewed once.

    Raises ReviewNotFound, NotYourReview and IllegalTransition.
    """
    review = locked(review_id)
    if review.buyer_id != actor.user_id:
        raise NotYourReview
    before = become(review, ReviewStatus.WITHDRAWN, actor=actor)
    close_reports(review, ReportStatus.UPHELD)
    ask(review)
    record(
        ReviewWithdrawn(review_id=review.pk),
        actor=actor,
        before={"status": before},
        after={"status": review.status},
    )
    return review


def _check(rating: int, title: str, body: str) -> None:
    if rating not in RATINGS:
        raise RatingInvalid
    for name, text, most in (("title", title, TITLE_MAX), ("body", body, BODY_MAX)):
        if not text.strip():
            raise ReviewTextMissing(field=name)
        if len(text.strip()) > most:
            raise ReviewTooLong(field=name, most=most)


def _keep(review: Review) -> None:
    ReviewVersion.objects.create(
        review=review,
        number=review.version,
        rating=review.rating,
        title=review.title,
        body=review.body,
        written_at=review.edited_at or review.written_at,
    )


def _rules(review: Review) -> list[str]:
    return [str(hit["rule"]) for hit in review.held_for]


def _publish_or_ask(review: Review) -> None:
    if review.held_for or is_seen_first():
        ask(review)
    else:
        publish(review, actor=REVIEWS)
