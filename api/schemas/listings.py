"""A seller's own listings and their bulk import."""

from typing import Any

from pydantic import Field

from api.schemas.base import (
    Choice,
    In,
    Moment,
    Money,
    MoneyIn,
    Out,
    Text,
    Whole,
    choice,
    line,
    money,
    reference_of,
)
from api.schemas.catalog import ProductBrief
from marketplace.catalog.queries import ProductCard
from marketplace.listings.problems import PROBLEMS
from marketplace.listings.states import Condition, ImportPolicy, PictureStatus

STOCK_MAX = 1_000_000
WARRANTY_MONTHS_MAX = 120


class ListingIn(In):
    product: Text = line(1, 20, "PRD-7K3M9QX2")
    sku: Text = line(1, 64, "SPARK20-256-BLK")
    condition: Condition = Field(Condition.NEW, examples=["new"])
    price: MoneyIn
    on_hand: Whole = Field(ge=0, le=STOCK_MAX, examples=[12])
    warranty_months: Whole = Field(0, ge=0, le=WARRANTY_MONTHS_MAX, examples=[12])


class ListingEdit(In):
    """What is left out stays as it is."""

    sku: Text | None = Field(None, min_length=1, max_length=64, examples=["SPARK20-256-BLK"])
    condition: Condition | None = Field(None, examples=["new"])
    price: MoneyIn | None = None
    on_hand: Whole | None = Field(None, ge=0, le=STOCK_MAX, examples=[9])
    warranty_months: Whole | None = Field(None, ge=0, le=WARRANTY_MONTHS_MAX, examples=[24])


class ReasonIn(In):
    reason: Text = line(1, 300, "I found a better offer.")


class PictureOut(Out):
    """Published once a worker has encoded it again; until then the addresses are empty."""

    reference: str = reference_of("PIC")
    status: Choice = Field(examples=[{"code": "ready", "label": "Ready"}])
    refusal: str = Field(examples=[""])
    url: str = Field(examples=["/media/listings/7k3m/PIC-7K3M9QX2.webp"])
    thumbnail_url: str = Field(examples=["/media/listings/7k3m/PIC-7K3M9QX2-small.webp"])

    @classmethod
    def of(cls, row: Any) -> "PictureOut":
        is_ready = row.status == PictureStatus.READY
        return cls(
            reference=row.reference,
            status=choice(row, "status"),
            refusal=PROBLEMS.again(row.refusal),
            url=row.large.url if is_ready else "",
            thumbnail_url=row.thumbnail.url if is_ready else "",
        )


class ListingOut(Out):
    """My own offer, as its seller sees it."""

    reference: str = reference_of("LST")
    product: ProductBrief
    sku: str = Field(examples=["SPARK20-256-BLK"])
    condition: Choice = Field(examples=[{"code": "new", "label": "New"}])
    price: Money
    on_hand: int = Field(examples=[12])
    reserved: int = Field(examples=[2], description="Held by orders that are not paid yet.")
    available: int = Field(examples=[10])
    warranty_months: int = Field(examples=[12])
    status: Choice = Field(examples=[{"code": "live", "label": "Live"}])
    moderation_note: str = Field(examples=[""])
    version: int = Field(examples=[3])
    created_at: Moment
    pictures: list[PictureOut]

    @classmethod
    def of(cls, row: Any, product: ProductCard) -> "ListingOut":
        shown = [each for each in row.pictures.all() if each.status != PictureStatus.REFUSED]
        return cls(
            reference=row.reference,
            product=ProductBrief.of(product),
            sku=row.sku,
            condition=choice(row, "condition"),
            price=money(row.price_minor, row.currency),
            on_hand=row.on_hand,
            reserved=row.reserved,
            available=row.available,
            warranty_months=row.warranty_months,
            status=choice(row, "status"),
            moderation_note=row.moderation_note,
            version=row.version,
            created_at=row.created_at,
            pictures=[PictureOut.of(each) for each in shown],
        )


class ImportIn(In):
    """Beside the file, in the same form."""

    policy: ImportPolicy = Field(ImportPolicy.GOOD_ROWS, examples=["good_rows"])


class ImportOut(Out):
    reference: str = reference_of("IMP")
    file_name: str = Field(examples=["stock-november.csv"])
    policy: str = Field(examples=["good_rows"])
    status: Choice = Field(examples=[{"code": "running", "label": "Running"}])
    refusal: str = Field(examples=[""])
    rows_total: int = Field(examples=[1200])
    rows_done: int = Field(examples=[500])
    rows_created: int = Field(examples=[430])
    rows_updated: int = Field(examples=[60])
    rows_failed: int = Field(examples=[10])
    created_at: Moment
    finished_at: Moment | None

    @classmethod
    def of(cls, row: Any) -> "ImportOut":
        return cls(
            reference=row.reference,
            file_name=row.original_name,
            policy=row.policy,
            status=choice(row, "status"),
            refusal=PROBLEMS.again(row.refusal),
            rows_total=row.rows_total,
            rows_done=row.next_row,
            rows_created=row.rows_created,
            rows_updated=row.rows_updated,
            rows_failed=row.rows_failed,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )


class RowErrorOut(Out):
    """What is wrong with one cell; `row` is the number that a spreadsheet shows."""

    row: int = Field(examples=[17])
    column: str = Field(examples=["price_tzs"])
    code: str = Field(examples=["number"])
    message: str = Field(examples=["Use a whole number from 1 to 10000000000, not “free”."])
    cells: dict[str, str] = Field(examples=[{"sku": "SPARK20", "price_tzs": "free"}])

    @classmethod
    def of(cls, row: Any) -> "RowErrorOut":
        return cls(
            row=row.row_number,
            column=row.column,
            code=row.code,
            message=PROBLEMS.again(row.message),
            cells={str(name): str(value) for name, value in row.raw.items()},
        )
