"""What must hold of months, their closes and their figures at every moment."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.invariants import Invariant, by_sql

# All closed months in one pass over the postings: each posting counts for the months that end after it.
FIGURES_THAT_DIFFER = """
WITH closed AS (
    SELECT DISTINCT ON (k.until) c.id, k.until
    FROM ledger_periodlock k
    JOIN closing_period p ON p.month = k.month
    JOIN closing_close c ON c.period_id = p.id
    ORDER BY k.until, c.number DESC
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY until) AS number FROM closed
), moved AS (
    SELECT a.code AS account, sum(p.amount_minor) AS minor,
        width_bucket(p.posted_at, (SELECT array_agg(until ORDER BY until) FROM closed)) AS number
    FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
    WHERE p.posted_at < (SELECT max(until) FROM closed)
    GROUP BY 1, 3
), held AS (
    SELECT n.id, m.account, sum(m.minor) AS minor
    FROM numbered n JOIN moved m ON m.number < n.number
    GROUP BY 1, 2 HAVING sum(m.minor) <> 0
), stated AS (
    SELECT n.id, b.account, b.balance_minor AS minor
    FROM numbered n JOIN closing_closingbalance b ON b.close_id = n.id
)
SELECT account FROM stated FULL JOIN held USING (id, account)
WHERE stated.minor IS DISTINCT FROM held.minor
"""

INVARIANTS = [
    Invariant(
        "closing.locked_as_stated",
        _("The ledger is locked for the months that are closed, and for no other."),
        by_sql(
            "SELECT count(*) FROM closing_period",
            "SELECT month FROM closing_period p FULL JOIN ledger_periodlock k USING (month)"
            " WHERE COALESCE(p.status IN ('closed', 'reopening'), false) <> (k.id IS NOT NULL)",
        ),
    ),
    Invariant(
        "closing.figures_are_the_ledger",
        _("The closing balances of a closed month are those that the ledger gives for its end."),
        by_sql(
            "SELECT count(*) FROM closing_closingbalance",
            FIGURES_THAT_DIFFER,
        ),
    ),
    Invariant(
        "closing.months_close_in_order",
        _("Before a closed month every month is closed."),
        by_sql(
            "SELECT count(*) FROM closing_period",
            "SELECT p.month FROM closing_period p WHERE p.status IN ('open', 'reopened') AND EXISTS ("
            "SELECT FROM closing_period later WHERE later.month > p.month"
            " AND later.status IN ('closed', 'reopening'))",
        ),
    ),
    Invariant(
        "closing.opened_by_two",
        _("A closed month is opened again by one person and another."),
        by_sql(
            "SELECT count(*) FROM closing_reopening",
            "SELECT id FROM closing_reopening WHERE status <> 'requested'"
            " AND decided_by_id IS NOT DISTINCT FROM requested_by_id",
        ),
    ),
]
