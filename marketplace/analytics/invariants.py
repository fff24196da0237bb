"""What must hold of the figures: they are the orders', and the ledger's; and of what services are told.

What the cursor has not reached yet is added from the log, so that the claims hold at any moment.
"""

from django.utils.translation import gettext_lazy as _

from marketplace.accounts.states import Purpose
from marketplace.analytics.measures import (
    APPROVED,
    PAID,
    PLACED,
    REJECTED,
    SELLER,
    SELLER_MONTH,
    TAKE,
    VERDICT,
    WAITED,
)
from marketplace.analytics.states import ForwardStatus
from marketplace.shared.invariants import Invariant, by_sql

# Batches are forgotten with what they told, a month later.
KEPT_WHOLE_DAYS = 29
_DAY = "({0} AT TIME ZONE 'Africa/Dar_es_Salaam')::date"
# Before the first count there is no cursor.
_TAIL = (
    "(SELECT coalesce((SELECT last_event_id FROM analytics_progress),"
    " '00000000-0000-0000-0000-000000000000'))"
)


def _orders_of(measure: str, moment: str, event: str) -> str:
    """Days on which the figures and the orders do not agree."""
    day = _DAY.format(f"o.{moment}")
    return f"""
        SELECT coalesce(f.day, o.day)::text || ' {measure}' FROM (
            SELECT day, sum(count) AS count, sum(total) AS total FROM (
                SELECT day, count, total FROM analytics_rollup
                WHERE measure = '{measure}' AND dimension = ''
                UNION ALL
                SELECT {day}, 1, o.total_minor FROM shared_loggedevent e
                JOIN orders_order o ON o.id = e.aggregate_id::uuid
                WHERE e.name = '{event}' AND e.id > {_TAIL} AND o.{moment} IS NOT NULL
            ) AS parts GROUP BY day
        ) AS f FULL JOIN (
            SELECT {day} AS day, count(*) AS count, sum(o.total_minor) AS total
            FROM orders_order o WHERE o.{moment} IS NOT NULL AND EXISTS (
                SELECT FROM shared_loggedevent e WHERE e.name = '{event}'
                AND e.aggregate = 'order' AND e.aggregate_id = o.id::text
            ) GROUP BY 1
        ) AS o ON o.day = f.day
        WHERE f.count IS DISTINCT FROM o.count OR f.total IS DISTINCT FROM o.total
    """  # noqa: S608 - our own statement


_TAKE = f"""
    SELECT coalesce(f.day, l.day)::text FROM (
        SELECT day, sum(total) AS total FROM (
            SELECT day, total FROM analytics_rollup WHERE measure = '{TAKE}' AND dimension = ''
            UNION ALL
            SELECT {_DAY.format("p.posted_at")}, -p.amount_minor FROM ledger_posting p
            JOIN ledger_account a ON a.id = p.account_id JOIN ledger_entry e ON e.id = p.entry_id
            WHERE a.code = 'commission_revenue' AND e.event_id > {_TAIL}
        ) AS parts GROUP BY day
    ) AS f FULL JOIN (
        SELECT {_DAY.format("p.posted_at")} AS day, -sum(p.amount_minor) AS total
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE a.code = 'commission_revenue' GROUP BY 1
    ) AS l ON l.day = f.day WHERE f.total IS DISTINCT FROM l.total
"""  # noqa: S608 - our own statement

