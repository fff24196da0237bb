"""One step of an import: check each row, then write all good rows in a handful of statements."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext as _

from marketplace.catalog.attributes import AttributesInvalid, validate
from marketplace.catalog.commands import ProductDraft, find_or_create_products
from marketplace.catalog.queries import categories_by_slug
from marketplace.listings.commands.offers import STOCK_MAX
from marketplace.listings.errors import RowRefused
from marketplace.listings.models import ImportBatch, ImportRowError, Listing
from marketplace.listings.sheet import ATTRIBUTE_PREFIX, NumberedRow
from marketplace.listings.states import Condition, ListingStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import EXPONENT
from marketplace.shared.rows import change, fetch, insert

MINOR = 10 ** EXPONENT["TZS"]
PRICE_TZS_MAX = 10_000_000_000
WARRANTY_MONTHS_MAX = 120
LENGTHS = {"sku": 64, "title": 160, "brand": 80, "description": 5000}
_WHOLE = re.compile(r"\d{1,12}")

_KNOWN = """
SELECT sku, id, reserved FROM listings_listing
WHERE seller_id = %s AND sku = ANY(%s) ORDER BY id FOR UPDATE"""
_CHANGE = """
UPDATE listings_listing listing
SET condition = row.condition, price_minor = row.price_minor, on_hand = row.on_hand,
    warranty_months = row.warranty_months, version = listing.version + 1
FROM json_to_recordset(%s::json) AS row (
    id uuid, condition varchar, price_minor bigint, on_hand integer, warranty_months smallint)
WHERE listing.id = row.id"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that passed every check."""

    number: int
    sku: str
    product: ProductDraft
    condition: str
    price_minor: int
    on_hand: int
    warranty_months: int
    raw: dict[str, str] = field(repr=False)


@dataclass(slots=True)
class Written:
    """What became of the rows of one step."""

    created: list[UUID] = field(default_factory=list)
    updated: list[UUID] = field(default_factory=list)
    refused: list[ImportRowError] = field(default_factory=list)


def check_rows(
    batch: ImportBatch, rows: Sequence[NumberedRow]
) -> tuple[list[Row], list[ImportRowError]]:
    """The rows that can be written, and an error for each of the others."""
    categories = categories_by_slug({cells.get("category", "").lower() for _n, cells in rows})
    good: dict[str, Row] = {}
    refused: list[ImportRowError] = []
    for number, cells in rows:
        try:
            row = _read(number, cells, categories)
            if row.sku in good:
                raise RowRefused(
                    column="sku",
                    code="sku_repeated",
                    problem=_("The SKU %(sku)s is already in row %(row)s.")
                    % {"sku": row.sku, "row": good[row.sku].number},
                )
            good[row.sku] = row
        except RowRefused as refusal:
            refused.append(_error(batch, number, cells, refusal))
    return list(good.values()), refused


def write_rows(batch: ImportBatch, rows: list[Row], actor: Actor) -> Written:
    """Create or update the listings of some checked rows; stock below what is reserved is refused."""
    written = Written()
    found = fetch(_KNOWN, batch.seller_id, [row.sku for row in rows])
    known = {sku: (listing_id, reserved) for sku, listing_id, reserved in found}
    fresh, changes = [], []
    for row in rows:
        if row.sku not in known:
            fresh.append(row)
            continue
        listing_id, reserved = known[row.sku]
        if row.on_hand < reserved:
            written.refused.append(_below_reserved(batch, row, reserved))
        else:
            changes.append(_change(row, listing_id))
            written.updated.append(listing_id)
    if changes:
        change(_CHANGE, orjson.dumps(changes).decode())
    listings = _listings(batch, fresh, actor)
    insert(listings)
    written.created = [listing.pk for listing in listings]
    return written


