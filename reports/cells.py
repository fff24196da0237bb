"""Rows of a report as the XML of a sheet: a pattern of the whole row, filled some thousand at a time.

Text is written as text, whatever it begins with; numbers, days and times as numbers. Cells have no
addresses, as the format allows: each stands behind the one before it.
"""

import csv
import re
from collections.abc import Sequence
from datetime import date
from io import StringIO
from xml.sax.saxutils import escape

from reports.base import CellKind, Column
from reports.workbook import Look, style

CHARACTERS_MAX = 32_767
DATED = {CellKind.INSTANT, CellKind.DATE}
NOTHING = "<c/>"
_DAY_S = 86_400
_EPOCH = date(1899, 12, 30).toordinal()  # Day nought of a spreadsheet.
# What XML cannot hold, and what only looks like the escape of it: `_x0007_`.
_STRANGE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_STRANGE_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n")
_STRANGE_WORDS = (b"_x", "\ufffe".encode(), "\uffff".encode())


class _Days(dict[str, int]):
    """`2026-10-04` as a spreadsheet counts days; each is worked out once."""

    def __missing__(self, text: str) -> int:
        day = self[text] = date.fromisoformat(text).toordinal() - _EPOCH
        return day

    def serial(self, text: str) -> str:
        """A day, or a day and a time, as the number that a spreadsheet keeps."""
        day = self[text[:10]]
        if len(text) == 10:
            return str(day)
        seconds = int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:])
        return f"{day + seconds / _DAY_S:.10f}"


class _Patterns(dict[bytes, str]):
    """Rows as patterns that their cells fill, by which of these hold something."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._cells = [_pattern(column.kind, Look.PLAIN) for column in columns]

    def __missing__(self, filled: bytes) -> str:
        cells = (
            one if is_filled else NOTHING
            for one, is_filled in zip(self._cells, filled, strict=True)
        )
        pattern = self[filled] = row(*cells)
        return pattern


class Table:
    """Lines of CSV as rows of XML."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._patterns, self._days = _Patterns(columns), _Days()
        self._texts = [place for place, one in enumerate(columns) if one.kind == CellKind.TEXT]
        self._dated = [place for place, one in enumerate(columns) if one.kind in DATED]

    def of_lines(self, lines: Sequence[bytes]) -> tuple[str, list[list[str]]]:
        """The XML; and the cells of each row, whose numbers are what they were."""
        block = b"".join(lines)
        is_plain = _is_plain(block) and max(map(len, lines)) < CHARACTERS_MAX
        if is_plain:
            block = block.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        rows = list(csv.reader(StringIO(block.decode(), newline="\n")))
        for cells in rows:
            for place in self._dated:
                if cells[place]:
                    cells[place] = self._days.serial(cells[place])
            if not is_plain:
                for place in self._texts:
                    cells[place] = escaped(cells[place])
        patterns = self._patterns
        xml = [patterns[bytes(map(bool, cells))] % tuple(filter(None, cells)) for cells in rows]
        return "".join(xml), rows


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def one_cell(text: str, kind: CellKind, look: Look) -> str:
    """A single cell, from its text."""
    if not text:
        return NOTHING
    if kind == CellKind.TEXT:
        text = escaped(text)
    elif kind in DATED:
        text = _Days().serial(text)
    return _pattern(kind, look) % text


def escaped(text: str) -> str:
    """Text for XML, as a spreadsheet reads it back; no longer than it can hold."""
    return escape(_STRANGE.sub(lambda one: f"_x{ord(one[0]):04X}_", text[:CHARACTERS_MAX]))


def _is_plain(block: bytes) -> bool:
    """Whether nothing in it needs a look at each text."""
    return len(block) == len(block.translate(None, _STRANGE_BYTES)) and not any(
        word in block for word in _STRANGE_WORDS
    )


def _pattern(kind: CellKind, look: Look) -> str:
    number = style(kind, look)
    if kind == CellKind.TEXT:
        styled = f' s="{number}"' if number else ""
        return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>'
    return f'<c s="{number}"><v>%s</v></c>'
