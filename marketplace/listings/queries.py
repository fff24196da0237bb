"""Reads of listings, their pictures and imports."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from django.db.models import Min, Prefetch, Q, QuerySet

from marketplace.catalog.queries import descendant_ids
from marketplace.listings.errors import ImportNotFound, ListingNotFound
from marketplace.listings.models import ImportBatch, ImportRowError, Listing, ListingPicture
from marketplace.listings.states import ListingStatus, PictureStatus
from marketplace.sellers.states import SellerStatus
from marketplace.shared.rows import fetch
from marketplace.shared.storage import public_url


@dataclass(frozen=True, slots=True)
class OfferCard:
    """A listing as carts and product pages need it."""

    id: UUID
    reference: str
    seller_id: UUID
    product_id: UUID
    sku: str
    condition: str
    price_minor: int
    available: int
    warranty_months: int
    status: str
    thumbnail_url: str
    large_url: str

    @property
    def is_for_sale(self) -> bool:
        return self.status == ListingStatus.LIVE and self.available > 0


class ShelfCard(NamedTuple):
    """A product with its live offers in short; `price_minor` is None where none can be bought."""

    id: UUID
    reference: str
    title: str
    slug: str
    brand: str
    category_slug: str
    price_minor: int | None
    offers: int
    thumbnail: str

    @property
    def thumbnail_url(self) -> str:
        return public_url(self.thumbnail) if self.thumbnail else ""


# One statement, as the front page of every shop asks it all the time. Products and sellers are read
# where they stand: both lie below us on the street. The seller is not joined, so that it is looked up
# by its key: PostgreSQL may think that few are active, and go through all of them for each product.
# The offers are looked up product by product, from the newest, until the page is full: what nobody
# sells costs one look into an index.
_SHELF: LiteralString = """
SELECT shelf.id, shelf.reference, shelf.title, shelf.slug, brand.name, category.slug,
    shelf.price_minor, shelf.offers, coalesce(shelf.thumbnail, '')
FROM (
    SELECT product.id, product.reference, product.title, product.slug, product.brand_id,
        product.category_id, best.*
    FROM catalog_product product CROSS JOIN LATERAL (
        SELECT
            min(listing.price_minor) FILTER (WHERE listing.on_hand > listing.reserved) AS price_minor,
            count(*) FILTER (WHERE listing.on_hand > listing.reserved) AS offers,
            (array_agg(picture.thumbnail ORDER BY listing.price_minor, listing.id)
                FILTER (WHERE picture.thumbnail <> ''))[1] AS thumbnail
        FROM listings_listing listing LEFT JOIN LATERAL (
            SELECT thumbnail FROM listings_listingpicture
            WHERE listing_id = listing.id AND status = 'ready' ORDER BY position LIMIT 1
        ) picture ON true
        WHERE listing.product_id = product.id AND listing.status = 'live'
            AND (SELECT status FROM sellers_seller WHERE id = listing.seller_id) = 'active'
    ) best
    WHERE product.is_active AND product.id < %(before)s {conditions}
    ORDER BY product.id DESC LIMIT %(limit)s
) shelf
JOIN catalog_brand brand ON brand.id = shelf.brand_id
JOIN catalog_category category ON category.id = shelf.category_id
ORDER BY shelf.id DESC"""
_ON_SALE: LiteralString = "AND best.offers > 0 "
_ON_SHELVES: LiteralString = "AND product.category_id = ANY(%(categories)s)"
# By whether also those that nobody sells are meant, and whether some shelves.
_SHELVES = {
    (with_unsold, of_category): _SHELF.format(
        conditions=("" if with_unsold else _ON_SALE) + (_ON_SHELVES if of_category else "")
    )
    for with_unsold in (False, True)
    for of_category in (False, True)
}
_AFTER_ALL = UUID(int=2**128 - 1)


def owned_for_update(*, listing_id: UUID, seller_id: UUID | None) -> Listing:
    """The listing, locked, if it is this seller's (None: staff acts). Raises ListingNotFound."""
    mine = Q(pk=listing_id) if seller_id is None else Q(pk=listing_id, seller_id=seller_id)
    listing = Listing.objects.select_for_update().filter(mine).first()
    if listing is None:
        raise ListingNotFound
    return listing


def get_listing(*, reference: str, seller_id: UUID | None = None) -> Listing:
    """By reference; with `seller_id` only that seller's own. Raises ListingNotFound."""
    rows = Listing.objects.filter(reference=reference).prefetch_related("pictures")
    if seller_id is not None:
        rows = rows.filter(seller_id=seller_id)
    listing = rows.first()
    if listing is None:
        raise ListingNotFound
    return listing


