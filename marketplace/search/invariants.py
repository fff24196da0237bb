"""What must hold of the index at every moment."""

from django.utils.translation import gettext_lazy as _

from marketplace.search.projection import OFFERS, SHELVES
from marketplace.shared.invariants import Invariant, by_sql

# Products that an indexer still has to look at. A change and the delivery that it owes are committed
# together, as are the new document and the delivery's end: whatever else differs is wrong.
_BUSY = """
pending AS (
    SELECT e.aggregate, e.aggregate_id, e.payload
    FROM shared_delivery d JOIN shared_loggedevent e ON e.id = d.event_id
    WHERE d.status = 'pending' AND d.handler LIKE 'search.%'
), busy AS (
    SELECT aggregate_id::uuid AS product_id FROM pending WHERE aggregate = 'product'
    UNION ALL
    SELECT l.product_id FROM pending JOIN listings_listing l ON l.id = aggregate_id::uuid
    WHERE aggregate = 'listing'
    UNION ALL
    SELECT l.product_id FROM pending JOIN listings_listing l ON l.seller_id = aggregate_id::uuid
    WHERE aggregate = 'seller'
    UNION ALL
    SELECT l.product_id FROM pending, jsonb_array_elements_text(payload -> 'listing_ids') imported
    JOIN listings_listing l ON l.id = imported::uuid WHERE aggregate = 'batch'
    UNION ALL
    SELECT l.product_id FROM pending
    JOIN orders_reservation r ON r.order_id = (payload ->> 'order_id')::uuid
    JOIN listings_listing l ON l.id = r.listing_id WHERE payload ? 'order_id'
    UNION ALL
    SELECT p.id FROM catalog_product p
    WHERE EXISTS (SELECT 1 FROM pending WHERE aggregate = 'category')
)"""

_DIFFERING = (
    f"WITH {SHELVES}, {_BUSY} SELECT p.reference FROM catalog_product p"  # noqa: S608 - our own constants
    " JOIN shelf ON shelf.id = p.category_id"
    f" LEFT JOIN LATERAL ({OFFERS}) best ON true"
    " LEFT JOIN search_searchdocument d ON d.product_id = p.id"
    " WHERE (coalesce(d.offers, 0), coalesce(d.in_stock, false), d.price_minor)"
    " IS DISTINCT FROM (best.offers, best.in_stock, best.price_minor)"
    " AND p.id NOT IN (SELECT product_id FROM busy)"
)

INVARIANTS = [
    Invariant(
        "search.index_agrees",
        _("Every product is found with the offers, the stock and the best price that it has."),
        by_sql("SELECT count(*) FROM catalog_product", _DIFFERING),
    )
]
