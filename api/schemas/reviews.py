"""Reviews as everybody reads them, as their authors and as sellers do."""

from typing import Any

from pydantic import Field

from api.schemas.base import (
    Choice,
    In,
    Moment,
    Out,
    Text,
    Whole,
    choice,
    line,
    reference_of,
)
from marketplace.reviews.queries import Rating, reply_to
from marketplace.reviews.states import (
    BODY_MAX,
    NOTE_MAX,
    RATINGS,
    REPLY_MAX,
    TITLE_MAX,
    ReplyStatus,
    ReportReason,
)

TITLE, BODY = "Betri inadumu", "Nimeitumia wiki mbili: betri inakaa siku mbili bila kuchaji."


class ReviewIn(In):
    """Of one line of what arrived: the seller order and the listing that you ordered there."""

    seller_order: Text = line(1, 20, "SO-7K3M9QX2")
    listing: Text = line(1, 20, "LST-7K3M9QX2")
    rating: Whole = Field(ge=RATINGS[0], le=RATINGS[-1], examples=[5])
    title: Text = line(1, TITLE_MAX, TITLE)
    body: Text = line(1, BODY_MAX, BODY)


class ReviewEdit(In):
    """What is left out stays."""

    rating: Whole | None = Field(None, ge=RATINGS[0], le=RATINGS[-1], examples=[4])
    title: Text | None = Field(None, min_length=1, max_length=TITLE_MAX, examples=[TITLE])
    body: Text | None = Field(None, min_length=1, max_length=BODY_MAX, examples=[BODY])


class ReplyIn(In):
    body: Text = line(1, REPLY_MAX, "Asante kwa maoni yako, karibu tena.")


class ReportIn(In):
    reason: ReportReason = Field(examples=["advertising"])
    note: Text = Field("", max_length=NOTE_MAX, examples=["It names another shop."])


class ReplyOut(Out):
    body: str = Field(examples=["Asante kwa maoni yako, karibu tena."])
    written_at: Moment


class PublicReview(Out):
    """A review as everybody reads it: its author is a first name and an initial."""

    reference: str = reference_of("RVW")
    author: str = Field(examples=["Asha M."])
    rating: int = Field(examples=[5])
    title: str = Field(examples=[TITLE])
    body: str = Field(examples=[BODY])
    seller: str = reference_of("SEL")
    seller_name: str = Field(examples=["Kariakoo Electronics"])
    published_at: Moment
    edited_at: Moment | None
    reply: ReplyOut | None = Field(description="What the seller answered.")

    @classmethod
    def of(cls, row: Any) -> "PublicReview":
        return cls(**public_values(row))


class RatingOut(Out):
    """What buyers gave; `average` is null where nobody has said anything."""

    average: float | None = Field(examples=[4.38])
    count: int = Field(examples=[16])

    @classmethod
    def of(cls, rating: Rating) -> "RatingOut":
        return cls(average=rating.average, count=rating.count)


class RatingSummary(RatingOut):
    by_stars: dict[str, int] = Field(
        description="Published reviews by stars.",
        examples=[{"1": 1, "2": 0, "3": 1, "4": 4, "5": 10}],
    )

    @classmethod
    def of(cls, rating: Rating) -> "RatingSummary":
        by_stars = {str(stars): people for stars, people in rating.by_stars.items()}
        return cls(average=rating.average, count=rating.count, by_stars=by_stars)


class ProductReviews(Out):
    """A page of what is published, the newest first, and what all of it comes to."""

    rating: RatingSummary
    items: list[PublicReview]
    next_cursor: str | None = Field(examples=["WyIyMDI2LTExLTI0IiwgIjAxOTkiXQ:1uQxVh:3v0c"])


class ReviewOut(Out):
    """My review; what holds or refused it is told to nobody else."""

    reference: str = reference_of("RVW")
    product: str = reference_of("PRD")
    product_title: str = Field(examples=["Tecno Spark 20"])
    seller_order: str = reference_of("SO")
    status: Choice = Field(examples=[{"code": "pending", "label": "Waits for a moderator"}])
    reason: str = Field(description="Why it was rejected or taken down.", examples=[""])
    author: str = Field(description="How I am called in public.", examples=["Asha M."])
    rating: int = Field(examples=[5])
    title: str = Field(examples=[TITLE])
    body: str = Field(examples=[BODY])
    written_at: Moment
    edited_at: Moment | None
    published_at: Moment | None
    reply: ReplyOut | None

    @classmethod
    def of(cls, row: Any) -> "ReviewOut":
        return cls(
            reference=row.reference,
            product=row.product.reference,
            product_title=row.product.title,
            seller_order=row.line.seller_order.reference,
            status=choice(row, "status"),
            reason=row.reason,
            author=row.display_name,
            rating=row.rating,
            title=row.title,
            body=row.body,
            written_at=row.written_at,
            edited_at=row.edited_at,
            published_at=row.published_at,
            reply=_public_reply(row),
        )


class OwnReply(ReplyOut):
    """My reply in any state."""

    status: Choice = Field(examples=[{"code": "pending", "label": "Waits for a moderator"}])
    reason: str = Field(description="Why it was rejected.", examples=[""])


class ReceivedReview(PublicReview):
    """What a buyer published about what I sold, with my own reply in any state."""

    product: str = reference_of("PRD")
    product_title: str = Field(examples=["Tecno Spark 20"])
    seller_order: str = reference_of("SO")
    own_reply: OwnReply | None

    @classmethod
    def of(cls, row: Any) -> "ReceivedReview":
        return cls(
            **public_values(row),
            product=row.product.reference,
            product_title=row.product.title,
            seller_order=row.line.seller_order.reference,
            own_reply=_own_reply(row),
        )


def public_values(row: Any) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "author": row.display_name,
        "rating": row.rating,
        "title": row.title,
        "body": row.body,
        "seller": row.seller.reference,
        "seller_name": row.seller.name,
        "published_at": row.published_at,
        "edited_at": row.edited_at,
        "reply": _public_reply(row),
    }


def _public_reply(row: Any) -> ReplyOut | None:
    reply = reply_to(row)
    if reply is None or reply.status != ReplyStatus.PUBLISHED:
        return None
    return ReplyOut(body=reply.body, written_at=reply.written_at)


def _own_reply(row: Any) -> OwnReply | None:
    reply = reply_to(row)
    if reply is None:
        return None
    return OwnReply(
        body=reply.body,
        written_at=reply.written_at,
        status=choice(reply, "status"),
        reason=reply.reason,
    )
