"""Rows of a report as lines of cells with tabs between them: the text format of COPY, which PostgreSQL
writes quicker than anything else.

Money is in minor units, days and times are counted in days as a spreadsheet does; what is empty and
what is not there are the same. Inside a cell a backslash stands before what would look like a tab or
an end of line.
"""

from collections.abc import Sequence

from reports.base import CellKind, Column
from reports.texts import quoted, sql_local

BETWEEN = b"\t"
END = b"\n"
ESCAPED = b"\\"
ESCAPES = {rb"\b": "\b", rb"\f": "\f", rb"\n": "\n", rb"\r": "\r", rb"\t": "\t", rb"\v": "\v"}
DAY_S = 86_400
UNIX_DAY = 25_569  # 1 January 1970, as a spreadsheet counts days.


def copy_tabbed(query: str) -> str:
    """The statement that copies a query of `sql_cells`."""
    return f"COPY ({query}) TO STDOUT (NULL '')"


def sql_cells(columns: Sequence[Column]) -> str:
    """The cells as a select list of the columns `c0`, `c1`, … of `report_rows`."""
    return ", ".join(
        _sql_cell(f"report_rows.c{place}", column) for place, column in enumerate(columns)
    )


def cells_of(line: bytes) -> list[str]:
    """The cells of one line as they were before COPY escaped them."""
    return [_unescaped(cell.decode()) for cell in line.removesuffix(END).split(BETWEEN)]


def _unescaped(text: str) -> str:
    # A doubled backslash is parted first, so that its half is not taken for the beginning of an escape.
    parts = text.split("\\\\")
    for escape, character in ESCAPES.items():
        parts = [part.replace(escape.decode(), character) for part in parts]
    return "\\".join(parts)


def _sql_cell(cell: str, column: Column) -> str:
    if column.kind == CellKind.INSTANT:
        return f"(date_part('epoch', {sql_local(cell)}) / {DAY_S} + {UNIX_DAY})"
    if column.kind == CellKind.DATE:
        return f"({cell} - DATE '1899-12-30')"
    if column.kind != CellKind.TEXT:
        return cell
    if not column.labels:
        return f"{cell}::text"
    cases = " ".join(
        f"WHEN {quoted(code)} THEN {quoted(str(label))}" for code, label in column.labels.items()
    )
    return f"CASE {cell} {cases} ELSE {cell}::text END"