def _change(row: Row, listing_id: UUID) -> dict[str, Any]:
    return {
        "id": listing_id,
        "condition": row.condition,
        "price_minor": row.price_minor,
        "on_hand": row.on_hand,
        "warranty_months": row.warranty_months,
    }


def _listings(batch: ImportBatch, rows: Sequence[Row], actor: Actor) -> list[Listing]:
    products = find_or_create_products(drafts=[row.product for row in rows], actor=actor)
    now = clock.now()
    return [
        Listing(
            seller_id=batch.seller_id,
            product_id=products[row.product.key],
            sku=row.sku,
            condition=row.condition,
            price_minor=row.price_minor,
            on_hand=row.on_hand,
            warranty_months=row.warranty_months,
            status=ListingStatus.IN_MODERATION,
            submitted_at=now,
        )
        for row in rows
    ]


def _read(number: int, cells: dict[str, str], categories: Mapping[str, Any]) -> Row:
    for column in ("sku", "title", "brand"):
        if not cells.get(column):
            raise RowRefused(column=column, code="missing", problem=_("This cell is empty."))
    for column, most in LENGTHS.items():
        if len(cells.get(column, "")) > most:
            raise RowRefused(
                column=column,
                code="too_long",
                problem=_("This is longer than %(most)s characters.") % {"most": most},
            )
    category = categories.get(cells.get("category", "").lower())
    if category is None:
        raise RowRefused(
            column="category",
            code="category_unknown",
            problem=_("There is no category “%(slug)s”.") % {"slug": cells.get("category", "")},
        )
    condition = cells.get("condition", "").lower() or Condition.NEW
    if condition not in Condition.values:
        raise RowRefused(
            column="condition",
            code="choice",
            problem=_("Use one of: %(choices)s.") % {"choices": ", ".join(Condition.values)},
        )
    return Row(
        number=number,
        sku=cells["sku"],
        product=ProductDraft(
            title=cells["title"],
            brand_name=cells["brand"],
            category_id=category.id,
            description=cells.get("description", ""),
            attributes=_attributes(cells, category.schema),
        ),
        condition=condition,
        price_minor=_whole(cells, "price_tzs", 1, PRICE_TZS_MAX) * MINOR,
        on_hand=_whole(cells, "quantity", 0, STOCK_MAX),
        warranty_months=_whole(cells, "warranty_months", 0, WARRANTY_MONTHS_MAX),
        raw=cells,
    )


def _attributes(cells: dict[str, str], schema: list[dict[str, Any]]) -> dict[str, Any]:
    given = {
        column.removeprefix(ATTRIBUTE_PREFIX): value
        for column, value in cells.items()
        if column.startswith(ATTRIBUTE_PREFIX) and value
    }
    try:
        return validate(schema, given)
    except AttributesInvalid as error:
        raise RowRefused(
            column=f"{ATTRIBUTE_PREFIX}{error.key}", code=error.code, problem=str(error)
        ) from error


def _whole(cells: dict[str, str], column: str, least: int, most: int) -> int:
    text = re.sub(r"[,\s_']", "", cells.get(column, "")) or "0"
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise RowRefused(
            column=column,
            code="number",
            problem=_("Use a whole number from %(least)s to %(most)s, not “%(given)s”.")
            % {"least": least, "most": most, "given": cells.get(column, "")[:40]},
        )
    return int(text)


def _below_reserved(batch: ImportBatch, row: Row, reserved: int) -> ImportRowError:
    refusal = RowRefused(
        column="quantity",
        code="below_reserved",
        problem=_("%(reserved)s pieces are reserved by open orders.") % {"reserved": reserved},
    )
    return _error(batch, row.number, row.raw, refusal)


def _error(
    batch: ImportBatch, number: int, cells: dict[str, str], refusal: RowRefused
) -> ImportRowError:
    return ImportRowError(
        batch=batch,
        row_number=number,
        column=refusal.field[:60],
        code=refusal.code,
        message=str(refusal)[:300],
        raw=cells,
    )
