"""Cells as text, the same whether Python or PostgreSQL writes them.

Times are Tanzanian; money is shillings with two decimals. Text that a spreadsheet would run as a
formula is disarmed by an apostrophe in front.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from psycopg import sql

from marketplace.shared.clock import EAT
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT
from reports.base import Cell, CellKind, Column

SCALE = 10 ** EXPONENT[DEFAULT_CURRENCY]
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# A phone number or an amount begins like a formula and computes nothing.
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[ .,][0-9]+)*")
_SPACES = "".join(chr(point) for point in range(0x3001) if chr(point).isspace())


def disarmed(text: str) -> str:
    """The text as a spreadsheet may open it without running it."""
    if text.lstrip().startswith(_STARTS_A_FORMULA) or text.startswith(_STARTS_A_FORMULA):
        return text if _PLAIN_NUMBER.fullmatch(text) else f"'{text}"
    return text


def text_of(cell: Cell, column: Column) -> str:
    """The cell in words; text is not disarmed yet."""
    if cell is None:
        return ""
    if column.kind == CellKind.MONEY:
        return f"{Decimal(cell) / SCALE:.2f}"  # type: ignore[arg-type]
    if column.kind == CellKind.INSTANT and isinstance(cell, datetime):
        return f"{cell.astimezone(EAT):%Y-%m-%d %H:%M:%S}"
    if column.labels:
        return str(column.labels.get(str(cell), cell))
    if column.said:
        return column.said.again(str(cell))
    return str(cell)


def texts_of(cells: Sequence[Cell], columns: Sequence[Column], *, guarded: bool) -> list[str]:
    texts = [text_of(cell, column) for cell, column in zip(cells, columns, strict=True)]
    if not guarded:
        return texts
    return [
        disarmed(text) if column.kind == CellKind.TEXT else text
        for text, column in zip(texts, columns, strict=True)
    ]


def minor_of(text: str) -> int:
    """Minor units again from money as text."""
    return int(text.replace(".", "")) if text else 0


def sql_texts(columns: Iterable[Column], *, guarded: bool) -> str:
    """What `text_of` says, as a select list of the columns `c0`, `c1`, … of `report_rows`."""
    return ", ".join(
        _sql_text(f"report_rows.c{place}", column, guarded=guarded)
        for place, column in enumerate(columns)
    )


def sql_said(cell: str, column: Column) -> str:
    """The cell as it is selected, or with its sentence said again."""
    return column.said.in_sql(cell, quoted) if column.said else cell


def sql_local(cell: str) -> str:
    """An instant to the second, as clocks in Tanzania show it."""
    return f"date_trunc('second', {cell} AT TIME ZONE '{EAT.key}')"


def quoted(text: str) -> str:
    """A literal of ours inside a statement that has its values filled in by psycopg."""
    return sql.Literal(text).as_string().replace("%", "%%")


def _sql_text(cell: str, column: Column, *, guarded: bool) -> str:
    if column.kind == CellKind.MONEY:
        return f"{cell} * 0.{1:0{EXPONENT[DEFAULT_CURRENCY]}}"
    if column.kind == CellKind.INSTANT:
        return sql_local(cell)
    if column.kind != CellKind.TEXT:
        return cell
    text = _sql_guarded(cell) if guarded else f"nullif({cell}::text, '')"
    if not column.labels:
        return text
    cases = " ".join(
        f"WHEN {quoted(code)} THEN {quoted(disarmed(str(label)) if guarded else str(label))}"
        for code, label in column.labels.items()
    )
    return f"CASE {cell} {cases} ELSE {text} END"


def _sql_guarded(cell: str) -> str:
    """`disarmed`, quick for what begins with a letter or a digit, or is empty: nearly everything."""
    text = f"{cell}::text"
    starts = ", ".join(map(quoted, _STARTS_A_FORMULA))
    return (
        f"CASE WHEN ascii({text}) BETWEEN 65 AND 122 OR ascii({text}) BETWEEN 48 AND 57 THEN {text}"
        f" WHEN nullif({text}, '') IS NULL THEN NULL"
        f" WHEN (left(ltrim({text}, {quoted(_SPACES)}), 1) IN ({starts})"
        f" OR left({text}, 1) IN ({starts}))"
        f" AND {text} !~ {quoted(f'^(?:{_PLAIN_NUMBER.pattern})$')} THEN '''' || {text}"
        f" ELSE {text} END"
    )
