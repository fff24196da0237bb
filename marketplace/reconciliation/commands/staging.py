"""From a file's rows to lines that can be judged: copied as they come, numbered, and known ones left out.

Memory stays flat: rows go to PostgreSQL as they are read, and are sorted and compared there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from json import JSONEncoder

from django.db import connection, transaction

from marketplace.payments.ports import StatementRow
from marketplace.reconciliation.worktables import analyze, lay_out, rows, run

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
COPY = """
COPY staged_line (seq, line_number, dedupe_key, kind, receipt, linked_receipt, third_party_id,
    counterparty, completed_at, amount_minor, balance_minor, details, raw) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Staged:
    """What a file brought: movements, those that no earlier file had, and their first and last time."""

    total: int
    new: int
    earliest: datetime | None
    latest: datetime | None


def stage(movements: Iterator[StatementRow]) -> bool:
    """Copy the rows to `staged_line`; whether the newest stands first.

    Raises StatementUnreadable where a row cannot be read; then nothing was kept.
    """
    first = last = None
    with transaction.atomic(), connection.cursor() as cursor:
        lay_out("staged_line", "candidate", "settled_movement", "verdict")
        with cursor.copy(COPY) as copy:
            for seq, row in enumerate(movements):
                first = first or row.completed_at
                last = row.completed_at
                copy.write_row(_columns(seq, row))
    return first is None or last is None or first >= last


def choose_new(*, provider: str, is_newest_first: bool) -> Staged:
    """Fill `candidate` with what no earlier file brought, oldest first; needs the provider's lock.

    A line that is listed twice, word for word, is one movement. Movements that differ in nothing but
    the balance after them are numbered, so that a payment booked twice is seen twice.
    """
    analyze("staged_line")
    order = {"order": -1 if is_newest_first else 1}
    run(REPEATED)
    run(FORGET_REPETITIONS, order)
    run(NUMBER_TWINS, order)
    new = run(CHOOSE, {"provider": provider, **order})
    analyze("candidate")
    total, earliest, latest = rows(
        "SELECT count(*), min(completed_at), max(completed_at) FROM staged_line"
    )[0]
    return Staged(total, new, earliest, latest)


def keep_lines(*, statement_id: object, provider: str) -> None:
    """Write the new lines down, each once, in the state that its verdict gives it."""
    run(KEEP, {"statement_id": statement_id, "provider": provider})


def _columns(seq: int, row: StatementRow) -> tuple[object, ...]:
    """A row as the table takes it; what the parser found wrong with it stands before its details."""
    problem = row.raw.get("problem")
    return (
        seq,
        row.line_number,
        row.dedupe_key,
        row.kind.value,
        row.receipt[:40],
        row.linked_receipt[:40],
        row.third_party_id[:64],
        row.counterparty[:40],
        row.completed_at.isoformat(),
        row.amount_minor,
        row.balance_minor,
        (f"{problem}: {row.details}" if problem else row.details)[:300],
        _encode(row.raw),
    )


REPEATED = """
CREATE TEMP TABLE repeated ON COMMIT DROP AS
SELECT dedupe_key FROM staged_line GROUP BY dedupe_key HAVING count(*) > 1
"""
FORGET_REPETITIONS = """
DELETE FROM staged_line USING (
    SELECT seq, row_number() OVER (
        PARTITION BY dedupe_key, balance_minor ORDER BY seq * %(order)s) AS place
    FROM staged_line WHERE dedupe_key IN (SELECT dedupe_key FROM repeated)
) again
WHERE again.seq = staged_line.seq AND again.place > 1
"""
NUMBER_TWINS = """
UPDATE staged_line SET dedupe_key = staged_line.dedupe_key || '#' || twin.place
FROM (
    SELECT seq, row_number() OVER (PARTITION BY dedupe_key ORDER BY seq * %(order)s) AS place
    FROM staged_line WHERE dedupe_key IN (SELECT dedupe_key FROM repeated)
) twin
WHERE twin.seq = staged_line.seq AND twin.place > 1
"""
# Ids in the order of time, so that lines of one second keep theirs.
CHOOSE = """
INSERT INTO candidate
SELECT nextval(pg_get_serial_sequence('reconciliation_statementline', 'id')), seq, kind,
    upper(receipt), upper(linked_receipt), third_party_id, counterparty, details, completed_at,
    amount_minor, dedupe_key
FROM (
    SELECT * FROM staged_line s
    WHERE NOT EXISTS (SELECT FROM reconciliation_statementline l
        WHERE l.provider = %(provider)s AND l.dedupe_key = s.dedupe_key)
    ORDER BY completed_at, seq * %(order)s
) s
"""
KEEP = """
INSERT INTO reconciliation_statementline (
    id, statement_id, provider, dedupe_key, line_number, kind, receipt, linked_receipt,
    third_party_id, counterparty, completed_at, amount_minor, balance_minor, details, raw, state)
SELECT c.line_id, %(statement_id)s, %(provider)s, s.dedupe_key, s.line_number, s.kind, s.receipt,
    s.linked_receipt, s.third_party_id, s.counterparty, s.completed_at, s.amount_minor,
    s.balance_minor, s.details, s.raw, CASE WHEN v.exception = '' THEN 'matched' ELSE 'exception' END
FROM candidate c JOIN staged_line s USING (seq) JOIN verdict v USING (line_id)
"""
