"""What accounts come to: the totals that the last closed month keeps, and the postings since.

Nothing can be posted before the end of a closed month, so its totals stay true as long as it is
closed; the books grow by the year, and what is added up does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.shared.rows import change, fetch


@dataclass(frozen=True, slots=True)
class Total:
    """Of one account, in minor units; both sides positive."""

    account: str
    kind: str
    debit_minor: int
    credit_minor: int

    @property
    def balance_minor(self) -> int:
        """Debits minus credits."""
        return self.debit_minor - self.credit_minor


# The last closed month that keeps totals: one that keeps none is only slower.
_KEPT = """
SELECT k.id, k.until FROM ledger_periodlock k
WHERE k.until <= coalesce(%(at)s, 'infinity'::timestamptz)
    AND EXISTS (SELECT FROM ledger_closedtotal t WHERE t.lock_id = k.id)
ORDER BY k.until DESC LIMIT 1"""

# One statement, so that no close or reopening comes between what is kept and what is added.
_TOTALS = f"""
WITH kept AS MATERIALIZED ({_KEPT}
), since AS MATERIALIZED (
    SELECT p.account_id, sum(greatest(p.amount_minor, 0)) AS debit,
        sum(greatest(-p.amount_minor, 0)) AS credit
    FROM ledger_posting p
    WHERE p.posted_at >= coalesce((SELECT until FROM kept), '-infinity')
        AND p.posted_at < coalesce(%(at)s, 'infinity'::timestamptz) {{narrowed}}
    GROUP BY p.account_id
)
SELECT a.code, a.kind, (coalesce(k.debit_minor, 0) + coalesce(s.debit, 0))::bigint AS debit_minor,
    (coalesce(k.credit_minor, 0) + coalesce(s.credit, 0))::bigint AS credit_minor
FROM ledger_account a
    LEFT JOIN ledger_closedtotal k ON k.account_id = a.id AND k.lock_id = (SELECT id FROM kept)
    LEFT JOIN since s ON s.account_id = a.id
WHERE {{wanted}}
ORDER BY a.code"""  # noqa: S608 - our own words
_OF = "AND p.account_id IN (SELECT id FROM ledger_account a WHERE {})"
_NAMED = "a.code = ANY(%(accounts)s)"
_FAMILY = "starts_with(a.code, %(prefix)s)"
TOTALS_OF_ALL = _TOTALS.format(narrowed="", wanted="true")
TOTALS_OF_NAMED = _TOTALS.format(narrowed=_OF.format(_NAMED), wanted=_NAMED)
TOTALS_OF_FAMILY = _TOTALS.format(narrowed=_OF.format(_FAMILY), wanted=_FAMILY)

_KEEP = f"""
INSERT INTO ledger_closedtotal (lock_id, account_id, debit_minor, credit_minor)
SELECT %(lock)s, a.id, t.debit_minor, t.credit_minor
FROM ({TOTALS_OF_ALL}) t JOIN ledger_account a USING (code)
WHERE t.debit_minor > 0 OR t.credit_minor > 0"""  # noqa: S608 - our own words


def totals(*, at: datetime | None = None) -> list[Total]:
    """Of every account, now or strictly before `at`, by code."""
    return [Total(*row) for row in fetch(TOTALS_OF_ALL, at=at)]


def totals_named(*, accounts: Sequence[str], at: datetime | None = None) -> list[Total]:
    """Of the accounts of these codes that there are."""
    return [Total(*row) for row in fetch(TOTALS_OF_NAMED, accounts=list(accounts), at=at)]


def totals_of_family(*, prefix: str, at: datetime | None = None) -> list[Total]:
    """Of all accounts whose code begins so (`seller_available:`)."""
    return [Total(*row) for row in fetch(TOTALS_OF_FAMILY, prefix=prefix, at=at)]


def keep_totals(*, lock_id: int, until: datetime) -> int:
    """Write down what all accounts come to at `until`, the end of the month that is closed; how many
    accounts."""
    return change(_KEEP, lock=lock_id, at=until)
