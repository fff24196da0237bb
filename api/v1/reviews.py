"""Reviews: a buyer's own, what sellers received, and telling us that one should not be there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from api.auth import buyer, person, shop
from api.etags import edits_version, expected_version, shows_version, stamp
from api.idempotency import idempotent
from api.pagination import Page, Window, page
from api.refusals import refuses
from api.schemas.reviews import (
    ReceivedReview,
    ReplyIn,
    ReportIn,
    ReviewEdit,
    ReviewIn,
    ReviewOut,
)
from marketplace.listings.queries import ids_by_reference
from marketplace.orders.errors import SellerOrderNotFound
from marketplace.orders.queries import get_seller_order
from marketplace.reviews import commands, errors, queries
from marketplace.sellers.errors import NotASeller
from marketplace.shared.states import IllegalTransition, TransitionNotYours

router = Router()

STATES = (IllegalTransition, TransitionNotYours)
TEXTS = (errors.RatingInvalid, errors.ReviewTextMissing, errors.ReviewTooLong)


@router.post("", response={201: ReviewOut}, summary="Review what arrived")
@refuses(
    SellerOrderNotFound,
    errors.LineNotFound,
    errors.NotDelivered,
    errors.AlreadyReviewed,
    TEXTS,
)
@idempotent
def write_review(request: HttpRequest, body: ReviewIn) -> Status[ReviewOut]:
    """Once per line of an order that was delivered. It may wait for a moderator before it is public."""
    who = person(request)
    part = get_seller_order(reference=body.seller_order, buyer_id=who.id)
    listing_id = ids_by_reference(references=[body.listing]).get(body.listing)
    if listing_id is None:
        raise errors.LineNotFound
    row = commands.write_review(
        seller_order_id=part.pk,
        listing_id=listing_id,
        rating=body.rating,
        title=body.title,
        body=body.body,
        actor=buyer(request),
    )
    return Status(201, ReviewOut.of(_mine(request, row.reference)))


@router.get("", response=Page[ReviewOut], summary="List my reviews")
def list_reviews(request: HttpRequest, window: Query[Window]) -> Page[ReviewOut]:
    """Newest first, in any state."""
    rows = queries.reviews_by(buyer_id=person(request).id)
    return page(request, rows, window, ReviewOut.of)


@router.get("/received", response=Page[ReceivedReview], summary="List reviews of what I sold")
@refuses(NotASeller)
def list_received(request: HttpRequest, window: Query[Window]) -> Page[ReceivedReview]:
    """What is published, newest first, with my own replies in any state."""
    rows = queries.reviews_about(seller_id=shop(request).id)
    return page(request, rows, window, ReceivedReview.of)


@router.get("/{reference}", response=ReviewOut, summary="Show my review")
@refuses(errors.ReviewNotFound)
@shows_version
def show_review(request: HttpRequest, response: HttpResponse, reference: str) -> ReviewOut:
    return _shown(request, response, reference)


@router.patch("/{reference}", response=ReviewOut, summary="Change my review")
@refuses(
    errors.ReviewNotFound,
    errors.ReviewChangedMeanwhile,
    errors.EditWindowOver,
    errors.NotYourReview,
    TEXTS,
    STATES,
)
@edits_version
def edit_review(
    request: HttpRequest, response: HttpResponse, reference: str, body: ReviewEdit
) -> ReviewOut:
    """Within `review_edit_days` of GET /rules. It is moderated again, and not public meanwhile."""
    version, row = expected_version(request), _mine(request, reference)
    commands.edit_review(
        review_id=row.pk,
        version=version,
        rating=body.rating or row.rating,
        title=body.title or row.title,
        body=body.body or row.body,
        actor=buyer(request),
    )
    return _shown(request, response, reference)


@router.delete("/{reference}", response={204: None}, summary="Withdraw my review")
@refuses(errors.ReviewNotFound, errors.NotYourReview, STATES)
def withdraw_review(request: HttpRequest, reference: str) -> Status[None]:
    """For good: a line is reviewed once."""
    commands.withdraw_review(review_id=_mine(request, reference).pk, actor=buyer(request))
    return Status(204, None)


@router.post("/{reference}/reports", response={204: None}, summary="Report a review")
@refuses(
    errors.ReviewNotFound,
    errors.ReviewNotPublished,
    errors.OwnReviewReported,
    errors.AlreadyReported,
)
def report_review(request: HttpRequest, reference: str, body: ReportIn) -> Status[None]:
    """It stays public until a moderator has looked. Once per person and review."""
    row = queries.published_review(reference=reference)
    commands.report_review(
        review_id=row.pk, reason=body.reason, note=body.note, actor=buyer(request)
    )
    return Status(204, None)


@router.post("/{reference}/reply", response={201: ReceivedReview}, summary="Reply to a review")
@refuses(
    NotASeller,
    errors.ReviewNotFound,
    errors.ReviewNotPublished,
    errors.NotTheSeller,
    errors.AlreadyReplied,
    errors.ReviewTextMissing,
    errors.ReviewTooLong,
)
def reply(request: HttpRequest, reference: str, body: ReplyIn) -> Status[ReceivedReview]:
    """The one answer of who sold it; a moderator may look first. One that was rejected may be replaced."""
    own = shop(request)
    row = queries.get_review(reference=reference, seller_id=own.id)
    commands.write_reply(review_id=row.pk, seller_id=own.id, body=body.body, actor=own.actor)
    return Status(201, ReceivedReview.of(queries.get_review(reference=reference, seller_id=own.id)))


def _mine(request: HttpRequest, reference: str) -> Any:
    return queries.get_review(reference=reference, buyer_id=person(request).id)


def _shown(request: HttpRequest, response: HttpResponse, reference: str) -> ReviewOut:
    row = _mine(request, reference)
    stamp(response, row.version)
    return ReviewOut.of(row)
