"""What changes the index: products, offers, stock, sellers and shelves."""

from uuid import UUID

from marketplace.catalog.events import CategoryChanged, ProductChanged, ProductCreated
from marketplace.catalog.queries import products
from marketplace.listings.events import (
    ListingChanged,
    ListingCreated,
    ListingsImported,
    ListingStatusChanged,
    StockSoldOut,
)
from marketplace.listings.queries import product_ids_of, product_ids_of_seller
from marketplace.orders.events import (
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderPlaced,
    SellerOrderCancelled,
)
from marketplace.orders.queries import order_by_id
from marketplace.search.commands import index_in_batches, index_products
from marketplace.sellers.events import SellerStatusChanged
from marketplace.shared.events import EventMeta


def index_product(event: ProductCreated | ProductChanged, meta: EventMeta) -> None:
    index_products([event.product_id])


def index_listing(
    event: ListingCreated | ListingChanged | ListingStatusChanged | StockSoldOut,
    meta: EventMeta,
) -> None:
    _index_listings([event.listing_id])


def index_imported(event: ListingsImported, meta: EventMeta) -> None:
    _index_listings(event.listing_ids)


def index_ordered(
    event: OrderPlaced | OrderPaid | OrderExpired | OrderCancelled | SellerOrderCancelled,
    meta: EventMeta,
) -> None:
    """Reservations come and go: what can still be bought may have changed."""
    order = order_by_id(event.order_id)
    parts = order.seller_orders.all()
    _index_listings([line.listing_id for part in parts for line in part.lines.all()])


def index_seller(event: SellerStatusChanged, meta: EventMeta) -> None:
    """External, so that a large shop does not make one long transaction."""
    index_in_batches(product_ids_of_seller(seller_id=event.seller_id))


def index_category(event: CategoryChanged, meta: EventMeta) -> None:
    """External, as above: the names and the visibility of everything below it."""
    below = products(category_id=event.category_id)
    index_in_batches(below.values_list("pk", flat=True))


def _index_listings(listing_ids: list[UUID]) -> None:
    index_products(product_ids_of(listing_ids=listing_ids))
