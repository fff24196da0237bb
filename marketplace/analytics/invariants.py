"""What must hold of the figures: they are the orders', and the ledger's.

What the cursor has not reached yet is added from the log, so that the claims hold at any moment.
"""

from marketplace.analytics.measures import PAID, PLACED, TAKE
from marketplace.shared.invariants import Invariant, by_sql

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

INVARIANTS = [
    Invariant(
        "analytics.sales_are_the_orders",
        "On each day the figures have as many orders placed and paid, of the same sum, as there are"
        " orders of which the log says so.",
        by_sql(
            "SELECT count(*) FROM orders_order",
            f"{_orders_of(PLACED, 'placed_at', 'orders.placed.v1')}"
            f" UNION ALL {_orders_of(PAID, 'paid_at', 'orders.paid.v1')}",
        ),
    ),
    Invariant(
        "analytics.take_is_the_ledger",
        "On each day the commission in the figures is what the ledger booked as commission.",
        by_sql(
            "SELECT count(*) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
            " WHERE a.code = 'commission_revenue'",
            _TAKE,
        ),
    ),
]
