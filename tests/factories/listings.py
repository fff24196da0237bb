"""Offers that can be bought."""

import itertools
from typing import Any

from marketplace.catalog.models import Product
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.sellers.models import Seller
from marketplace.shared import clock
from tests.factories.catalog import a_product
from tests.factories.sellers import a_seller

PRICE_MINOR = 5_000_000
_numbers = itertools.count(1)


def a_listing(
    seller: Seller | None = None, product: Product | None = None, **changes: Any
) -> Listing:
    """A live offer of ten pieces at TZS 50,000."""
    values = {
        "sku": f"SKU-{next(_numbers)}",
        "price_minor": PRICE_MINOR,
        "on_hand": 10,
        "status": ListingStatus.LIVE,
        "submitted_at": clock.now(),
    }
    return Listing.objects.create(
        seller=seller or a_seller(), product=product or a_product(), **{**values, **changes}
    )
