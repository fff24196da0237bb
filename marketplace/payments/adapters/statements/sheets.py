"""A file's rows of cells, whatever it is: CSV in the encodings and with the delimiters that were met, or Excel.

Nothing is held in memory but the first rows: a statement may have a million.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO

from django.utils.translation import gettext as _

from marketplace.payments.ports import StatementUnreadable
from marketplace.shared.excel import ExcelUnreadable, excel_rows

ROWS_MAX = 2_000_000
# Excel's own limit; beyond it a workbook is none.
EXCEL_ROWS_MAX = 1_048_576
HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 1024 * 1024
EXCEL_MAGIC = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")
DELIMITERS = ",;\t|"
# `="0012"` is how a spreadsheet is told to leave a text alone.
QUOTED_FORMULA = ('="', '"')


@dataclass(frozen=True, slots=True)
class Line:
    """Cells without the space around them; `number` is the line of the file that ends the row."""

    number: int
    cells: list[str]


def is_excel(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(4).startswith(EXCEL_MAGIC)


def excel_lines(file: BinaryIO) -> Iterator[Line]:
    """The rows of the first sheet. Formulas are not computed; what Excel last saw is read as text."""
    try:
        for number, row in enumerate(excel_rows(file, rows_max=EXCEL_ROWS_MAX), 1):
            yield Line(number, [_cell_text(cell) for cell in row])
    except ExcelUnreadable as error:
        raise StatementUnreadable(_("The Excel file cannot be read.")) from error


def csv_lines(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Line]:
    """The rows of a text file; one that is no CSV is refused with the line."""
    file.seek(0)
    text = TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    reader = csv.reader((line.replace("\x00", "") for line in text), delimiter=delimiter)
    try:
        for row in reader:
            cells = list(map(str.strip, row))
            # Looking for the sign once is half the cost of looking at every cell.
            yield Line(reader.line_num, list(map(_bare, cells)) if "=" in "".join(cells) else cells)
            if reader.line_num > ROWS_MAX:
                raise StatementUnreadable(
                    _("The file has more than %(max)s lines.") % {"max": ROWS_MAX}
                )
    except csv.Error as error:
        raise StatementUnreadable(
            _("Line %(line)s is not CSV: %(problem)s.")
            % {"line": reader.line_num, "problem": error}
        ) from error
    finally:
        text.detach()


def encoding_of(file: BinaryIO) -> str:
    """By its mark, else UTF-8 where all of it is, else Windows' own. Raises StatementUnreadable."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head:
        return _unmarked_utf16(head)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while head:
            decoder.decode(head)
            head = file.read(CHUNK_BYTES)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _unmarked_utf16(head: bytes) -> str:
    """Latin text in UTF-16 has a zero in every second place, and nowhere else."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 0.8 * len(head[1::2]) and not even:
        return "utf-16-le"
    if even > 0.8 * len(head[::2]) and not odd:
        return "utf-16-be"
    raise StatementUnreadable(_("The file is neither CSV nor Excel."))


def _bare(cell: str) -> str:
    opening, closing = QUOTED_FORMULA
    if cell.startswith(opening) and cell.endswith(closing) and len(cell) > len(opening):
        return cell.removeprefix(opening).removesuffix(closing).strip()
    return cell


def _cell_text(cell: str | float) -> str:
    """Numbers as people write them: a receipt of digits is no amount with two decimals."""
    if isinstance(cell, str):
        return cell.strip()
    return f"{cell:.0f}" if cell.is_integer() else f"{cell:.6f}".rstrip("0")
