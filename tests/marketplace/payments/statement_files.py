"""Statement files as the tests look at them: all rows, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from marketplace.payments.adapters.statements import read_statement
from marketplace.payments.ports import StatementRow


@dataclass(frozen=True)
class Listed:
    """A statement that was read to its end."""

    account: str
    period_start: datetime | None
    period_end: datetime | None
    opening_minor: int | None
    closing_minor: int | None
    rows: list[StatementRow]


def listed(data: bytes, provider: str = "mpesa") -> Listed:
    """Lines of the same second keep the order in which they happened: files list the newest first."""
    parsed = read_statement(provider=provider, file=BytesIO(data))
    rows = list(parsed.rows)
    if rows and rows[0].completed_at >= rows[-1].completed_at:
        rows.reverse()
    rows.sort(key=lambda row: row.completed_at)
    return Listed(
        parsed.account,
        parsed.period_start,
        parsed.period_end,
        parsed.opening_minor,
        parsed.closing_minor,
        rows,
    )
