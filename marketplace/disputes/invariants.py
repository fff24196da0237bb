"""What must hold of disputes."""

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "disputes.refunds_exist",
        "Every refund that a resolution promises exists, of the promised amount.",
        by_sql(
            "SELECT count(*) FROM disputes_dispute",
            "SELECT d.reference FROM disputes_dispute d LEFT JOIN payments_refund r"
            " ON r.reference = d.refund_reference WHERE d.refunded_minor > 0"
            " AND (r.id IS NULL OR r.amount_minor <> d.refunded_minor)",
        ),
    ),
    Invariant(
        "disputes.money_is_held",
        "While a dispute is open, its earning is held, unless it had left before.",
        by_sql(
            "SELECT count(*) FROM disputes_dispute WHERE status IN ('open', 'approval')",
            "SELECT d.reference FROM disputes_dispute d"
            " JOIN payouts_earning e ON e.seller_order_id = d.seller_order_id"
            " WHERE d.status IN ('open', 'approval') AND e.status IN ('pending', 'available')"
            " AND e.payout_id IS NULL",
        ),
    ),
    Invariant(
        "disputes.chargebacks_have_their_case",
        "What a provider took back is in one case, which is open exactly as long as that is open.",
        by_sql(
            "SELECT count(*) FROM payments_chargeback",
            "SELECT s.reference FROM payments_chargeback c"
            " JOIN orders_sellerorder s ON s.id = c.seller_order_id"
            " LEFT JOIN disputes_dispute d ON d.seller_order_id = s.id AND d.taken_back_minor > 0"
            " WHERE (d.id IS NULL AND c.taken_at < now() - interval '1 hour')"
            " OR d.taken_back_minor <> c.amount_minor"
            " OR (c.status = 'open') <> (d.status IN ('open', 'approval'))",
        ),
    ),
]
