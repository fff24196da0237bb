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
]
