"""What must hold of months, their closes and their figures at every moment."""

from marketplace.shared.invariants import Invariant, by_sql

INVARIANTS = [
    Invariant(
        "closing.locked_as_stated",
        "The ledger is locked for the months that are closed, and for no other.",
        by_sql(
            "SELECT count(*) FROM closing_period",
            "SELECT month FROM closing_period p FULL JOIN ledger_periodlock k USING (month)"
            " WHERE COALESCE(p.status IN ('closed', 'reopening'), false) <> (k.id IS NOT NULL)",
        ),
    ),
    Invariant(
        "closing.figures_are_the_ledger",
        "The closing balances of a closed month are those that the ledger gives for its end.",
        by_sql(
            "SELECT count(*) FROM closing_closingbalance",
            "WITH latest AS (SELECT DISTINCT ON (c.period_id) c.id, k.until FROM closing_close c"
            " JOIN closing_period p ON p.id = c.period_id"
            " JOIN ledger_periodlock k ON k.month = p.month"
            " ORDER BY c.period_id, c.number DESC),"
            " stated AS (SELECT l.id, b.account, b.balance_minor FROM latest l"
            " JOIN closing_closingbalance b ON b.close_id = l.id),"
            " held AS (SELECT l.id, a.code AS account, sum(p.amount_minor) AS balance_minor"
            " FROM latest l JOIN ledger_posting p ON p.posted_at < l.until"
            " JOIN ledger_account a ON a.id = p.account_id"
            " GROUP BY 1, 2 HAVING sum(p.amount_minor) <> 0)"
            " SELECT account FROM stated FULL JOIN held USING (id, account)"
            " WHERE stated.balance_minor IS DISTINCT FROM held.balance_minor",
        ),
    ),
    Invariant(
        "closing.months_close_in_order",
        "Before a closed month every month is closed.",
        by_sql(
            "SELECT count(*) FROM closing_period",
            "SELECT p.month FROM closing_period p WHERE p.status IN ('open', 'reopened') AND EXISTS ("
            "SELECT FROM closing_period later WHERE later.month > p.month"
            " AND later.status IN ('closed', 'reopening'))",
        ),
    ),
    Invariant(
        "closing.opened_by_two",
        "A closed month is opened again by one person and another.",
        by_sql(
            "SELECT count(*) FROM closing_reopening",
            "SELECT id FROM closing_reopening WHERE status <> 'requested'"
            " AND decided_by_id IS NOT DISTINCT FROM requested_by_id",
        ),
    ),
]
