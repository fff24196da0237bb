"""After a test: the data contradicts nothing."""

from marketplace.ledger.commands import check_now
from marketplace.shared.invariants import check_all
from tasks.verification import INVARIANTS


def broken_invariants() -> list[str]:
    """Names of the invariants that do not hold, with examples."""
    check_now()
    return [
        f"{invariant.name}: {finding.examples}"
        for invariant, finding in check_all(INVARIANTS)
        if finding.differing
    ]
