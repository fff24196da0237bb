"""The books of thirteen months, five million postings, eleven months of them closed: what balances cost.

The floor adds up every posting, as the trial balance would without what closed months keep.
"""

import time
from collections.abc import Callable

import pytest
from django.db import connection

from marketplace.ledger.commands import close_month
from marketplace.ledger.queries import balance, balances_by_prefix, closed_until, trial_balance
from marketplace.shared import clock
from marketplace.shared.months import bounds, month_after, this_month
from tests.bench.recorder import record_figure
from tests.factories.ledger import a_fact
from tests.servers import superuser

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ENTRIES, SELLERS, MONTHS, OPEN = 1_250_000, 2_000, 13, 2
TIMES = 3

# As the owner, without foreign keys and triggers: entries balance by construction, their events are
# not asked for here.
BOOKS = (
    "SET session_replication_role = replica",
    """
    INSERT INTO ledger_account (code, kind, currency, created_at)
    SELECT code, 'asset', 'TZS', now() FROM unnest(ARRAY['provider_clearing:mpesa',
        'provider_clearing:mixx', 'provider_clearing:airtel', 'commission_revenue', 'vat_payable']) code
    UNION ALL
    SELECT family || ':SEL-' || lpad(n::text, 8, '0'), 'liability', 'TZS', now()
    FROM unnest(ARRAY['seller_pending', 'seller_available', 'seller_on_hold']) family,
        generate_series(1, %(sellers)s) n""",
    """
    CREATE TEMP TABLE booked AS SELECT n, gen_random_uuid() AS id,
        %(since)s + n * (%(until)s - %(since)s) / %(entries)s AS at
    FROM generate_series(1, %(entries)s - 1) n""",
    """
    INSERT INTO ledger_entry (id, memo, posted_at, event_id)
    SELECT id, 'Payment ' || n, at, gen_random_uuid() FROM booked ORDER BY n""",
    """
    INSERT INTO ledger_posting (amount_minor, currency, reference, posted_at, account_id, entry_id)
    SELECT side.amount, 'TZS', 'ORD-' || lpad(n::text, 8, '0'), at, a.id, b.id
    FROM booked b CROSS JOIN LATERAL (VALUES
        ((ARRAY['provider_clearing:mpesa', 'provider_clearing:mixx', 'provider_clearing:airtel'])[1 + n %% 3],
            1000000),
        ('seller_pending:SEL-' || lpad((1 + n %% %(sellers)s)::text, 8, '0'), -900000),
        ('commission_revenue', -84700), ('vat_payable', -15300)) side (code, amount)
    JOIN ledger_account a ON a.code = side.code ORDER BY n""",
)
FLOOR = """
SELECT account_id, sum(amount_minor) FILTER (WHERE amount_minor > 0),
    sum(amount_minor) FILTER (WHERE amount_minor < 0) FROM ledger_posting GROUP BY account_id"""


@pytest.fixture
def books():
    """Written by PostgreSQL itself and analysed; the older months are closed by the command."""
    first = month_after(this_month(), 1 - MONTHS)
    given = {
        "sellers": SELLERS, "entries": ENTRIES, "since": bounds(first)[0], "until": clock.now(),
    }  # fmt: skip
    with superuser() as server:
        for statement in BOOKS:
            server.execute(statement, given)
    with superuser() as server:
        server.autocommit = True
        server.execute("VACUUM ANALYZE ledger_posting")
    began = time.perf_counter()
    for number in range(MONTHS - OPEN):
        close_month(month=month_after(first, number), event=a_fact())
    record_figure("ledger.5m.close_s", (time.perf_counter() - began) / (MONTHS - OPEN), "s")


def quickest_ms(action: Callable[[], object]) -> float:
    def once() -> float:
        began = time.perf_counter()
        action()
        return time.perf_counter() - began

    return min(once() for _ in range(TIMES)) * 1000


def whole() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR)
        return list(cursor.fetchall())


def test_balances_of_five_million_postings(books):
    closed = closed_until()
    floor_ms = quickest_ms(whole)
    asked: dict[str, Callable[[], object]] = {
        "trial_balance": trial_balance,
        "trial_balance_closed": lambda: trial_balance(at=closed),
        "sellers_pending": lambda: balances_by_prefix(prefix="seller_pending:"),
        "wallet": lambda: balance(account="provider_clearing:mpesa"),
    }
    record_figure("ledger.5m.whole_ms", floor_ms, "ms")
    for name, action in asked.items():
        record_figure(f"ledger.5m.{name}_ms", quickest_ms(action), "ms")

    lines = trial_balance()
    assert sum(one.balance_minor for one in lines) == 0
    assert sum(one.debit_minor for one in lines) == (ENTRIES - 1) * 1_000_000
