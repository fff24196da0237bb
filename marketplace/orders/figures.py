"""Orders for reports: what was placed and what became of it, sales, and commission by rule."""

from dataclasses import dataclass
from datetime import date, datetime

from marketplace.ledger import chart
from marketplace.orders.states import OrderStatus
from marketplace.shared.clock import EAT
from marketplace.shared.rows import Selection, fetch


@dataclass(frozen=True, slots=True)
class Placed:
    """Orders of a period by what became of them until its end; minor units.

    placed = paid + paid_later + awaiting + expired + cancelled;
    paid_in_period = paid + placed_before.
    """

    placed_minor: int
    paid_minor: int
    paid_later_minor: int
    awaiting_minor: int
    expired_minor: int
    cancelled_minor: int
    placed_before_minor: int

    @property
    def paid_in_period_minor(self) -> int:
        return self.paid_minor + self.placed_before_minor


@dataclass(frozen=True, slots=True)
class CommissionLine:
    """Commission and VAT on it of a month, seller and rule: earned by sales, returned by refunds.

    `seller`, `name` and `rule` are empty for postings that belong to no seller order.
    """

    month: date
    seller: str
    name: str
    rule: str
    parts: int
    items_minor: int
    commission_minor: int
    commission_returned_minor: int
    vat_minor: int
    vat_returned_minor: int


def placed_between(*, since: datetime, until: datetime) -> Placed:
    """Orders placed in [since, until), and those paid in it that were placed before."""
    rows = fetch(
        """
        SELECT coalesce(sum(minor), 0)::bigint,
            coalesce(sum(minor) FILTER (WHERE is_new AND is_paid), 0)::bigint,
            coalesce(sum(minor) FILTER (WHERE is_new AND paid_at >= %(until)s), 0)::bigint,
            coalesce(sum(minor) FILTER (
                WHERE is_new AND paid_at IS NULL AND status = %(awaiting)s), 0)::bigint,
            coalesce(sum(minor) FILTER (
                WHERE is_new AND paid_at IS NULL AND status = %(expired)s), 0)::bigint,
            coalesce(sum(minor) FILTER (WHERE NOT is_new), 0)::bigint
        FROM (
            SELECT total_minor AS minor, status, paid_at, placed_at >= %(since)s AS is_new,
                coalesce(paid_at < %(until)s, false) AS is_paid
            FROM orders_order
            WHERE placed_at < %(until)s AND (placed_at >= %(since)s
                OR paid_at >= %(since)s AND paid_at < %(until)s)
        ) orders""",
        since=since,
        until=until,
        awaiting=OrderStatus.AWAITING_PAYMENT.value,
        expired=OrderStatus.EXPIRED.value,
    )
    everything, paid, later, awaiting, expired, before = map(int, rows[0])
    placed = everything - before
    cancelled = placed - paid - later - awaiting - expired
    return Placed(placed, paid, later, awaiting, expired, cancelled, before)


def sales_rows(*, since: datetime, until: datetime, seller: str = "") -> Selection:
    """Seller orders whose order was paid in [since, until), in the order of their payment.

    Paid, order, seller order, seller, name, state, region, items, shipping, gross, commission, VAT
    on it, net.
    """
    return Selection(
        """
        SELECT o.paid_at, o.reference, p.reference, s.reference, s.name, p.status, o.region,
            p.items_minor, p.shipping_minor, p.items_minor + p.shipping_minor,
            p.commission_minor, p.commission_vat_minor,
            p.items_minor + p.shipping_minor - p.commission_minor - p.commission_vat_minor
        FROM orders_sellerorder p
            JOIN orders_order o ON o.id = p.order_id
            JOIN sellers_seller s ON s.id = p.seller_id
        WHERE o.paid_at >= %(since)s AND o.paid_at < %(until)s AND %(seller)s IN ('', s.reference)
        ORDER BY o.paid_at, p.id""",
        {"since": since, "until": until, "seller": seller},
    )


def gross_paid(*, since: datetime, until: datetime, seller: str = "") -> tuple[int, int]:
    """Gross of those seller orders, and what the ledger took in for them, in minor units."""
    rows = fetch(
        """
        WITH parts AS (
            SELECT p.reference, p.items_minor + p.shipping_minor AS minor
            FROM orders_sellerorder p
                JOIN orders_order o ON o.id = p.order_id
                JOIN sellers_seller s ON s.id = p.seller_id
            WHERE o.paid_at >= %(since)s AND o.paid_at < %(until)s
                AND %(seller)s IN ('', s.reference)
        )
        SELECT coalesce(sum(minor), 0)::bigint,
            (SELECT coalesce(sum(l.amount_minor), 0)::bigint FROM parts
                JOIN ledger_posting l ON l.reference = parts.reference AND l.amount_minor > 0
                JOIN ledger_account a ON a.id = l.account_id
                    AND starts_with(a.code, %(wallets)s))
        FROM parts""",
        since=since,
        until=until,
        seller=seller,
        wallets=chart.provider_clearing(""),
    )
    return int(rows[0][0]), int(rows[0][1])


