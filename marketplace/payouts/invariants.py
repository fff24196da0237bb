"""What must hold of earnings and payouts."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

TOP_UPS_BOOKED = """
SELECT t.reference FROM payouts_topup t
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(p.amount_minor)
            FILTER (WHERE c.code = 'provider_clearing:' || t.provider), 0) AS wallet,
        coalesce(sum(p.amount_minor) FILTER (WHERE c.code = 'bank'), 0) AS bank
    FROM ledger_posting p JOIN ledger_account c ON c.id = p.account_id
    WHERE p.reference = t.reference
) booked
CROSS JOIN LATERAL (
    SELECT CASE WHEN t.status = 'approved' THEN t.amount_minor ELSE 0 END AS minor
) owed
WHERE booked.wallet <> owed.minor OR booked.bank <> -owed.minor
"""

# One entry approved it, each later one took something back.
APPROVED_IS_BOOKED = """
SELECT o.reference FROM payouts_payout o
LEFT JOIN LATERAL (
    SELECT
        sum(p.amount_minor) FILTER (WHERE v.name = 'payouts.payout_approved.v1') AS approved,
        sum(p.amount_minor) FILTER (WHERE v.name = 'payouts.payout_reduced.v1') AS reduced
    FROM ledger_posting p
    JOIN ledger_account c ON c.id = p.account_id AND c.code = 'payout_clearing'
    JOIN ledger_entry e ON e.id = p.entry_id
    JOIN shared_loggedevent v ON v.id = e.event_id
    WHERE p.reference = o.reference
) booked ON true
WHERE o.status IN ('approved', 'sent', 'unknown', 'paid', 'failed', 'returned')
    AND (coalesce(-booked.approved, 0) <> o.amount_minor + o.taken_back_minor
        OR coalesce(booked.reduced, 0) <> o.taken_back_minor)
"""

# What an event and the row of the same seller or tier say, by the names of the columns.
SET = """
SELECT 'seller' AS aggregate, 'payouts.terms_set.v1' AS name, seller_id::text AS about, jsonb_build_object(
    'tier', tier, 'frequency', frequency, 'weekday', weekday, 'month_day', month_day,
    'minimum_minor', minimum_minor) AS holds
FROM payouts_payoutterms
UNION ALL
SELECT 'tier', 'payouts.reserve_rule_set.v1', tier,
    jsonb_build_object('basis_points', basis_points, 'days', days)
FROM payouts_reserverule
"""
# The reserves with which every marketplace begins were set by nobody.
TERMS_WERE_SET = f"""
SELECT s.about FROM ({SET}) s LEFT JOIN LATERAL (
    SELECT e.after FROM shared_loggedevent e
    WHERE e.aggregate = s.aggregate AND e.aggregate_id = s.about AND e.name = s.name
    ORDER BY e.id DESC LIMIT 1
) told ON true
WHERE told.after IS DISTINCT FROM s.holds
    AND NOT (told.after IS NULL AND s.name = 'payouts.reserve_rule_set.v1')
"""  # noqa: S608
# What was set before two people were needed says nothing of a request.
TERMS_BY_TWO = """
SELECT e.aggregate_id FROM shared_loggedevent e
WHERE e.name IN ('payouts.terms_set.v1', 'payouts.reserve_rule_set.v1')
    AND jsonb_exists(e.payload, 'request_id')
    AND NOT EXISTS (SELECT FROM payouts_termsrequest r WHERE r.id::text = e.payload ->> 'request_id'
        AND coalesce(r.seller_id::text, r.tier_id) = e.aggregate_id AND r.status = 'approved'
        AND r.decided_by_id::text = e.actor_id AND r.requested_by_id <> r.decided_by_id
        AND r.after = e.after)
"""
TERMS_SET_ONCE = """
SELECT r.reference FROM payouts_termsrequest r LEFT JOIN shared_loggedevent e
    ON e.name IN ('payouts.terms_set.v1', 'payouts.reserve_rule_set.v1')
    AND e.aggregate IN ('seller', 'tier') AND e.aggregate_id = coalesce(r.seller_id::text, r.tier_id)
    AND e.payload ->> 'request_id' = r.id::text
