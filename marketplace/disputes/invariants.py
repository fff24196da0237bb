"""What must hold of disputes."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "disputes.refunds_exist",
        _(
            "What a resolution gives back exists as refunds, of the promised amount; what an appeal leaves"
            " to the buyer beyond the decision is in them, too."
        ),
        by_sql(
            "SELECT count(*) FROM disputes_dispute",
            "SELECT d.reference FROM disputes_dispute d"
            " LEFT JOIN disputes_appeal a ON a.dispute_id = d.id AND a.status = 'changed'"
            " LEFT JOIN payments_refund r ON r.reference = d.refund_reference"
            " LEFT JOIN payments_refund x ON x.reference = a.refund_reference"
            " WHERE coalesce(r.amount_minor, 0) + coalesce(x.amount_minor, 0)"
            " <> d.refunded_minor + coalesce(a.kept_minor, 0)"
            " OR (d.refund_reference <> '' AND r.id IS NULL)"
            " OR (coalesce(a.refund_reference, '') <> '' AND x.id IS NULL)",
        ),
    ),
    Invariant(
        "disputes.money_is_held",
        _("While a dispute is open or in appeal, its earning is held, unless it had left before."),
        by_sql(
            "SELECT count(*) FROM disputes_dispute"
            " WHERE status IN ('open', 'approval', 'appealed')",
            "SELECT d.reference FROM disputes_dispute d"
            " JOIN payouts_earning e ON e.seller_order_id = d.seller_order_id"
            " WHERE d.status IN ('open', 'approval', 'appealed') AND e.status IN ('pending', 'available')"
            " AND e.payout_id IS NULL",
        ),
    ),
    Invariant(
        "disputes.chargebacks_have_their_case",
        _(
            "What a provider took back is in one case, which is open exactly as long as that is open."
        ),
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
    Invariant(
        "disputes.appeals_were_decided_by_another",
        _(
            "Nobody decided the appeal against their own decision, nor agreed to their own: the events say so."
        ),
        by_sql(
            "SELECT count(*) FROM disputes_appeal",
            "SELECT d.reference FROM disputes_appeal a JOIN disputes_dispute d ON d.id = a.dispute_id"
            " WHERE a.decided_by_id IN (a.first_decided_by_id, a.approved_by_id)"
            " OR (a.status IN ('upheld', 'changed', 'waiting') AND EXISTS ("
            "SELECT FROM shared_loggedevent e WHERE e.aggregate = 'dispute'"
            " AND e.aggregate_id = d.id::text AND e.actor_kind = 'staff'"
            " AND e.actor_id = a.decided_by_id::text AND e.occurred_at < a.appealed_at"
            " AND e.name IN ('disputes.resolved.v1', 'disputes.decided.v1')"
            " AND NOT EXISTS (SELECT FROM shared_loggedevent r WHERE r.aggregate = 'dispute'"
            " AND r.aggregate_id = d.id::text AND r.name = 'disputes.reopened.v1'"
            " AND r.id > e.id)))",
        ),
    ),
    Invariant(
        "disputes.appeals_are_as_their_case",
        _(
            "An appeal is open exactly as long as its case is undecided, and the case says what it led to."
        ),
        by_sql(
            "SELECT count(*) FROM disputes_appeal",
            "SELECT d.reference FROM disputes_appeal a JOIN disputes_dispute d ON d.id = a.dispute_id"
            " WHERE (a.status IN ('open', 'waiting')) <> (d.status IN ('appealed', 'approval'))"
            " OR (a.status IN ('upheld', 'changed')"
            " AND (a.outcome, a.fault, a.refunded_minor) <> (d.outcome, d.fault, d.refunded_minor))",
        ),
    ),
    Invariant(
        "disputes.appeals_are_borne",
        _("After an appeal the first refund is borne as the appeal found."),
        by_sql(
            "SELECT count(*) FROM disputes_appeal WHERE status = 'changed'",
            "SELECT d.reference FROM disputes_appeal a JOIN disputes_dispute d ON d.id = a.dispute_id"
            " JOIN payments_refund r ON r.reference = d.refund_reference"
            " JOIN payments_refundpart p ON p.refund_id = r.id"
            " AND p.seller_order_id = d.seller_order_id WHERE a.status = 'changed'"
            " AND (a.seller_minor, a.commission_minor, a.commission_vat_minor)"
            " <> (p.seller_minor, p.commission_minor, p.commission_vat_minor)",
        ),
    ),
    Invariant(
        "disputes.losses_were_agreed_by_two",
        _(
            "Who agreed to a loss or a costly appeal is not who decided it, and an event says that they did."
        ),
        by_sql(
            "SELECT count(*) FROM disputes_dispute WHERE approved_by_id IS NOT NULL",
            "SELECT d.reference FROM disputes_dispute d WHERE d.approved_by_id IS NOT NULL"
            " AND (d.approved_by_id = d.decided_by_id OR NOT EXISTS ("
            "SELECT FROM shared_loggedevent e WHERE e.aggregate = 'dispute'"
            " AND e.aggregate_id = d.id::text AND e.name = 'disputes.resolved.v1'"
            " AND e.actor_id = d.approved_by_id::text))",
        ),
    ),
]
