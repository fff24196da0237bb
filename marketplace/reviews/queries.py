"""Reads of reviews."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from marketplace.reviews.errors import ReviewNotFound
from marketplace.reviews.models import ProductRating, Reply, Report, Review, ReviewVersion
from marketplace.reviews.states import RATINGS, ReviewStatus
from marketplace.rules.queries import is_open
from marketplace.rules.states import RuleName


@dataclass(frozen=True, slots=True)
class Rating:
    """How many published reviews gave how many stars."""

    by_stars: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.by_stars.values())

    @property
    def average(self) -> float | None:
        """With two decimals; None where nobody has said anything."""
        if not self.count:
            return None
        given = sum(stars * people for stars, people in self.by_stars.items())
        return round(given / self.count, 2)


def rating_of(*, product_id: UUID) -> Rating:
    """One query."""
    return ratings_of(product_ids=[product_id])[product_id]


def ratings_of(*, product_ids: Iterable[UUID]) -> dict[UUID, Rating]:
    """By product, also of those without any review; one query."""
    wanted = set(product_ids)
    rows = {row.pk: row for row in ProductRating.objects.filter(pk__in=wanted)}
    return {
        product_id: Rating(
            {stars: getattr(rows.get(product_id), f"stars_{stars}", 0) for stars in RATINGS}
        )
        for product_id in wanted
    }


def public_reviews(*, product_id: UUID, stars: int | None = None) -> QuerySet[Review]:
    """What everybody may read of a product, with the seller and the reply; published last comes first."""
    rows = _rows().filter(product_id=product_id, status=ReviewStatus.PUBLISHED)
    rows = rows if stars is None else rows.filter(rating=stars)
    return rows.order_by("-published_at", "-id")


def get_review(
    *, reference: str, buyer_id: UUID | None = None, seller_id: UUID | None = None
) -> Review:
    """By reference, only for its author or, once it is public, its seller where given.

    Raises ReviewNotFound.
    """
    rows = _rows().filter(reference=reference)
    if buyer_id is not None:
        rows = rows.filter(buyer_id=buyer_id)
    if seller_id is not None:
        rows = rows.filter(seller_id=seller_id, status=ReviewStatus.PUBLISHED)
    review = rows.first()
    if review is None:
        raise ReviewNotFound
    return review


def published_review(*, reference: str) -> Review:
    """What anybody may report. Raises ReviewNotFound."""
    review = _rows().filter(reference=reference, status=ReviewStatus.PUBLISHED).first()
    if review is None:
        raise ReviewNotFound
    return review


def review_by_id(review_id: UUID) -> Review:
    """In any state. Raises ReviewNotFound."""
    review = _rows().filter(pk=review_id).first()
    if review is None:
        raise ReviewNotFound
    return review


def reviews_by(*, buyer_id: UUID, besides: UUID | None = None) -> QuerySet[Review]:
    """A buyer's own, in any state, newest first."""
    rows = _rows().filter(buyer_id=buyer_id)
    return (rows.exclude(pk=besides) if besides else rows).order_by("-id")


def reviews_about(*, seller_id: UUID) -> QuerySet[Review]:
    """What is published about what a seller sold, newest first."""
    rows = _rows().filter(seller_id=seller_id, status=ReviewStatus.PUBLISHED)
    return rows.order_by("-id")


def versions_of(*, review_id: UUID) -> list[ReviewVersion]:
    """What was written each time, the newest first."""
    return list(ReviewVersion.objects.filter(review_id=review_id).order_by("-number"))


def reports_of(*, review_id: UUID) -> list[Report]:
    """With who reported; newest first."""
    rows = Report.objects.filter(review_id=review_id).select_related("reporter")
    return list(rows.order_by("-id"))


def reply_to(review: Review) -> Reply | None:
    """The seller's answer in any state; None where there is none."""
    reply: Any = getattr(review, "reply", None)
    return reply if isinstance(reply, Reply) else None


def is_seen_first() -> bool:
    """Whether the house looks at everything before it is published."""
    return is_open(RuleName.REVIEWS_SEEN_FIRST)


def _rows() -> QuerySet[Review]:
    return Review.objects.select_related(
        "product", "seller", "buyer", "reply", "line__seller_order"
    )