WHERE r.status = 'approved' GROUP BY r.reference HAVING count(e.id) <> 1
"""

INVARIANTS = [
    Invariant(
        "payouts.terms_were_set",
        "Every seller's payout terms and every tier's reserve are as the last event about them says.",
        by_sql(f"SELECT count(*) FROM ({SET}) s", TERMS_WERE_SET),  # noqa: S608
    ),
    Invariant(
        "payouts.terms_by_two",
        "Payout terms and reserves were set by one person as another had asked.",
        by_sql(
            "SELECT count(*) FROM shared_loggedevent"
            " WHERE name IN ('payouts.terms_set.v1', 'payouts.reserve_rule_set.v1')",
            TERMS_BY_TWO,
        ),
    ),
    Invariant(
        "payouts.agreed_terms_are_set_once",
        "What two people agreed about payout terms and reserves was set, and set once.",
        by_sql(
            "SELECT count(*) FROM payouts_termsrequest WHERE status = 'approved'", TERMS_SET_ONCE
        ),
    ),
    Invariant(
        "payouts.seller_balances",
        _(
            "What each seller order left in its seller's accounts is its net minus refunds and payouts."
        ),
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
        _("Payout clearing holds exactly the payouts that are approved and not settled."),
        by_sql(
            "SELECT count(*) FROM payouts_payout",
            "SELECT 'payout_clearing' WHERE coalesce((SELECT sum(p.amount_minor)"
            " FROM ledger_posting p JOIN ledger_account c ON c.id = p.account_id"
            " WHERE c.code = 'payout_clearing'), 0) <> -coalesce((SELECT sum(amount_minor)"
            " FROM payouts_payout WHERE status IN ('approved', 'sent', 'unknown')), 0)",
        ),
    ),
    Invariant(
        "payouts.top_ups_booked",
        _("The ledger moves bank and wallet by each approved top-up once, and by no other."),
        by_sql("SELECT count(*) FROM payouts_topup", TOP_UPS_BOOKED),
    ),
    Invariant(
        "payouts.lines_add_up",
        _("Each payout, and what was taken back of it, is the sum of its lines."),
        by_sql(
            "SELECT count(*) FROM payouts_payout",
            "SELECT p.reference FROM payouts_payout p"
            " JOIN payouts_payoutline l ON l.payout_id = p.id"
            " GROUP BY p.id HAVING sum(l.amount_minor) <> p.amount_minor"
            " OR sum(l.taken_back_minor) <> p.taken_back_minor",
        ),
    ),
    Invariant(
        "payouts.approved_is_sent_or_taken_back",
        _(
            "What was approved and booked of a payout is its amount and what was taken back before it left."
        ),
        by_sql("SELECT count(*) FROM payouts_payout", APPROVED_IS_BOOKED),
    ),
    Invariant(
        "payouts.every_paid_part_has_an_earning",
        _("Every seller order of a paid order has its earning."),
        by_sql(
            "SELECT count(*) FROM payouts_earning",
            "SELECT s.reference FROM orders_sellerorder s"
            " JOIN orders_order o ON o.id = s.order_id AND o.paid_at < now() - interval '1 hour'"
            " LEFT JOIN payouts_earning e ON e.seller_order_id = s.id WHERE e.id IS NULL",
        ),
    ),
    Invariant(
        "payouts.on_hold_is_holds_and_reserves",
        _(
            "What lies on hold for a seller order is what an open hold froze, or what is left in reserve."
        ),
        by_sql(
            "SELECT count(*) FROM payouts_hold WHERE freed_at IS NULL",
            "SELECT s.reference FROM payouts_earning e"
            " JOIN orders_sellerorder s ON s.id = e.seller_order_id"
            " JOIN LATERAL (SELECT -sum(p.amount_minor) AS minor FROM ledger_posting p"
            " JOIN ledger_account c ON c.id = p.account_id"
            " WHERE p.reference = s.reference AND c.code LIKE 'seller\\_on\\_hold:%') held ON true"
            " LEFT JOIN payouts_reserve r ON r.earning_id = e.id AND r.released_at IS NULL"
            " WHERE (e.status <> 'on_hold' AND held.minor <> 0"
            " AND held.minor NOT BETWEEN 0 AND coalesce(r.left_minor, 0))"
            " OR (e.status = 'on_hold' AND NOT EXISTS (SELECT FROM payouts_hold h"
            " WHERE h.freed_at IS NULL AND (h.earning_id = e.id"
            " OR (h.earning_id IS NULL AND h.seller_id = e.seller_id))))",
        ),
    ),
    Invariant(
        "payouts.nothing_held_is_available",
        _("No earning that an open hold freezes is available, unless it is on its way out."),
        by_sql(
            "SELECT count(*) FROM payouts_hold WHERE freed_at IS NULL",
            "SELECT e.id FROM payouts_earning e JOIN payouts_hold h ON h.freed_at IS NULL"
            " AND (h.earning_id = e.id OR (h.earning_id IS NULL AND h.seller_id = e.seller_id))"
            " WHERE e.status = 'available' AND e.payout_id IS NULL",
        ),
    ),
    Invariant(
        "payouts.paid_earnings_have_a_paid_payout",
        _("An earning is paid exactly as long as its payout is."),
        by_sql(
            "SELECT count(*) FROM payouts_earning WHERE status = 'paid'",
            "SELECT e.id FROM payouts_earning e JOIN payouts_payout p ON p.id = e.payout_id"
            " WHERE (e.status = 'paid') <> (p.status = 'paid')"
            " AND p.status NOT IN ('approved', 'sent', 'unknown')",
        ),
    ),
    Invariant(
        "payouts.paid_is_booked",
        _(
            "Each payout took its amount from the provider's wallet while it is paid, and nothing else."
        ),
        by_sql(
            "SELECT count(*) FROM payouts_payout WHERE status IN ('paid', 'returned')",
            "SELECT p.reference FROM payouts_payout p"
            " LEFT JOIN LATERAL (SELECT sum(l.amount_minor) AS minor FROM ledger_posting l"
            " JOIN ledger_account c ON c.id = l.account_id"
            " WHERE l.reference = p.reference AND c.code LIKE 'provider\\_clearing:%') b ON true"
            " WHERE coalesce(b.minor, 0)"
            " <> CASE WHEN p.status = 'paid' THEN -p.amount_minor ELSE 0 END",
        ),
    ),
    Invariant(
        "payouts.nothing_to_a_resting_wallet",
        _("No payout left for a seller whose wallet had changed and still rested."),
        by_sql(
            "SELECT count(*) FROM sellers_seller WHERE wallet_changed_at IS NOT NULL",
            "SELECT p.reference FROM payouts_payout p JOIN sellers_seller s ON s.id = p.seller_id"
            " WHERE p.sent_at >= s.wallet_changed_at AND p.sent_at < s.wallet_rests_until",
        ),
    ),
    Invariant(
        "payouts.nothing_sent_of_what_was_taken_back",
        _(
            "No payout left with the earning of a payment that a provider had taken back and nobody bore."
        ),
        by_sql(
            "SELECT count(*) FROM payments_chargeback",
            "SELECT p.reference FROM payments_chargeback c"
            " JOIN orders_sellerorder s ON s.id = c.seller_order_id"
            " JOIN payouts_payoutline l ON l.seller_order_reference = s.reference"
            " AND l.amount_minor > 0"
            " JOIN payouts_payout p ON p.id = l.payout_id"
            " WHERE p.sent_at > c.taken_at AND (c.settled_at IS NULL OR c.settled_at > p.sent_at)",
        ),
    ),
]
