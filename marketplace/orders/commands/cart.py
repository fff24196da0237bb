"""The cart: wishes that reserve nothing."""

from uuid import UUID

from django.db import transaction

from marketplace.listings.errors import ListingNotFound, NotForSale
from marketplace.listings.queries import ids_by_reference, offer_cards
from marketplace.orders.errors import QuantityOutOfRange, TooManyLines
from marketplace.orders.models import CartLine

QUANTITY_MAX = 100
LINES_MAX = 50


@transaction.atomic
def set_cart_line(*, buyer_id: UUID, listing_reference: str, quantity: int) -> None:
    """Wish for `quantity` pieces, replacing an earlier wish; 0 takes the line out.

    Raises ListingNotFound, NotForSale, QuantityOutOfRange and TooManyLines.
    """
    if not 0 <= quantity <= QUANTITY_MAX:
        raise QuantityOutOfRange(most=QUANTITY_MAX)
    listing_id = ids_by_reference(references=[listing_reference]).get(listing_reference)
    if listing_id is None:
        raise ListingNotFound
    lines = CartLine.objects.filter(buyer_id=buyer_id)
    if quantity == 0:
        lines.filter(listing_id=listing_id).delete()
        return
    offer = offer_cards(listing_ids=[listing_id])[listing_id]
    if not offer.is_for_sale:
        raise NotForSale(title=offer.sku)
    if lines.exclude(listing_id=listing_id).count() >= LINES_MAX:
        raise TooManyLines(most=LINES_MAX)
    lines.update_or_create(
        buyer_id=buyer_id,
        listing_id=listing_id,
        defaults={"quantity": quantity, "price_seen_minor": offer.price_minor},
    )


def clear_cart(*, buyer_id: UUID) -> None:
    """Take everything out."""
    CartLine.objects.filter(buyer_id=buyer_id).delete()
