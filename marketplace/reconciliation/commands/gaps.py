"""The other side: what our books say was settled, and no statement shows."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from marketplace.reconciliation.models import ReconciliationException, Statement
from marketplace.reconciliation.policies import SAFETY_MARGIN
from marketplace.reconciliation.sentences import Finding, kept
from marketplace.reconciliation.states import ExceptionKind
from marketplace.reconciliation.worktables import stream
from marketplace.shared import clock

MOVEMENTS_PER_STEP = 2_000


def open_gaps(*, statement: Statement) -> None:
    """Open an exception for each settled movement inside the statement's period that has no line in
    any statement. A target is reported once, whatever became of the report.

    Called after the statement's lines were judged: it looks at what is left unclaimed.
    """
    if statement.period_start is None or statement.period_end is None:
        return
    period = {
        "since": statement.period_start + SAFETY_MARGIN,
        "until": statement.period_end - SAFETY_MARGIN,
    }
    for step in batched(stream(MISSING, period), MOVEMENTS_PER_STEP):
        _open(statement, step)


def _open(statement: Statement, movements: Sequence[tuple[Any, ...]]) -> None:
    now = clock.now()
    rows = []
    for kind, reference, receipt, amount_minor, settled_at in movements:
        found = Finding(
            rule="",
            exception=ExceptionKind.MISSING_IN_STATEMENT.value,
            argument=statement.reference,
            reference=reference,
            expected_minor=amount_minor,
            limit_minor=None,
            actual_minor=None,
            details="",
            receipt=receipt,
        )
        rows.append(
            ReconciliationException(
                provider=statement.provider,
                kind=found.exception,
                target_kind=kind,
                target_reference=reference,
                expected_minor=amount_minor,
                explanation=kept(found),
                finding=found.kept(),
                happened_at=settled_at,
                opened_at=now,
            )
        )
    # `exception_once_per_target`: what is open already is no news.
    ReconciliationException.objects.bulk_create(rows, ignore_conflicts=True)


MISSING = """
SELECT m.kind, m.reference, m.receipt, m.amount_minor, m.settled_at
FROM unclaimed m
WHERE m.settled_at >= %(since)s AND m.settled_at < %(until)s
    AND NOT EXISTS (SELECT FROM verdict v
        WHERE v.target_kind = m.kind AND v.target_reference = m.reference)
    AND NOT EXISTS (SELECT FROM reconciliation_reconciliationexception e
        WHERE e.target_kind = m.kind AND e.target_reference = m.reference
        AND e.target_reference <> '' AND e.kind = 'missing_in_statement')
ORDER BY m.settled_at, m.reference
"""