_COMMISSION = """
WITH moved AS (
    SELECT date_trunc('month', p.posted_at AT TIME ZONE %(zone)s)::date AS month, p.reference,
        -sum(p.amount_minor) FILTER (WHERE is_commission AND amount_minor < 0) AS earned,
        sum(p.amount_minor) FILTER (WHERE is_commission AND amount_minor > 0) AS returned,
        -sum(p.amount_minor) FILTER (WHERE NOT is_commission AND amount_minor < 0) AS vat,
        sum(p.amount_minor) FILTER (WHERE NOT is_commission AND amount_minor > 0) AS vat_returned
    FROM (SELECT l.*, a.code = %(commission)s AS is_commission
        FROM ledger_posting l JOIN ledger_account a ON a.id = l.account_id
        WHERE a.code IN (%(commission)s, %(vat)s)
            AND l.posted_at >= %(since)s AND l.posted_at < %(until)s) p
    GROUP BY 1, 2
), rules AS (
    SELECT p.reference, p.seller_id, l.commission_rule AS rule, sum(l.total_minor) AS items,
        sum(l.commission_minor) AS commission, sum(l.commission_vat_minor) AS vat,
        sum(sum(l.commission_minor)) OVER part AS commission_all,
        sum(sum(l.commission_vat_minor)) OVER part AS vat_all,
        row_number() OVER (
            PARTITION BY p.reference ORDER BY sum(l.commission_minor) DESC, l.commission_rule
        ) AS place
    FROM orders_sellerorder p JOIN orders_orderline l ON l.seller_order_id = p.id
    WHERE p.reference IN (SELECT reference FROM moved)
    GROUP BY p.reference, p.seller_id, l.commission_rule
    WINDOW part AS (PARTITION BY p.reference)
), shared AS (
    SELECT m.*, r.seller_id, coalesce(r.rule, '') AS rule, r.items, r.commission, r.place,
        r.vat AS rule_vat,
        coalesce(trunc(m.returned * r.commission / nullif(r.commission_all, 0)), 0) AS share,
        coalesce(trunc(m.vat_returned * r.vat / nullif(r.vat_all, 0)), 0) AS vat_share
    FROM moved m LEFT JOIN rules r ON r.reference = m.reference
), lines AS (
    SELECT month, seller_id, rule, reference,
        CASE WHEN earned IS NULL THEN 0 ELSE coalesce(items, 0) END AS items,
        CASE WHEN earned IS NULL THEN 0 ELSE coalesce(commission, earned) END AS earned,
        CASE WHEN vat IS NULL THEN 0 ELSE coalesce(rule_vat, vat) END AS vat,
        share + CASE WHEN coalesce(place, 1) = 1 THEN coalesce(returned, 0)
            - sum(share) OVER (PARTITION BY month, reference) ELSE 0 END AS returned,
        vat_share + CASE WHEN coalesce(place, 1) = 1 THEN coalesce(vat_returned, 0)
            - sum(vat_share) OVER (PARTITION BY month, reference) ELSE 0 END AS vat_returned
    FROM shared
)
SELECT lines.month, coalesce(s.reference, ''), coalesce(s.name, ''), lines.rule,
    count(DISTINCT lines.reference), sum(lines.items)::bigint, sum(lines.earned)::bigint,
    sum(lines.returned)::bigint, sum(lines.vat)::bigint, sum(lines.vat_returned)::bigint
FROM lines LEFT JOIN sellers_seller s ON s.id = lines.seller_id
WHERE %(seller)s IN ('', s.reference)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4"""


def commission_lines(*, since: datetime, until: datetime, seller: str = "") -> list[CommissionLine]:
    """By month, seller and rule, of what was posted in [since, until).

    What was earned is the orders' own figure, by line; what was returned is shared out over the
    rules of its seller order in proportion, and whatever the division leaves goes to the largest.
    """
    rows = fetch(
        _COMMISSION,
        zone=EAT.key,
        since=since,
        until=until,
        seller=seller,
        commission=chart.COMMISSION_REVENUE,
        vat=chart.VAT_PAYABLE,
    )
    return [CommissionLine(*row) for row in rows]
