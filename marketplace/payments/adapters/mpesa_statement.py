"""Reads M-Pesa organisation statements: the detailed and the short layout, CSV or Excel.

Columns and preamble are found by their text, never by their place. The header's totals are no
control: real files contradict them (PROVIDERS 5.1, 5.4). Times are EAT without saying so.
"""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from io import StringIO

from django.utils.translation import gettext as _

from marketplace.payments.ports import (
    ParsedStatement,
    StatementKind,
    StatementRow,
    StatementUnreadable,
)
from marketplace.shared.clock import EAT
from marketplace.shared.excel import ExcelUnreadable, read_excel
from marketplace.shared.money import EXPONENT

CURRENCY = "TZS"
ROWS_MAX = 200_000
PREAMBLE_ROWS_MAX = 60
AMOUNT_MINOR_MAX = 10**15
ID_CHARS, DETAILS_CHARS = 40, 300
EXCEL_MAGIC = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")
REQUIRED = (
    "receipt no",
    "completion time",
    "details",
    "transaction status",
    "paid in",
    "withdrawn",
)
DATE_FORMATS = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")
TIME_FORMATS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
CURRENCY_WORDS = re.compile(
    r"(?<![A-Z])(?:TZS|TSHS?|KSHS?|SHS?)(?![A-Z])\.?|[\s\u00a0\u202f,']", re.IGNORECASE
)
ACCOUNT_IN_DETAILS = re.compile(r"\bAcc\.?\s*([0-9A-Za-z_+]+)", re.IGNORECASE)
# "Pay Utility from 25576****321 - ASHA M. Acc. MKT10023": what comes before is the kind of movement.
PARTY_IN_DETAILS = re.compile(r"\s(?:from|to|by)\s+(?=[+\d])|\s+-\s+|\s+Acc\.", re.IGNORECASE)
PERIOD = re.compile(r"from\s+(\d.*?\d)\s+to\s+(\d.*\d)", re.IGNORECASE)
TITLE = re.compile(r"statements? for\s+([0-9A-Za-z]{4,12})\b(.*)", re.IGNORECASE)
SHORT_CODE = re.compile(r"[0-9A-Za-z]{4,12}")

