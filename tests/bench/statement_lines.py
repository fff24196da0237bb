"""Statement lines by the million with their matches and exceptions, written by PostgreSQL itself.

They are made anew at each run: reading them back from a file would take as long, for it is the
indexes that take the time.
"""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from marketplace.reconciliation.models import Statement
from marketplace.shared.clock import EAT

FIRST_AT = datetime(2026, 3, 1, tzinfo=EAT)
# Two seconds apart: a million lines are three weeks.
STEP_S = 2
EXCEPTION_EVERY = 50
LINES_PER_STATEMENT = 50_000

_LINES = """
INSERT INTO reconciliation_statementline (statement_id, provider, dedupe_key, line_number, kind,
    receipt, linked_receipt, third_party_id, counterparty, completed_at, amount_minor,
    balance_minor, details, raw, state)
SELECT %s, 'mpesa', 'bench-' || n, n, CASE n %% 4 WHEN 0 THEN 'fee' ELSE 'payment' END,
    'RC' || lpad(n::text, 8, '0'), '', '', '25575****' || n %% 1000 || ' - ASHA M.',
    %s::timestamptz + n * interval '2 seconds', CASE n %% 4 WHEN 0 THEN -25000 ELSE 2500000 END,
    NULL, 'Pay Utility', '{}', CASE WHEN n %% %s = 0 THEN 'exception' ELSE 'matched' END
FROM generate_series(%s, %s) n"""
_MATCHES = """
INSERT INTO reconciliation_match (line_id, target_kind, target_reference, rule, explanation, matched_at)
SELECT id, CASE kind WHEN 'fee' THEN 'fee' ELSE 'attempt' END,
    CASE kind WHEN 'fee' THEN '' ELSE 'ATT-' || lpad(id::text, 8, '0') END, 'receipt',
    'Receipt ' || receipt || ' and amount.', now()
FROM reconciliation_statementline WHERE state = 'matched'"""
_EXCEPTIONS = """
INSERT INTO reconciliation_reconciliationexception (id, reference, provider, kind, status, line_id,
    target_kind, target_reference, expected_minor, actual_minor, explanation, happened_at, opened_at,
    resolution, reason)
SELECT gen_random_uuid(), 'EXC-' || lpad(id::text, 8, '0'), 'mpesa', 'missing_in_books', 'open', id,
    '', '', NULL, amount_minor, 'The provider has a receipt that we do not know.', completed_at, now(),
    '', ''
FROM reconciliation_statementline WHERE state = 'exception'"""


def statement_lines(count: int) -> None:
    """`count` lines of M-Pesa from `FIRST_AT` on: 98 of 100 matched, the others in exception."""
    with connection.cursor() as cursor:
        for first in range(1, count + 1, LINES_PER_STATEMENT):
            last = min(first + LINES_PER_STATEMENT - 1, count)
            statement = Statement.objects.create(
                provider="mpesa", original_name="bench.csv", sha256=f"{first:064d}",
                status="imported", lines_total=last - first + 1, uploaded_at=timezone.now(),
                period_start=FIRST_AT, period_end=FIRST_AT,
            )  # fmt: skip
            cursor.execute(_LINES, [statement.pk, FIRST_AT, EXCEPTION_EVERY, first, last])
        cursor.execute(_MATCHES)
        cursor.execute(_EXCEPTIONS)
        cursor.execute("SELECT count(*) FROM reconciliation_match")
