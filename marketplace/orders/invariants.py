"""What must hold of orders and their reservations."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "orders.reserved_is_open_reservations",
        _("Each listing's reserved stock is the sum of its open reservations."),
        by_sql(
            "SELECT count(*) FROM listings_listing",
            "SELECT l.reference FROM listings_listing l LEFT JOIN orders_reservation r"
            " ON r.listing_id = l.id AND r.status = 'open'"
            " GROUP BY l.id HAVING l.reserved <> coalesce(sum(r.quantity), 0)",
        ),
    ),
    Invariant(
        "orders.reservations_follow_order",
        _("Only unpaid orders hold open reservations."),
        by_sql(
            "SELECT count(*) FROM orders_reservation",
            "SELECT o.reference FROM orders_reservation r JOIN orders_order o ON o.id = r.order_id"
            " WHERE (r.status = 'open') <> (o.status = 'awaiting_payment')",
        ),
    ),
    Invariant(
        "orders.parts_add_up",
        _("Each order's totals are the sums of its seller orders, and theirs of their lines."),
        by_sql(
            "SELECT count(*) FROM orders_order",
            "SELECT o.reference FROM orders_order o JOIN orders_sellerorder s ON s.order_id = o.id"
            " GROUP BY o.id HAVING sum(s.items_minor) <> o.items_minor"
            " OR sum(s.shipping_minor) <> o.shipping_minor"
            " UNION ALL SELECT s.reference FROM orders_sellerorder s"
            " JOIN orders_orderline l ON l.seller_order_id = s.id GROUP BY s.id"
            " HAVING sum(l.total_minor) <> s.items_minor"
            " OR sum(l.commission_minor) <> s.commission_minor"
            " OR sum(l.commission_vat_minor) <> s.commission_vat_minor",
        ),
    ),
    Invariant(
        "orders.status_follows_parts",
        _(
            "A completed order has delivered parts only, besides cancelled ones; a cancelled one none."
        ),
        by_sql(
            "SELECT count(*) FROM orders_order",
            "SELECT DISTINCT o.reference FROM orders_order o"
            " JOIN orders_sellerorder s ON s.order_id = o.id"
            " WHERE (o.status = 'completed' AND s.status NOT IN ('delivered', 'cancelled'))"
            " OR (o.status IN ('cancelled', 'expired') AND s.status <> 'cancelled')"
            " OR (o.status = 'awaiting_payment' AND s.status <> 'awaiting_payment')",
        ),
    ),
]
