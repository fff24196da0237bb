"""After a test: the data contradicts nothing."""

from marketplace.ledger.commands import check_now
from tasks.verification import INVARIANTS


def broken_invariants() -> list[str]:
    """Names of the invariants that do not hold, with examples; the verdicts are not kept."""
    check_now()
    findings = [(invariant.name, invariant.check()) for invariant in INVARIANTS]
    return [f"{name}: {finding.examples}" for name, finding in findings if finding.differing]
