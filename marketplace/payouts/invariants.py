"""What must hold of earnings and payouts."""

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "payouts.seller_balances",
        "What each seller order left in its seller's accounts is its net minus refunds and payouts.",
        by_sql(
            "SELECT count(*) FROM orders_sellerorder",
            "SELECT s.reference FROM orders_sellerorder s"
            " JOIN orders_order o ON o.id = s.order_id AND o.paid_at IS NOT NULL"
            " JOIN payments_intent i ON i.order_id = o.id"
            " JOIN payments_attempt a ON a.intent_id = i.id AND a.is_applied"
            " AND a.status = 'succeeded'"
            " LEFT JOIN LATERAL (SELECT sum(seller_minor) AS minor FROM payments_refundpart r"
            " JOIN payments_refund f ON f.id = r.refund_id"
            " WHERE r.seller_order_id = s.id AND f.status NOT IN ('proposed', 'rejected'))"
            " given ON true"
            " LEFT JOIN LATERAL (SELECT sum(l.amount_minor) AS minor FROM payouts_payoutline l"
            " JOIN payouts_payout p ON p.id = l.payout_id"
            " WHERE l.seller_order_reference = s.reference"
            " AND p.status IN ('approved', 'sent', 'unknown', 'paid')) gone ON true"
            " LEFT JOIN LATERAL (SELECT sum(p.amount_minor) AS minor FROM ledger_posting p"
            " JOIN ledger_account c ON c.id = p.account_id"
            " WHERE p.reference = s.reference AND c.code LIKE 'seller\\_%') booked ON true"
            " WHERE -coalesce(booked.minor, 0) <> s.items_minor + s.shipping_minor"
            " - s.commission_minor - s.commission_vat_minor"
            " - coalesce(given.minor, 0) - coalesce(gone.minor, 0)",
        ),
    ),
    Invariant(
        "payouts.clearing_is_open_payouts",
        "Payout clearing holds exactly the payouts that are approved and not settled.",
        by_sql(
            "SELECT count(*) FROM payouts_payout",
            "SELECT 'payout_clearing' WHERE coalesce((SELECT sum(p.amount_minor)"
            " FROM ledger_posting p JOIN ledger_account c ON c.id = p.account_id"
            " WHERE c.code = 'payout_clearing'), 0) <> -coalesce((SELECT sum(amount_minor)"
            " FROM payouts_payout WHERE status IN ('approved', 'sent', 'unknown')), 0)",
        ),
    ),
    Invariant(
        "payouts.lines_add_up",
        "Each payout is the sum of its lines.",
        by_sql(
            "SELECT count(*) FROM payouts_payout",
            "SELECT p.reference FROM payouts_payout p"
            " JOIN payouts_payoutline l ON l.payout_id = p.id"
            " GROUP BY p.id HAVING sum(l.amount_minor) <> p.amount_minor",
        ),
    ),
    Invariant(
        "payouts.every_paid_part_has_an_earning",
        "Every seller order of a paid order has its earning.",
        by_sql(
            "SELECT count(*) FROM payouts_earning",
            "SELECT s.reference FROM orders_sellerorder s"
            " JOIN orders_order o ON o.id = s.order_id AND o.paid_at < now() - interval '1 hour'"
            " LEFT JOIN payouts_earning e ON e.seller_order_id = s.id WHERE e.id IS NULL",
        ),
    ),
]
