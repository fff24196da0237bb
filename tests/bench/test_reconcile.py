"""A month of a million movements: read, matched and written down, beside the bare join of the same rows."""

import time
from collections import Counter
from pathlib import Path

import pytest
from django.core.files import File
from django.core.management import call_command
from django.db import connection

from backoffice.roles import sync_roles
from marketplace.reconciliation.commands import import_statement, upload_statement
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    Statement,
    StatementLine,
)
from tests.bench.reconcile_month import Planted, make_payments, the_file
from tests.bench.recorder import record_figure
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.servers import superuser

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]

# The same rows from the same tables, by nothing but a join: what any reconciliation must write.
FLOOR_TABLES = """
CREATE SCHEMA floor;
CREATE TABLE floor.line (LIKE reconciliation_statementline INCLUDING ALL);
CREATE TABLE floor.match (LIKE reconciliation_match INCLUDING ALL);
ALTER TABLE floor.line ADD FOREIGN KEY (statement_id) REFERENCES reconciliation_statement
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE floor.match ADD FOREIGN KEY (line_id) REFERENCES floor.line DEFERRABLE INITIALLY DEFERRED
"""
FLOOR = (
    "INSERT INTO floor.line OVERRIDING SYSTEM VALUE SELECT * FROM reconciliation_statementline",
    """
    INSERT INTO floor.match
        (line_id, target_kind, target_reference, rule, score, explanation, matched_at)
    SELECT l.id, 'attempt', a.reference, 'receipt', 100, 'Receipt ' || l.receipt, now()
    FROM floor.line l JOIN payments_attempt a ON a.provider = l.provider
        AND a.receipt = l.receipt COLLATE "default" AND a.amount_minor = l.amount_minor
    ON CONFLICT DO NOTHING
    """,
)
JOIN = """
SELECT count(*) FROM reconciliation_statementline l JOIN payments_attempt a
    ON a.provider = l.provider AND a.receipt = l.receipt COLLATE "default"
"""
FALSE = """
SELECT count(*) FROM reconciliation_match m
JOIN reconciliation_statementline l ON l.id = m.line_id
JOIN payments_attempt a ON a.reference = m.target_reference
WHERE l.raw->>'notes' IS DISTINCT FROM a.conversation_id
"""


def peak_of(action) -> tuple[float, float]:
    """How long an action takes (s), and the most memory that this process held meanwhile (MB)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    began = time.perf_counter()
    action()
    seconds = time.perf_counter() - began
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak_kb = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    return seconds, int(peak_kb) / 1024


def test_a_million_lines_are_reconciled():
    make_payments()
    path, planted = the_file()
    with path.open("rb") as file:
        statement = upload_statement(
            provider="mpesa", file=File(file, name=path.name), actor=staff_actor()
        )

    seconds, peak_mb = peak_of(lambda: import_statement(statement_id=statement.pk, actor=SYSTEM))

    record_figure("reconcile.1m.s", seconds, "s")
    record_figure("reconcile.1m.peak_mb", peak_mb, "MB")
    floor_s, join_s = floor()
    record_figure("reconcile.1m.floor_s", floor_s, "s")
    record_figure("reconcile.1m.join_s", join_s, "s")
    record_figure("reconcile.1m.times_floor", seconds / floor_s, "times", aim="<= 3")
    nothing_was_missed(planted)
    with connection.cursor() as cursor:
        cursor.execute(FALSE)
        (false,) = cursor.fetchone()
    record_figure("reconcile.match_rate.dirty", match_rate(), "share", aim=">= 0.98")
    record_figure("reconcile.false_matches.dirty", false, "matches", aim="0")
    assert false == 0


def test_the_demo_is_reconciled():
    sync_roles()
    call_command("seed_demo", "--orders", "400", "--days", "60", verbosity=0)
    deliver_all()

    assert Statement.objects.filter(status="imported").exists()
    record_figure("reconcile.match_rate.demo", match_rate(), "share")


def floor() -> tuple[float, float]:
    """How long the bare join takes that writes the same rows, and the one that only counts them (s)."""
    with superuser() as owner:
        owner.execute(FLOOR_TABLES)
        owner.execute("ANALYZE")
    began = time.perf_counter()
    with superuser() as owner:
        for statement in FLOOR:
            owner.execute(statement)
    writing = time.perf_counter() - began
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(JOIN)
    joining = time.perf_counter() - began
    with superuser() as owner:
        owner.execute("DROP SCHEMA floor CASCADE")
    return writing, joining


def nothing_was_missed(planted: Planted) -> None:
    kinds = Counter(ReconciliationException.objects.values_list("kind", flat=True))
    assert kinds == planted.exceptions
    assert StatementLine.objects.count() == planted.lines
    assert Match.objects.count() == planted.matched


def match_rate() -> float:
    return StatementLine.objects.filter(state="matched").count() / StatementLine.objects.count()
