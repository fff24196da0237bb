"""What listings announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ListingCreated(Event):
    name: ClassVar[str] = "listings.created.v1"
    aggregate: ClassVar[str] = "listing"
    listing_id: UUID


@dataclass(frozen=True, kw_only=True)
class ListingChanged(Event):
    """Price, stock on hand, condition or warranty changed."""

    name: ClassVar[str] = "listings.changed.v1"
    aggregate: ClassVar[str] = "listing"
    listing_id: UUID


@dataclass(frozen=True, kw_only=True)
class ListingStatusChanged(Event):
    name: ClassVar[str] = "listings.status_changed.v1"
    aggregate: ClassVar[str] = "listing"
    listing_id: UUID
    status: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StockSoldOut(Event):
    name: ClassVar[str] = "listings.sold_out.v1"
    aggregate: ClassVar[str] = "listing"
    listing_id: UUID


@dataclass(frozen=True, kw_only=True)
class PictureUploaded(Event):
    name: ClassVar[str] = "listings.picture_uploaded.v1"
    aggregate: ClassVar[str] = "listing"
    listing_id: UUID
    picture_id: UUID


@dataclass(frozen=True, kw_only=True)
class PictureProcessed(Event):
    name: ClassVar[str] = "listings.picture_processed.v1"
    aggregate: ClassVar[str] = "listing"
    listing_id: UUID
    picture_id: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class ImportStepDue(Event):
    """The batch has rows left from `next_row`: one bounded step of work."""

    name: ClassVar[str] = "listings.import_step_due.v1"
    aggregate: ClassVar[str] = "batch"
    batch_id: UUID
    next_row: int


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """`listing_ids` of one step would be too many: the index asks for what the batch touched."""

    name: ClassVar[str] = "listings.import_finished.v1"
    aggregate: ClassVar[str] = "batch"
    batch_id: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class ListingsImported(Event):
    """One step of a batch wrote these listings (bounded by the step size)."""

    name: ClassVar[str] = "listings.imported.v1"
    aggregate: ClassVar[str] = "batch"
    batch_id: UUID
    listing_ids: list[UUID]
