"""What the tests of reconciliation look at after an import."""

from typing import Any

from marketplace.ledger import chart
from marketplace.ledger.queries import balances
from marketplace.reconciliation.commands import import_statement
from marketplace.reconciliation.invariants import INVARIANTS
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    Statement,
    StatementLine,
)
from tests.factories.accounts import SYSTEM
from tests.factories.reconciliation import Row, an_uploaded_statement

CLEARING = chart.provider_clearing("mpesa")


def an_imported_statement(rows: list[Row], **layout: Any) -> Statement:
    statement = an_uploaded_statement(rows, **layout)
    return import_statement(statement_id=statement.pk, actor=SYSTEM)


def the_exception(kind: str) -> ReconciliationException:
    """The only open exception, which is of this kind."""
    row = ReconciliationException.objects.get(status="open")
    assert row.kind == kind
    return row


def matches() -> dict[str, tuple[str, str]]:
    """Our reference -> (receipt, rule)."""
    return {
        match.target_reference: (match.line.receipt, match.rule)
        for match in Match.objects.exclude(target_reference="").select_related("line")
    }


def money() -> dict[str, int]:
    """What reconciliation may move."""
    return balances(
        accounts=[CLEARING, chart.PROVIDER_FEES, chart.BANK, chart.SUSPENSE, chart.WRITE_OFFS]
    )


def everything() -> dict[str, Any]:
    """All that must not depend on the order of the files."""
    return {
        "lines": sorted(
            StatementLine.objects.values_list("dedupe_key", "kind", "amount_minor", "state")
        ),
        "matches": sorted(
            Match.objects.values_list("line__dedupe_key", "target_kind", "target_reference", "rule")
        ),
        "open": sorted(
            ReconciliationException.objects.filter(status="open").values_list(
                "kind", "line__receipt", "target_reference", "expected_minor", "actual_minor"
            ),
            key=str,
        ),
        "money": money(),
    }


def broken_invariants() -> dict[str, list[str]]:
    """Invariants that do not hold, with examples; empty where all is well."""
    findings = {invariant.name: invariant.check() for invariant in INVARIANTS}
    return {name: finding.examples for name, finding in findings.items() if finding.differing}
