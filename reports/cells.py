"""Rows of a report as the XML of a sheet.

Where PostgreSQL has written them (tabs.py), some hundred rows at once are parted into their cells, and
put together again with the XML that stands around the cells of each column: no row is looked at by
itself. Text is written as text, whatever it begins with; numbers, days and times as numbers. Cells
have no addresses, as the format allows: each stands behind the one before it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape

from marketplace.shared.clock import EAT
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT
from reports.base import Cell, CellKind, Column
from reports.tabs import BETWEEN, DAY_S, END, ESCAPED, ESCAPES, UNIX_DAY, cells_of
from reports.texts import text_of
from reports.workbook import Look, style

CHARACTERS_MAX = 32_767
NOTHING = "<c/>"
_NOTHING = NOTHING.encode()
# What XML cannot hold, and what only looks like the escape of it: `_x0007_`.
_STRANGE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_STRANGE_BYTES = (
    *(ESCAPED * 2, b"_x", "\ufffe".encode(), "\uffff".encode()),
    *(one for one, character in ESCAPES.items() if _STRANGE.match(character)),
)
_CONTROLS = bytes(range(0x20))
_SPACE = " \t\n\r"  # As XML understands it.
# A text with space at its ends keeps it only where its cell says so. (A pattern finds two bytes sooner
# than `in` does.)
_SPACED = (re.compile(BETWEEN + b" "), re.compile(b" " + BETWEEN))
_SPACED_BY_ESCAPE = (BETWEEN + ESCAPED, *(one + BETWEEN for one in ESCAPES))
_ROW, _ROW_END = b"<row>", b"</row>"


class Table:
    """Rows of these columns as XML. `totals` are of what was written: minor units, or numbers."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._around = [
            (before.encode(), after.encode())
            for before, after in (_around(column.kind, Look.PLAIN) for column in columns)
        ]
        self.totals = {place: 0 for place, column in enumerate(columns) if column.is_totalled}

    def of_lines(self, lines: Sequence[bytes]) -> bytes:
        """Lines of tabs.py. Those with something that needs a closer look are found by halving."""
        block = BETWEEN + b"".join(lines).replace(END, BETWEEN)
        if self._is_plain(block, lines):
            return self._put_together(block)
        if len(lines) > 1:
            middle = len(lines) // 2
            return self.of_lines(lines[:middle]) + self.of_lines(lines[middle:])
        cells = cells_of(lines[0])
        for place in self.totals:
            self.totals[place] += int(cells[place] or 0)
        return self._row(cells)

    def of_cells(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """Rows that were worked out here."""
        written = []
        for cells in rows:
            for place in self.totals:
                self.totals[place] += cells[place] or 0  # type: ignore[operator]
            written.append(self._row(map(value_of, cells, self._columns)))
        return b"".join(written)

    def _is_plain(self, block: bytes, lines: Sequence[bytes]) -> bool:
        """Whether no text has control characters, space at an end, is too long, or looks like an escape."""
        controls = len(block) - len(block.translate(None, _CONTROLS))
        return (
            controls == len(self._columns) * len(lines) + 1
            and not any(one[:1] in block and one in block for one in _STRANGE_BYTES)
            and not any(one.search(block) for one in _SPACED)
            and not (ESCAPED in block and any(one in block for one in _SPACED_BY_ESCAPE))
            and max(map(len, lines)) < CHARACTERS_MAX
        )

    def _put_together(self, block: bytes) -> bytes:
        """Cells that need no closer look, each between what stands around those of its column."""
        block = block.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        cells = block[1:-1].split(BETWEEN)
        width = len(self._columns)
        around = self._around.copy()
        for place, (before, after) in enumerate(self._around):
            column = cells[place::width]
            if place in self.totals:
                self.totals[place] += sum(map(int, filter(None, column)))
            if b"" in column:
                cells[place::width] = [
                    before + cell + after if cell else _NOTHING for cell in column
                ]
                around[place] = b"", b""
        row_end = around[-1][1] + _ROW_END
        between = [row_end + _ROW, *(after for _before, after in around[:-1])]
        parts: list[bytes] = []
        for parting, (before, _after) in zip(between, around, strict=True):
            parts += parting + before, b""
        parts *= len(cells) // width
        parts[1::2] = cells
        xml = b"".join(parts).removeprefix(row_end) + row_end
        if ESCAPED in block:
            for escape_, character in ESCAPES.items():
                xml = xml.replace(escape_, escaped(character).encode())
        return xml

    def _row(self, values: Iterable[str]) -> bytes:
        return row(
            *(
                one_cell(value, column.kind, Look.PLAIN)
                for value, column in zip(values, self._columns, strict=True)
            )
        )


def row(*cells: str) -> bytes:
    return f"<row>{''.join(cells)}</row>".encode()


def one_cell(value: str, kind: CellKind, look: Look) -> str:
    """A single cell, from what `value_of` says.

    A text with an escape or with space at an end takes the longer form, in which every program reads
    it as it is meant: LibreOffice resolves no escape in the shorter one.
    """
    if not value:
        return NOTHING
    before, after = _around(kind, look)
    if kind != CellKind.TEXT:
        return f"{before}{value}{after}"
    text = escaped(value)
    if "_x" in text or value != value.strip(_SPACE):
        number = f' s="{style(kind, look)}"' if style(kind, look) else ""
        return f'<c{number} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"{before}{text}{after}"


def value_of(cell: Cell, column: Column) -> str:
    """The cell as a sheet is given it: money in minor units, times and days as a number of days."""
    if column.kind == CellKind.INSTANT and isinstance(cell, datetime):
        local = cell.astimezone(EAT).replace(tzinfo=UTC, microsecond=0)
        return repr(local.timestamp() / DAY_S + UNIX_DAY).removesuffix(".0")
    if column.kind == CellKind.DATE and isinstance(cell, date):
        return str(cell.toordinal() - date(1970, 1, 1).toordinal() + UNIX_DAY)
    is_money = column.kind == CellKind.MONEY and cell is not None
    return str(cell) if is_money else text_of(cell, column)


def escaped(text: str) -> str:
    """Text for XML, as a spreadsheet reads it back; no longer than it can hold."""
    return escape(_STRANGE.sub(lambda one: f"_x{ord(one[0]):04X}_", text[:CHARACTERS_MAX]))


def _around(kind: CellKind, look: Look) -> tuple[str, str]:
    """What stands before a cell's value and behind it."""
    number = style(kind, look)
    if kind == CellKind.TEXT:
        styled = f' s="{number}"' if number else ""
        return f'<c{styled} t="str"><v>', "</v></c>"
    unit = f"E-{EXPONENT[DEFAULT_CURRENCY]}" if kind == CellKind.MONEY else ""
    return f'<c s="{number}"><v>', f"{unit}</v></c>"
