"""Stock: on hand and reserved. Called by orders, inside its transactions.

Every function locks the listings in primary-key order first, so that two orders over the same
goods wait for each other and never deadlock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db.models import F

from marketplace.listings.errors import ListingNotFound, NotForSale, StockInsufficient
from marketplace.listings.events import StockSoldOut
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows
from marketplace.shared.outbox import record
from marketplace.shared.rows import fetch


@dataclass(frozen=True, slots=True)
class ReservedOffer:
    """A listing and its product as they were when stock was reserved; `available` just before."""

    listing_id: UUID
    reference: str
    seller_id: UUID
    category_id: UUID
    title: str
    sku: str
    price_minor: int
    status: str
    available: int


# All or nothing also here: the update finds no row where one listing is missing or cannot be had.
# That a quantity lies between two numbers is true of every one; it tells PostgreSQL to expect a few
# rows, which it then finds by their indexes however large or small the tables are.
_RESERVE = """
WITH locked AS (
    SELECT listing.id, listing.reference, listing.seller_id, product.category_id, product.title,
        listing.sku, listing.price_minor, listing.status,
        listing.on_hand - listing.reserved AS available, wanted.quantity
    FROM json_to_recordset(%(wanted)s::json) AS wanted (reference varchar, quantity integer)
    JOIN listings_listing listing ON listing.reference = wanted.reference
    JOIN catalog_product product ON product.id = listing.product_id
    WHERE wanted.quantity BETWEEN 1 AND 1000000
    ORDER BY listing.id FOR UPDATE OF listing
), taken AS (
    UPDATE listings_listing listing SET reserved = reserved + locked.quantity
    FROM locked WHERE listing.id = locked.id AND (
        SELECT count(*) = json_array_length(%(wanted)s::json)
            AND bool_and(status = 'live' AND available >= quantity) FROM locked)
)
SELECT id, reference, seller_id, category_id, title, sku, price_minor, status, available
FROM locked ORDER BY id"""


def reserve(*, quantities: Mapping[str, int]) -> dict[str, ReservedOffer]:
    """Hold `quantities` by listing reference for an unpaid order, or refuse all of it.

    Raises ListingNotFound, NotForSale and StockInsufficient. Must run in a transaction.
    """
    wanted = [{"reference": ref, "quantity": quantity} for ref, quantity in quantities.items()]
    listings = [
        ReservedOffer(*row) for row in fetch(_RESERVE, wanted=orjson.dumps(wanted).decode())
    ]
    if len(listings) != len(quantities):
        raise ListingNotFound(field="lines")
    for listing in listings:
        if listing.status != ListingStatus.LIVE:
            raise NotForSale(title=listing.title)
        if listing.available < quantities[listing.reference]:
            raise StockInsufficient(available=listing.available, title=listing.title)
    return {listing.reference: listing for listing in listings}


def release(*, quantities: Mapping[UUID, int]) -> None:
    """Give reserved stock back."""
    for listing in lock_rows(Listing.objects.filter(pk__in=quantities)):
        Listing.objects.filter(pk=listing.pk).update(
            reserved=F("reserved") - quantities[listing.pk]
        )


def sell(*, quantities: Mapping[UUID, int], actor: Actor) -> None:
    """What was reserved leaves the stock; announces what is sold out by it."""
    for listing in lock_rows(Listing.objects.filter(pk__in=quantities)):
        sold = quantities[listing.pk]
        Listing.objects.filter(pk=listing.pk).update(
            on_hand=F("on_hand") - sold, reserved=F("reserved") - sold
        )
        if listing.on_hand == sold:
            record(StockSoldOut(listing_id=listing.pk), actor=actor)


def restock(*, quantities: Mapping[UUID, int]) -> None:
    """What was sold comes back, because it never left the seller."""
    for listing in lock_rows(Listing.objects.filter(pk__in=quantities)):
        Listing.objects.filter(pk=listing.pk).update(on_hand=F("on_hand") + quantities[listing.pk])
