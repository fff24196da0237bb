"""A row of a report as one line of bytes, in which marks say where its cells are and of which kind.

PostgreSQL writes such lines (`COPY … TO STDOUT`), for who exchanges each mark for something longer and
need not take a row apart. BETWEEN stands between two cells, a line feed at the end. A cell stands
between two marks, as COPY escapes it: money in minor units, times as a number of days; or is EMPTY.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.base import TOTALS_MAX, CellKind, Column
from reports.texts import quoted, sql_local

EMPTY = b"\x01"
BETWEEN = b"\x1f"
ESCAPED = b"\\"
# What COPY makes of characters that would look like its own.
ESCAPES = {rb"\b": "\b", rb"\f": "\f", rb"\n": "\n", rb"\r": "\r", rb"\t": "\t", rb"\v": "\v"}
DAY_S = 86_400
UNIX_DAY = 25_569  # 1 January 1970, as a spreadsheet counts days.


@dataclass(frozen=True, slots=True)
class Marks:
    before: bytes
    after: bytes


BY_KIND = {
    CellKind.TEXT: Marks(b"\x02", b"\x03"),
    CellKind.INTEGER: Marks(b"\x04", b"\x05"),
    CellKind.INSTANT: Marks(b"\x06", b"\x05"),
    CellKind.DATE: Marks(b"\x07", b"\x05"),
    CellKind.MONEY: Marks(b"\x0e", b"\x0f"),
}
_OF_TOTALS = [bytes([code]) for code in range(0x10, 0x10 + TOTALS_MAX)]  # Below BETWEEN.


def marks_of(columns: Sequence[Column]) -> list[Marks]:
    """Of each column; one that has a total begins with a mark that no other column has."""
    own: Iterator[bytes] = iter(_OF_TOTALS)
    return [
        Marks(next(own), BY_KIND[one.kind].after) if one.is_totalled else BY_KIND[one.kind]
        for one in columns
    ]


def copy_marked(query: str) -> str:
    """The statement that copies a query of `sql_marked`."""
    return f"COPY ({query}) TO STDOUT (DELIMITER '{BETWEEN.decode()}', NULL '{EMPTY.decode()}')"


def sql_marked(columns: Sequence[Column]) -> str:
    """The cells as a select list of the columns `c0`, `c1`, … of `report_rows`."""
    return ", ".join(
        _sql_marked(f"report_rows.c{place}", column, marks)
        for place, (column, marks) in enumerate(zip(columns, marks_of(columns), strict=True))
    )


def cells_of(line: bytes, columns: Sequence[Column]) -> list[str]:
    """The cells of one line, without their marks; "" for an empty one."""
    # A backslash at a time, so that none is taken for the beginning of another escape.
    cells = line[:-1].replace(ESCAPED * 2, rb"\s").replace(ESCAPED + BETWEEN, rb"\d")
    return [
        "" if cell == EMPTY else _unescaped(cell[1:-1].decode())
        for cell, _column in zip(cells.split(BETWEEN), columns, strict=True)
    ]


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    for escape, character in ESCAPES.items():
        text = text.replace(escape.decode(), character)
    return text.replace(r"\d", BETWEEN.decode()).replace(r"\s", "\\")


def _sql_marked(cell: str, column: Column, marks: Marks) -> str:
    before, after = marks.before.decode(), marks.after.decode()
    if column.kind == CellKind.INSTANT:
        cell = f"(date_part('epoch', {sql_local(cell)}) / {DAY_S} + {UNIX_DAY})"
    elif column.kind == CellKind.DATE:
        cell = f"({cell} - DATE '1899-12-30')"
    elif column.kind == CellKind.TEXT:
        cell = f"nullif({cell}::text, '')"
    marked = f"'{before}' || {cell} || '{after}'"
    if not column.labels:
        return marked
    cases = " ".join(
        f"WHEN {quoted(code)} THEN {quoted(f'{before}{label}{after}')}"
        for code, label in column.labels.items()
    )
    return f"CASE {cell} {cases} ELSE {marked} END"
