"""What must hold of payments and refunds."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "payments.paid_orders_have_one_payment",
        _("Every paid order has exactly one payment that was applied, of exactly its total."),
        by_sql(
            "SELECT count(*) FROM orders_order WHERE paid_at IS NOT NULL",
            "SELECT o.reference FROM orders_order o"
            " LEFT JOIN payments_intent i ON i.order_id = o.id"
            " LEFT JOIN payments_attempt a ON a.intent_id = i.id AND a.is_applied"
            " WHERE (o.paid_at IS NOT NULL) <> (a.id IS NOT NULL)"
            " OR (a.id IS NOT NULL AND a.amount_minor - a.surplus_minor <> o.total_minor)",
        ),
    ),
    Invariant(
        "payments.refunds_within_payment",
        _("No payment is given back more than once over."),
        by_sql(
            "SELECT count(*) FROM payments_refund",
            "SELECT a.reference FROM payments_refund r"
            " JOIN payments_attempt a ON a.id = r.attempt_id WHERE r.status <> 'rejected'"
            " GROUP BY a.id HAVING sum(r.amount_minor) > a.amount_minor",
        ),
    ),
    Invariant(
        "payments.refund_parts_add_up",
        _("A refund of seller orders is the sum of its parts."),
        by_sql(
            "SELECT count(*) FROM payments_refundpart",
            "SELECT r.reference FROM payments_refund r"
            " JOIN payments_refundpart p ON p.refund_id = r.id"
            " GROUP BY r.id HAVING sum(p.amount_minor) <> r.amount_minor",
        ),
    ),
    Invariant(
        "payments.pieces_refunded_once",
        _("No more pieces of an order line are given back than were bought."),
        by_sql(
            "SELECT count(*) FROM payments_refundline",
            "SELECT s.reference FROM payments_refundline l"
            " JOIN payments_refundpart p ON p.id = l.part_id"
            " JOIN payments_refund r ON r.id = p.refund_id AND r.status <> 'rejected'"
            " JOIN orders_orderline o ON o.id = l.order_line_id"
            " JOIN orders_sellerorder s ON s.id = o.seller_order_id"
            " GROUP BY s.reference, o.id HAVING sum(l.quantity) > o.quantity",
        ),
    ),
    Invariant(
        "payments.refunds_seen_by_two",
        _("No refund was decided or settled by the person who asked for it."),
        by_sql(
            "SELECT count(*) FROM payments_refund WHERE decided_by_id IS NOT NULL"
            " OR settled_by_id IS NOT NULL",
            "SELECT reference FROM payments_refund"
            " WHERE requested_by_id IN (decided_by_id, settled_by_id)",
        ),
    ),
    Invariant(
        "payments.refunds_are_booked",
        _("What refunds that stand owe the buyer is what the ledger holds in refunds clearing."),
        by_sql(
            "SELECT count(*) FROM payments_refund",
            "SELECT 'refunds and refunds clearing differ' WHERE"
            " coalesce((SELECT sum(r.amount_minor) FROM payments_refund r"
            " JOIN payments_attempt a ON a.id = r.attempt_id AND a.status <> 'reversed'"
            " WHERE r.status IN ('requested', 'sent', 'unknown', 'failed')), 0)"
            " <> -coalesce((SELECT sum(p.amount_minor) FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id WHERE a.code = 'refunds_clearing'), 0)",
        ),
    ),
    Invariant(
        "payments.unusable_money_goes_back",
        _("Every success that its order could not take has its refund."),
        by_sql(
            "SELECT count(*) FROM payments_attempt WHERE status = 'succeeded' AND NOT is_applied",
            "SELECT a.reference FROM payments_attempt a"
            " LEFT JOIN payments_refund r ON r.attempt_id = a.id AND r.status <> 'rejected'"
            " WHERE a.status = 'succeeded' AND NOT a.is_applied AND r.id IS NULL"
            " AND a.settled_at < now() - interval '1 hour' AND NOT EXISTS ("
            "SELECT FROM payments_paymentissue s WHERE s.attempt_id = a.id"
            " AND s.status <> 'closed')",
        ),
    ),
    Invariant(
        "payments.suspense_is_explained",
        _(
            "What payments put into suspense is the money that no order took and no refund promised."
        ),
        by_sql(
            "SELECT count(*) FROM payments_attempt WHERE status = 'succeeded' AND NOT is_applied",
            "SELECT 'payments and suspense differ' WHERE"
            " coalesce((SELECT sum(a.amount_minor) FROM payments_attempt a"
            " WHERE a.status = 'succeeded' AND NOT a.is_applied AND NOT EXISTS ("
            "SELECT FROM payments_refund r WHERE r.attempt_id = a.id"
            " AND r.status NOT IN ('proposed', 'rejected'))), 0)"
            " <> -coalesce((SELECT sum(p.amount_minor) FROM ledger_posting p"
            " JOIN ledger_account c ON c.id = p.account_id AND c.code = 'suspense'"
            " JOIN ledger_entry e ON e.id = p.entry_id"
            " JOIN shared_loggedevent v ON v.id = e.event_id AND v.name LIKE 'payments.%'"
            " AND v.name <> 'payments.chargeback_settled.v1'), 0)",
        ),
    ),
    Invariant(
        "payments.unbelieved_messages_are_shown",
        _("Every message that was not believed says why, or has its issue."),
        by_sql(
            "SELECT count(*) FROM payments_inboxmessage WHERE status IN ('unmatched', 'forged')",
            "SELECT m.id FROM payments_inboxmessage m"
            " LEFT JOIN payments_paymentissue s ON s.message_id = m.id"
            " WHERE m.status IN ('unmatched', 'forged') AND m.verdict = '' AND s.id IS NULL",
        ),
    ),
    Invariant(
        "payments.chargebacks_are_booked",
        _(
            "What the ledger claims for a seller order is what its provider took back, until it is settled."
        ),
        by_sql(
            "SELECT count(*) FROM payments_chargeback",
            "SELECT coalesce(s.reference, booked.reference) FROM payments_chargeback c"
            " JOIN orders_sellerorder s ON s.id = c.seller_order_id"
            " FULL JOIN (SELECT p.reference, sum(p.amount_minor) AS minor FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id AND a.code = 'chargebacks'"
            " GROUP BY 1) booked ON booked.reference = s.reference"
            " WHERE coalesce(booked.minor, 0)"
            " <> CASE WHEN c.status = 'open' THEN c.amount_minor ELSE 0 END",
        ),
    ),
    Invariant(
        "payments.settled_is_booked",
        _("What payments and refunds moved is what the ledger says the wallet moved for them."),
        by_sql(
            "SELECT count(*) FROM payments_attempt WHERE status = 'succeeded'",
            "SELECT 'payments and ledger differ' WHERE"
            " coalesce((SELECT sum(amount_minor) FROM payments_attempt"
            " WHERE status = 'succeeded'), 0)"
            " - coalesce((SELECT sum(r.amount_minor) FROM payments_refund r"
            " JOIN payments_attempt a ON a.id = r.attempt_id"
            " WHERE r.status = 'succeeded' AND a.status = 'succeeded' AND NOT EXISTS ("
            "SELECT FROM payments_refundevidence v WHERE v.refund_id = r.id"
            " AND v.paid_from = 'bank')), 0)"
            " <> coalesce((SELECT sum(p.amount_minor) FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id"
            " JOIN ledger_entry e ON e.id = p.entry_id"
            " JOIN shared_loggedevent v ON v.id = e.event_id"
            " WHERE a.code LIKE 'provider\\_clearing:%' AND v.name IN"
            " ('payments.succeeded.v1', 'payments.refund_succeeded.v1',"
            " 'payments.reversed.v1')), 0)",
        ),
    ),
]