# The first pattern that is found decides; a sign of None fits both directions.
KINDS: tuple[tuple[re.Pattern[str], int | None, StatementKind], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), sign, kind)
    for pattern, sign, kind in (
        (r"\b(charges?|fees?|levy|tariff)\b", None, StatementKind.FEE),
        (r"\b(reversals?|reversed|refunds?)\b", -1, StatementKind.REFUND),
        (r"\b(reversals?|reversed|refunds?)\b", +1, StatementKind.OTHER),
        (r"settlement account|funds to bank|\bsweep\b|withdrawal of funds", -1, StatementKind.SWEEP),
        (r"\b(business|salary|promotion) payment\b|\bb2c\b|\bpayout\b|disburse", -1, StatementKind.PAYOUT),
        (r"\bpay (utility|bill)\b|\bstanding order\b|\bc2b\b|merchant payment", +1, StatementKind.PAYMENT),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: Sequence[str]


def parse(data: bytes) -> ParsedStatement:
    """All completed movements in `data`, oldest first. Raises StatementUnreadable.

    A line that is listed twice, word for word, is one movement. A line with both sides or neither
    is kept as OTHER with its `problem` in `raw`, so that a person sees it.
    """
    lines = _lines(data)
    header = _header(lines)
    columns = _columns(lines[header])
    preamble = lines[:header]
    body = [line for line in lines[header + 1 :] if any(line.cells)]
    rows = [row for line in body if (row := _row(line, columns)) is not None]
    start, end = _period(preamble)
    labels = _labels(preamble)
    return ParsedStatement(
        account=_account(preamble, labels),
        period_start=start,
        period_end=end,
        opening_minor=_stated(labels, "opening balance"),
        closing_minor=_stated(labels, "closing balance"),
        rows=_once_each(_oldest_first(rows)),
    )


# --- The file ---


def _lines(data: bytes) -> list[_Line]:
    rows = _excel(data) if data.startswith(EXCEL_MAGIC) else _csv(data)
    if len(rows) > ROWS_MAX:
        raise StatementUnreadable(_("The file has more than %(max)s lines.") % {"max": ROWS_MAX})
    return [_Line(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1)]


def _csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise StatementUnreadable(_("The file is neither CSV nor Excel."))
    header = next((line for line in text.splitlines() if "receipt no" in line.lower()), "")
    delimiter = max(",;\t", key=header.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise StatementUnreadable(
            _("The file is not CSV: %(problem)s.") % {"problem": error}
        ) from error


def _excel(data: bytes) -> list[list[str]]:
    try:
        rows = read_excel(data, rows_max=ROWS_MAX + 1)
    except ExcelUnreadable as error:
        raise StatementUnreadable(_("The Excel file cannot be read.")) from error
    return [[_cell_text(cell) for cell in row] for row in rows]


def _cell_text(cell: str | float) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else cell


def _header(lines: Sequence[_Line]) -> int:
    best: set[str] = set()
    for index, line in enumerate(lines[:PREAMBLE_ROWS_MAX]):
        found = {_label(cell) for cell in line.cells} & set(REQUIRED)
        if len(found) == len(REQUIRED):
            return index
        best = max(best, found, key=len)
    missing = ", ".join(name for name in REQUIRED if name not in best)
    raise StatementUnreadable(
        _("This is not an M-Pesa statement: no line has the columns %(missing)s.")
        % {"missing": missing}
    )


def _columns(header: _Line) -> dict[str, int]:
    """Label -> place; of a label that occurs twice, the first counts."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(header.cells):
        columns.setdefault(_label(cell), place)
    return columns


def _label(text: str) -> str:
    """`Paid In (TSh)` and `Receipt No.` as `paid in` and `receipt no`."""
    without_unit = re.sub(r"\([^)]*\)", " ", text)
    return " ".join(without_unit.replace(".", " ").replace(":", " ").lower().split())


# --- What stands above the header ---


def _labels(preamble: Sequence[_Line]) -> dict[str, str]:
    """`Label:` with its value in the same cell or in the next one that is not empty."""
    found: dict[str, str] = {}
    for line in preamble:
        cells = [cell for cell in line.cells if cell]
        for cell, following in zip(cells, [*cells[1:], ""], strict=True):
            label, colon, value = cell.partition(":")
            found.setdefault(_label(label), value.strip() if colon and value.strip() else following)
    return found


def _account(preamble: Sequence[_Line], labels: Mapping[str, str]) -> str:
    if short_code := SHORT_CODE.fullmatch(labels.get("short code", "")):
        return short_code[0]
    titles = (TITLE.search(cell) for line in preamble for cell in line.cells)
    return next((title[1] for title in titles if title), "")


def _period(preamble: Sequence[_Line]) -> tuple[datetime | None, datetime | None]:
    for cell in (cell for line in preamble for cell in line.cells):
        if found := PERIOD.search(cell):
            return _instant(found[1]), _instant(found[2], end_of_day=True)
    return None, None


def _stated(labels: Mapping[str, str], label: str) -> int | None:
    """A balance as stated above the table: often blank, and no control."""
    try:
        return minor_of(labels.get(label, ""))
    except ValueError:
        return None


# --- One line ---


def _row(line: _Line, columns: Mapping[str, int]) -> StatementRow | None:
    """The movement on a line; None where it did not complete."""

    def cell(label: str) -> str:
        place = columns.get(label)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    if cell("transaction status").lower() != "completed":
        return None
    receipt = cell("receipt no")
    completed_at = _instant(cell("completion time"))
    if not 0 < len(receipt) <= ID_CHARS or completed_at is None:
        raise StatementUnreadable(
            _("Line %(line)s has no receipt number or no completion time that can be read.")
            % {"line": line.number}
        )
    try:
        amount_minor, problem = _amount(cell("paid in"), cell("withdrawn"))
        balance_minor = minor_of(cell("balance"))
    except ValueError as error:
        raise StatementUnreadable(
            _("Line %(line)s has an amount that cannot be read: %(text)s.")
            % {"line": line.number, "text": error}
        ) from error
    details = cell("details")
    account = cell("a/c no") or _account_in(details)
    raw = {label: line.cells[place] for label, place in columns.items() if place < len(line.cells)}
    kind = _kind(cell("reason type"), details, amount_minor)
    return StatementRow(
        line_number=line.number,
        kind=StatementKind.OTHER if problem else kind,
        receipt=receipt,
        completed_at=completed_at,
        amount_minor=amount_minor,
        dedupe_key="",
        linked_receipt=cell("linked transaction id")[:ID_CHARS],
        third_party_id=account[:ID_CHARS],
        counterparty=(cell("other party info") or _counterparty_in(details))[:ID_CHARS],
        balance_minor=balance_minor,
        details=details[:DETAILS_CHARS],
        raw=raw | ({"problem": problem} if problem else {}),
    )


def minor_of(text: str) -> int | None:
    """`1,200.00`, `(1,200.00)`, `1 200.00-`, `TSh -300` in minor units; None for blank.

    Raises ValueError for anything else, for fractions of a minor unit and for absurd amounts.
    """
    bare = CURRENCY_WORDS.sub("", text).replace("\u2212", "-")
    if not bare:
        return None
    negative = bare.startswith(("(", "-")) or bare.endswith("-")
    number = bare.strip("()") if bare.startswith("(") and bare.endswith(")") else bare
    number = number.removesuffix("-") if number.endswith("-") else number.removeprefix("-")
    if not re.fullmatch(r"\+?\d{0,15}(?:\.\d{1,6})?", number) or not re.search(r"\d", number):
        raise ValueError(text)
    try:
        scaled = Decimal(number) * 10 ** EXPONENT[CURRENCY]
    except InvalidOperation as error:
        raise ValueError(text) from error
    if scaled != scaled.to_integral_value() or scaled > AMOUNT_MINOR_MAX:
        raise ValueError(text)
    return -int(scaled) if negative else int(scaled)


def _amount(paid_in: str, withdrawn: str) -> tuple[int, str]:
    """The signed amount and what is wrong with it. Zero counts as blank: the short layout fills in zeros."""
    into, out = minor_of(paid_in) or 0, minor_of(withdrawn) or 0
    if into and out:
        return into - abs(out), "both sides are set"
    if not into and not out:
        return 0, "no side is set"
    return into or -abs(out), ""


def _instant(text: str, *, end_of_day: bool = False) -> datetime | None:
    """An aware time; a date alone is its first or its last second. None where it cannot be read."""
    day, _space, time_of_day = " ".join(text.split()).partition(" ")
    date = next((found for form in DATE_FORMATS if (found := _parsed(day, form))), None)
    if date is None:
        return None
    if not time_of_day:
        return date.replace(hour=23, minute=59, second=59) if end_of_day else date
    formats = (found for form in TIME_FORMATS if (found := _parsed(time_of_day.upper(), form)))
    clock = next(formats, None)
    return datetime.combine(date.date(), clock.time(), tzinfo=EAT) if clock else None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=EAT)
    except ValueError:
        return None


def _kind(reason: str, details: str, amount_minor: int) -> StatementKind:
    """By the reason type, else by the words before the other party's name, who may be called anything."""
    text = reason or PARTY_IN_DETAILS.split(details, maxsplit=1)[0]
    for pattern, sign, kind in KINDS:
        if (sign is None or sign * amount_minor > 0) and pattern.search(text):
            return kind
    return StatementKind.OTHER


def _account_in(details: str) -> str:
    found = ACCOUNT_IN_DETAILS.search(details)
    return found[1] if found else ""


def _counterparty_in(details: str) -> str:
    parts = PARTY_IN_DETAILS.split(ACCOUNT_IN_DETAILS.split(details)[0], maxsplit=1)
    return parts[1].strip() if len(parts) > 1 else ""


# --- All lines ---


def _oldest_first(rows: list[StatementRow]) -> list[StatementRow]:
    """Files list the newest first; lines of the same second keep the order in which they happened."""
    is_newest_first = bool(rows) and rows[0].completed_at >= rows[-1].completed_at
    ordered = rows[::-1] if is_newest_first else rows
    return sorted(ordered, key=lambda row: row.completed_at)


def _once_each(rows: Sequence[StatementRow]) -> list[StatementRow]:
    """Rows with stable keys: equal in every file and layout that lists the movement.

    A receipt alone is no key: a payment and its charge share one. Two movements that differ in
    nothing but the balance after them are counted, so that a payment booked twice is seen twice.
    """
    seen: set[tuple[str, int | None]] = set()
    occurrences: Counter[str] = Counter()
    kept: list[StatementRow] = []
    for row in rows:
        key = (
            f"{row.receipt}|{row.kind}|{row.amount_minor}|{row.completed_at:%Y%m%d%H%M%S}"
            f"|{row.third_party_id}"
        )[:110]
        if (key, row.balance_minor) in seen:
            continue
        seen.add((key, row.balance_minor))
        occurrences[key] += 1
        number = occurrences[key]
        kept.append(replace(row, dedupe_key=key if number == 1 else f"{key}#{number}"))
    return kept
