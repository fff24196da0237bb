"""Reading a result file: CSV as portals and spreadsheets write it. Pure: bytes in, rows out.

Columns by their headings, in any order: reference, status, and where given amount (shillings),
receipt, reason.
"""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from marketplace.payouts.errors import ResultFileTooLong, ResultFileUnreadable
from marketplace.payouts.states import Verdict
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT

ROWS_MAX = 5_000
AMOUNT_MAX = 10**15
# What portals call a column; the first that is there counts.
HEADINGS = {
    "reference": ("reference", "payout", "payout reference", "third party id"),
    "outcome": ("status", "outcome", "result"),
    "amount": ("amount", "amount tzs"),
    "receipt": ("receipt", "transaction id", "transaction"),
    "reason": ("reason", "message", "failure reason", "details"),
}
PAID = {"paid", "success", "successful", "succeeded", "completed", "processed"}
FAILED = {"failed", "failure", "rejected", "cancelled", "declined", "expired"}
RETURNED = {"returned", "reversed"}


@dataclass(slots=True)
class Row:
    """One row as the file has it; `verdict` is not WAITING where it needs no look at our books."""

    line_number: int
    reference: str
    outcome: str
    receipt: str
    reason: str
    amount_minor: int | None = None
    verdict: Verdict = Verdict.WAITING
    note: str = ""


def read_rows(data: bytes) -> list[Row]:
    """Raises ResultFileUnreadable and ResultFileTooLong."""
    text = _text(data)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ResultFileUnreadable from error
    columns = _columns(lines[0]) if lines else {}
    if "reference" not in columns or "outcome" not in columns:
        raise ResultFileUnreadable
    body = [(number, line) for number, line in enumerate(lines[1:], start=2) if any(line)]
    if len(body) > ROWS_MAX:
        raise ResultFileTooLong(rows_max=ROWS_MAX)
    seen: set[str] = set()
    return [_row(number, line, columns, seen) for number, line in body]


def _text(data: bytes) -> str:
    """Spreadsheets save UTF-8 with or without a mark, UTF-16 with one, or the old Windows set."""
    is_marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if is_marked else ["utf-8-sig", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ResultFileUnreadable


def _columns(headings: list[str]) -> dict[str, int]:
    plain = [" ".join(heading.lower().replace("_", " ").split()) for heading in headings]
    return {
        name: plain.index(heading)
        for name, known in HEADINGS.items()
        if (heading := next((one for one in known if one in plain), None)) is not None
    }


def _row(number: int, line: list[str], columns: dict[str, int], seen: set[str]) -> Row:
    def cell(name: str, length: int) -> str:
        at = columns.get(name)
        return line[at].strip()[:length] if at is not None and at < len(line) else ""

    row = Row(
        line_number=number,
        reference=_ours(cell("reference", 40)),
        outcome=cell("outcome", 40).lower(),
        receipt=cell("receipt", 40),
        reason=cell("reason", 300),
    )
    amount = cell("amount", 40)
    try:
        row.amount_minor = _minor(amount) if amount else None
    except (InvalidOperation, ValueError):
        row.verdict, row.note = Verdict.UNREADABLE, amount
    if row.outcome not in PAID | FAILED | RETURNED:
        row.verdict, row.note = Verdict.UNREADABLE, row.outcome
    elif row.reference in seen:
        row.verdict = Verdict.REPEATED
    seen.add(row.reference)
    return row


def _ours(written: str) -> str:
    """Providers know `PO-7K3M9QX2` without its dash; case is nobody's care."""
    plain = written.upper()
    is_bare = plain.startswith("PO") and not plain.startswith("PO-")
    return f"PO-{plain[2:]}" if is_bare else plain


def _minor(amount: str) -> int:
    """`TZS 1,234,500.00` in minor units."""
    value = Decimal(amount.upper().replace("TZS", "").replace(",", "").strip())
    minor = value.scaleb(EXPONENT[DEFAULT_CURRENCY])
    if not minor.is_finite() or abs(minor) > AMOUNT_MAX or minor != minor.to_integral_value():
        raise ValueError(amount)
    return int(minor)
