"""What must hold of the books at every moment."""

from django.utils.translation import gettext_lazy as _

from marketplace.ledger import seals
from marketplace.shared.invariants import Invariant, by_sql

# Each month against the one before and its own postings: one pass over the books, however many months.
TOTALS_THAT_DIFFER = """
WITH closed AS (
    SELECT id, month, row_number() OVER (ORDER BY until) AS number FROM ledger_periodlock
), kept AS (
    SELECT c.number, t.account_id, t.debit_minor AS debit, t.credit_minor AS credit
    FROM ledger_closedtotal t JOIN closed c ON c.id = t.lock_id
), due AS (
    SELECT number, account_id, sum(debit) AS debit, sum(credit) AS credit FROM (
        SELECT number + 1 AS number, account_id, debit, credit FROM kept
        UNION ALL
        SELECT 1 + width_bucket(p.posted_at,
                (SELECT array_agg(until ORDER BY until) FROM ledger_periodlock)),
            p.account_id, greatest(p.amount_minor, 0), greatest(-p.amount_minor, 0)
        FROM ledger_posting p WHERE p.posted_at < (SELECT max(until) FROM ledger_periodlock)
    ) moved GROUP BY number, account_id
)
SELECT c.month || ' account ' || account_id FROM kept FULL JOIN due USING (number, account_id)
    JOIN closed c USING (number)
WHERE (kept.debit, kept.credit) IS DISTINCT FROM (due.debit, due.credit)
"""

INVARIANTS = [
    Invariant(
        "ledger.trial_balance_zero",
        _("Debits equal credits in every currency."),
        by_sql(
            "SELECT count(*) FROM ledger_posting",
            "SELECT currency FROM ledger_posting GROUP BY currency HAVING sum(amount_minor) <> 0",
        ),
    ),
    Invariant(
        "ledger.entries_balanced",
        _("Every journal entry sums to zero and has at least two postings."),
        by_sql(
            "SELECT count(*) FROM ledger_entry",
            "SELECT e.id FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id"
            " GROUP BY e.id HAVING count(p.id) < 2 OR sum(p.amount_minor) <> 0",
        ),
    ),
    Invariant(
        "ledger.currency_of_account",
        _("Every posting is in its account's currency."),
        by_sql(
            "SELECT count(*) FROM ledger_account",
            "SELECT p.id FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
            " WHERE p.currency <> a.currency",
        ),
    ),
    Invariant(
        "ledger.closed_months_rest",
        _("A closed month holds the very postings that it held when it was closed."),
        by_sql(
            "SELECT count(*) FROM ledger_periodlock",
            "SELECT k.month FROM ledger_periodlock k LEFT JOIN ("
            "SELECT (date_trunc('month', posted_at, 'Africa/Dar_es_Salaam')"
            " AT TIME ZONE 'Africa/Dar_es_Salaam')::date AS month, count(*) AS postings,"
            " sum(amount_minor) FILTER (WHERE amount_minor > 0) AS debit_minor"
            " FROM ledger_posting WHERE posted_at < (SELECT max(until) FROM ledger_periodlock)"
            " GROUP BY 1) held USING (month)"
            " WHERE (COALESCE(held.postings, 0), COALESCE(held.debit_minor, 0))"
            " <> (k.postings, k.debit_minor)",
        ),
    ),
    Invariant(
        "ledger.kept_totals_are_the_postings",
        _(
            "What a closed month keeps of each account is what was posted to it before the month's end."
        ),
        by_sql("SELECT count(*) FROM ledger_closedtotal", TOTALS_THAT_DIFFER),
    ),
    Invariant(
        "ledger.months_close_in_order",
        _("Between the first and the last closed month every month is closed."),
        by_sql(
            "SELECT count(*) FROM ledger_periodlock",
            "SELECT month FROM (SELECT month, lag(month) OVER (ORDER BY month) AS previous"
            " FROM ledger_periodlock) k WHERE month <> previous + interval '1 month'",
        ),
    ),
    *seals.checks(whole=False),
]
