"""What reviews announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _ReviewEvent(Event):
    name: ClassVar[str] = "reviews._review"
    aggregate: ClassVar[str] = "review"
    review_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReviewWritten(_ReviewEvent):
    """`held_for` are the rules that want a moderator to look first."""

    name: ClassVar[str] = "reviews.written.v1"
    rating: int
    held_for: list[str]


@dataclass(frozen=True, kw_only=True)
class ReviewEdited(_ReviewEvent):
    """Its author says something else: nothing of it is public until that is published."""

    name: ClassVar[str] = "reviews.edited.v1"
    version: int
    rating: int
    held_for: list[str]


@dataclass(frozen=True, kw_only=True)
class ReviewPublished(_ReviewEvent):
    name: ClassVar[str] = "reviews.published.v1"
    rating: int


@dataclass(frozen=True, kw_only=True)
class ReviewRejected(_ReviewEvent):
    name: ClassVar[str] = "reviews.rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReviewReturned(_ReviewEvent):
    """A moderator wants it to be decided again."""

    name: ClassVar[str] = "reviews.returned.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReviewWithdrawn(_ReviewEvent):
    name: ClassVar[str] = "reviews.withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class ReviewTakenDown(_ReviewEvent):
    name: ClassVar[str] = "reviews.taken_down.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReviewReported(_ReviewEvent):
    name: ClassVar[str] = "reviews.reported.v1"
    why: str


@dataclass(frozen=True, kw_only=True)
class ReportsDismissed(_ReviewEvent):
    """A moderator looked at what was reported; the review stays."""

    name: ClassVar[str] = "reviews.reports_dismissed.v1"
    reason: str
    reports: int


@dataclass(frozen=True, kw_only=True)
class ReplyWritten(_ReviewEvent):
    name: ClassVar[str] = "reviews.reply_written.v1"
    held_for: list[str]


@dataclass(frozen=True, kw_only=True)
class ReplyPublished(_ReviewEvent):
    name: ClassVar[str] = "reviews.reply_published.v1"


@dataclass(frozen=True, kw_only=True)
class ReplyRejected(_ReviewEvent):
    """Or taken down again."""

    name: ClassVar[str] = "reviews.reply_rejected.v1"
    reason: str