# A clock of another machine may be a little behind the one that looked at the consent.
_UNALLOWED = f"""
    SELECT f.id::text FROM analytics_forwardeddeed f
    JOIN analytics_forwardbatch b ON b.id = f.batch_id
    WHERE f.status = '{ForwardStatus.SENT}' AND NOT EXISTS (
        SELECT FROM accounts_consent c
        WHERE c.user_id = f.buyer_id AND c.purpose = '{Purpose.ANALYTICS}'
        AND c.given_at <= f.happened_at
        AND (c.withdrawn_at IS NULL OR c.withdrawn_at > b.checked_at - interval '5 seconds')
    )
"""  # noqa: S608 - our own words
_TOLD_TWICE = f"""
    SELECT destination || ' ' || deed_id FROM analytics_forwardeddeed
    GROUP BY destination, deed_id HAVING count(*) > 1
    UNION ALL
    SELECT 'deed ' || f.id FROM analytics_forwardeddeed f
    JOIN analytics_forwardbatch b ON b.id = f.batch_id
    WHERE b.destination <> f.destination
    OR (f.status = '{ForwardStatus.SENT}' AND b.closed_at IS NULL)
    OR (f.status = '{ForwardStatus.WAITING}' AND b.closed_at IS NOT NULL)
    UNION ALL
    SELECT 'batch ' || b.id FROM analytics_forwardbatch b
    LEFT JOIN analytics_forwardeddeed f ON f.batch_id = b.id AND f.status = '{ForwardStatus.SENT}'
    WHERE b.closed_at > now() - interval '{KEPT_WHOLE_DAYS} days'
    GROUP BY b.id HAVING b.taken <> count(f.id)
"""  # noqa: S608 - our own words

_MONTHS = f"""
    SELECT 'seller ' || key FROM (
        SELECT key, date_trunc('month', day)::date AS day, sum(count) AS count, sum(total) AS total
        FROM analytics_rollup WHERE measure = '{PAID}' AND dimension = '{SELLER}' GROUP BY 1, 2
    ) AS d FULL JOIN (
        SELECT key, day, count, total FROM analytics_rollup
        WHERE measure = '{PAID}' AND dimension = '{SELLER_MONTH}'
    ) AS m USING (key, day)
    WHERE (d.count, d.total) IS DISTINCT FROM (m.count::numeric, m.total::numeric)
"""  # noqa: S608 - our own words
_VERDICTS = f"""
    SELECT day::text FROM analytics_rollup
    WHERE measure IN ('{APPROVED}', '{REJECTED}', '{VERDICT}') AND dimension IN ('', '{WAITED}')
    GROUP BY day HAVING sum(count) FILTER (WHERE dimension = '{WAITED}')
        IS DISTINCT FROM sum(count) FILTER (WHERE dimension = '')
    OR sum(total) FILTER (WHERE dimension = '{WAITED}')
        IS DISTINCT FROM sum(total) FILTER (WHERE dimension = '')
"""  # noqa: S608 - our own words

INVARIANTS = [
    Invariant(
        "analytics.months_are_their_days",
        _("What a seller was paid in a month is what it was paid on the month's days."),
        by_sql(
            f"SELECT count(*) FROM analytics_rollup WHERE dimension = '{SELLER_MONTH}'",  # noqa: S608 - as above
            _MONTHS,
        ),
    ),
    Invariant(
        "analytics.waits_are_the_verdicts",
        _(
            "Each day's verdicts by how long they were waited for are all of that day's, and their time."
        ),
        by_sql(
            f"SELECT count(*) FROM analytics_rollup WHERE dimension = '{WAITED}'",  # noqa: S608 - as above
            _VERDICTS,
        ),
    ),
    Invariant(
        "analytics.sales_are_the_orders",
        _(
            "On each day the figures have as many orders placed and paid, of the same sum, as there are"
            " orders of which the log says so."
        ),
        by_sql(
            "SELECT count(*) FROM orders_order",
            f"{_orders_of(PLACED, 'placed_at', 'orders.placed.v1')}"
            f" UNION ALL {_orders_of(PAID, 'paid_at', 'orders.paid.v1')}",
        ),
    ),
    Invariant(
        "analytics.take_is_the_ledger",
        _("On each day the commission in the figures is what the ledger booked as commission."),
        by_sql(
            "SELECT count(*) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
            " WHERE a.code = 'commission_revenue'",
            _TAKE,
        ),
    ),
    Invariant(
        "analytics.told_with_consent",
        _(
            "Analytics services were told only what a buyer allowed before doing it, and had not taken back"
            " when it was sent."
        ),
        by_sql(
            "SELECT count(*) FROM analytics_forwardeddeed WHERE status = 'sent'",
            _UNALLOWED,
        ),
    ),
    Invariant(
        "analytics.told_once",
        _(
            "Each deed goes to an analytics service once, in one batch of that service, which counts what"
            " was taken of it."
        ),
        by_sql("SELECT count(*) FROM analytics_forwardeddeed", _TOLD_TWICE),
    ),
]