def listing_of(*, listing_id: UUID) -> Listing:
    """With its seller and product. Raises ListingNotFound."""
    rows = Listing.objects.select_related("seller", "product").filter(pk=listing_id)
    listing = rows.first()
    if listing is None:
        raise ListingNotFound
    return listing


def own_listings(*, seller_id: UUID, status: str = "") -> QuerySet[Listing]:
    """A seller's listings with their pictures, newest first."""
    rows = Listing.objects.filter(seller_id=seller_id).prefetch_related("pictures")
    return (rows.filter(status=status) if status else rows).order_by("-id")


def offer_cards(*, listing_ids: Iterable[UUID]) -> dict[UUID, OfferCard]:
    """Offers by id, in any state; two queries."""
    return {card.id: card for card in _cards(Listing.objects.filter(pk__in=set(listing_ids)))}


def live_offers(*, product_ids: Iterable[UUID]) -> dict[UUID, list[OfferCard]]:
    """Live offers of active sellers, by product, the cheapest first; two queries."""
    found: dict[UUID, list[OfferCard]] = {product_id: [] for product_id in product_ids}
    rows = Listing.objects.filter(
        product_id__in=found, status=ListingStatus.LIVE, seller__status=SellerStatus.ACTIVE
    )
    for card in _cards(rows.order_by("price_minor", "id")):
        found[card.product_id].append(card)
    return found


def newest_on_shelf(
    *,
    category_id: UUID | None = None,
    with_unsold: bool = False,
    before: UUID | None = None,
    limit: int,
) -> list[ShelfCard]:
    """Active products made before the one with the id `before`, newest first, in one query.

    Those that can be bought now, or all; of a category and all below it where one is given. Raises
    CategoryNotFound.
    """
    statement = _SHELVES[with_unsold, category_id is not None]
    place: dict[str, Any] = {"before": before or _AFTER_ALL, "limit": limit}
    if category_id is not None:
        place["categories"] = list(descendant_ids(category_id))
    return [ShelfCard(*row) for row in fetch(statement, **place)]


def ids_by_reference(*, references: Iterable[str]) -> dict[str, UUID]:
    """Listing ids by reference; unknown references are left out."""
    rows = Listing.objects.filter(reference__in=list(references))
    return dict(rows.values_list("reference", "pk"))


def product_ids_of(*, listing_ids: Iterable[UUID]) -> set[UUID]:
    """The products behind some listings."""
    rows = Listing.objects.filter(pk__in=list(listing_ids))
    return set(rows.values_list("product_id", flat=True))


def product_ids_of_seller(*, seller_id: UUID) -> set[UUID]:
    """Every product that the seller has an offer of."""
    return set(Listing.objects.filter(seller_id=seller_id).values_list("product_id", flat=True))


def imports_of(*, seller_id: UUID) -> QuerySet[ImportBatch]:
    """A seller's imports, newest first."""
    return ImportBatch.objects.filter(seller_id=seller_id).order_by("-id")


def import_batch(*, reference: str, seller_id: UUID) -> ImportBatch:
    """One import of the seller. Raises ImportNotFound."""
    batch = ImportBatch.objects.filter(reference=reference, seller_id=seller_id).first()
    if batch is None:
        raise ImportNotFound
    return batch


def import_batch_by_id(batch_id: UUID) -> ImportBatch:
    """Raises ImportNotFound."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise ImportNotFound
    return batch


def row_errors(*, batch_id: UUID) -> QuerySet[ImportRowError]:
    """What is wrong with the rows of an import, in the order of the file."""
    return ImportRowError.objects.filter(batch_id=batch_id).order_by("row_number", "id")


def oldest_waiting() -> tuple[int, object]:
    """How many listings wait for moderation, and since when the oldest does."""
    rows = Listing.objects.filter(status=ListingStatus.IN_MODERATION)
    return rows.count(), rows.aggregate(oldest=Min("submitted_at"))["oldest"]


def _cards(rows: QuerySet[Listing]) -> list[OfferCard]:
    ready = ListingPicture.objects.filter(status=PictureStatus.READY).order_by("position")
    listings = rows.prefetch_related(Prefetch("pictures", queryset=ready))
    return [_card(listing) for listing in listings]


def _card(listing: Listing) -> OfferCard:
    pictures = list(listing.pictures.all())[:1]
    return OfferCard(
        id=listing.pk,
        reference=listing.reference,
        seller_id=listing.seller_id,
        product_id=listing.product_id,
        sku=listing.sku,
        condition=listing.condition,
        price_minor=listing.price_minor,
        available=listing.available,
        warranty_months=listing.warranty_months,
        status=listing.status,
        thumbnail_url=pictures[0].thumbnail.url if pictures else "",
        large_url=pictures[0].large.url if pictures else "",
    )
