"""Making and changing offers."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.catalog.queries import get_product
from marketplace.listings.errors import (
    BelowReserved,
    ListingChangedMeanwhile,
    PriceInvalid,
    QuantityInvalid,
    SkuTaken,
)
from marketplace.listings.events import ListingChanged, ListingCreated
from marketplace.listings.models import Listing
from marketplace.listings.queries import owned_for_update
from marketplace.listings.states import Condition
from marketplace.shared.actors import Actor
from marketplace.shared.money import is_whole
from marketplace.shared.outbox import record

STOCK_MAX = 1_000_000
EDITABLE = ("sku", "condition", "price_minor", "on_hand", "warranty_months")


@transaction.atomic
def create_listing(
    *,
    seller_id: UUID,
    product_id: UUID,
    sku: str,
    price_minor: int,
    on_hand: int,
    actor: Actor,
    condition: str = Condition.NEW,
    warranty_months: int = 0,
) -> Listing:
    """A draft offer; it is seen by buyers once it was submitted and approved.

    Raises ProductNotFound, PriceInvalid, QuantityInvalid and SkuTaken.
    """
    _check(price_minor=price_minor, on_hand=on_hand)
    product = get_product(product_id=product_id)
    try:
        with transaction.atomic():
            listing = Listing.objects.create(
                seller_id=seller_id,
                product_id=product.pk,
                sku=sku.strip(),
                condition=Condition(condition),
                price_minor=price_minor,
                on_hand=on_hand,
                warranty_months=warranty_months,
            )
    except IntegrityError as error:
        raise SkuTaken(sku=sku) from error
    record(ListingCreated(listing_id=listing.pk), actor=actor, after=_facts(listing))
    return listing


@transaction.atomic
def edit_listing(
    *,
    listing_id: UUID,
    seller_id: UUID,
    actor: Actor,
    version: int | None = None,
    **changes: Any,
) -> Listing:
    """Change price, stock, SKU, condition or warranty; `version` is the one that was looked at.

    Raises ListingNotFound, ListingChangedMeanwhile, BelowReserved and what `create_listing` does.
    """
    listing = owned_for_update(listing_id=listing_id, seller_id=seller_id)
    if version is not None and version != listing.version:
        raise ListingChangedMeanwhile
    before = _facts(listing)
    for name in EDITABLE:
        if changes.get(name) is not None:
            setattr(listing, name, changes[name])
    _check(price_minor=listing.price_minor, on_hand=listing.on_hand)
    if listing.on_hand < listing.reserved:
        raise BelowReserved(reserved=listing.reserved)
    after = _facts(listing)
    if before == after:
        return listing
    listing.version += 1
    try:
        with transaction.atomic():
            listing.save(update_fields=[*EDITABLE, "version"])
    except IntegrityError as error:
        raise SkuTaken(sku=listing.sku) from error
    record(ListingChanged(listing_id=listing.pk), actor=actor, before=before, after=after)
    return listing


def _check(*, price_minor: int, on_hand: int) -> None:
    if price_minor <= 0 or not is_whole(price_minor):
        raise PriceInvalid
    if not 0 <= on_hand <= STOCK_MAX:
        raise QuantityInvalid(field="on_hand", least=0, most=STOCK_MAX)


def _facts(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in EDITABLE}
