"""The tables of one reconciliation: they live in its transaction, and nobody else sees them.

A statement of a million lines is judged where it lies. Rules are statements over these tables
(`rules.py`); only what a person must see comes out of the database.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# The file as it came: one row per line.
STAGED_LINE = """
    seq integer, line_number integer, dedupe_key text, kind text, receipt text, linked_receipt text,
    third_party_id text, counterparty text, completed_at timestamptz, amount_minor bigint,
    balance_minor bigint, details text, raw jsonb
"""
# Lines to judge: new ones (`seq`), or waiting ones that our books did not know before. Receipts are
# in capitals here and below: people and spreadsheets do not care about the case.
CANDIDATE = """
    line_id bigint NOT NULL, seq integer, kind text, receipt text, linked_receipt text,
    third_party_id text, counterparty text, details text, completed_at timestamptz,
    amount_minor bigint, dedupe_key text
"""
# What our books know of them (payments and payouts say it), with ids as they are compared.
SETTLED_MOVEMENT = """
    kind text, reference text COLLATE "C", receipt text, amount_minor bigint,
    settled_at timestamptz, wallet text, payment_receipt text, is_expected boolean,
    wire text GENERATED ALWAYS AS (replace(reference, '-', '')) STORED
"""
# One per line: what it is. Without `exception` it is explained; `argument` goes into the sentence.
# A line is displaced where a better one took what it was matched with.
VERDICT = """
    line_id bigint NOT NULL, rule text NOT NULL, score smallint, target_kind text,
    target_reference text COLLATE "C", expected_minor bigint, limit_minor bigint, exception text,
    argument text, is_displaced boolean NOT NULL DEFAULT false
"""
TABLES = {
    "staged_line": STAGED_LINE,
    "candidate": CANDIDATE,
    "settled_movement": SETTLED_MOVEMENT,
    "verdict": VERDICT,
}
DERIVED = ("repeated", "remaining", "contender", "unclaimed", "pair", "suspect")
# Joins of a million rows stay in memory; it counts for this transaction only.
WORK_MEM = "128MB"
ROWS_PER_STEP = 2_000


def run(sql: str, params: dict[str, Any] | None = None) -> int:
    """Execute one of our own statements; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def rows(sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query whose answer is small."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def stream(sql: str, params: dict[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a query whose answer may be large: a few thousand at a time are in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while step := cursor.fetchmany(ROWS_PER_STEP):
            yield from step


def lay_out(*names: str) -> None:
    """Empty tables, whatever an earlier reconciliation of this transaction left behind."""
    run(f"SET LOCAL work_mem = '{WORK_MEM}'")
    for name in (*names, *DERIVED):
        run(f"DROP TABLE IF EXISTS pg_temp.{name}")
    for name in names:
        run(f"CREATE TEMP TABLE {name} ({TABLES[name]}) ON COMMIT DROP")


def analyze(*names: str) -> None:
    """Tell the planner how many rows there are: it guesses a few, and would loop over a million."""
    for name in names:
        run(f"ANALYZE {name}")


def add_movements(
    movements: "list[QuerySet[Any, tuple[Any, ...]]]", where: str, params: tuple[Any, ...] = ()
) -> int:
    """Take over movements that `where` names (columns as in SETTLED_MOVEMENT, table `m`)."""
    added = 0
    for query in movements:
        sql, own = query.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO settled_movement
                SELECT kind, reference, upper(receipt), amount_minor, settled_at, wallet,
                    upper(payment_receipt), is_expected
                FROM ({sql}) AS m (kind, reference, receipt, amount_minor, settled_at, wallet,
                    payment_receipt, is_expected)
                WHERE ({where}) AND NOT EXISTS (
                    SELECT FROM settled_movement known
                    WHERE known.kind = m.kind AND known.reference = m.reference)
                """,  # noqa: S608 - our own query, and our own words
                [*own, *params],
            )
            added += cursor.rowcount
    return added
