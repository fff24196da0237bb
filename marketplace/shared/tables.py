"""Tables from outside: CSV in any common dialect, or the first sheet of an XLSX, as rows of texts."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from marketplace.shared.excel import ExcelUnreadable, read_excel

XLSX_MAGIC = b"PK\x03\x04"


class TableUnreadable(Exception):
    """Says in the reader's language what is wrong with the file as a whole."""


def read_table(data: bytes, *, rows_max: int) -> Iterator[list[str]]:
    """Every row, its header first, each cell as text; of an XLSX at most `rows_max` rows.

    Raises TableUnreadable, also after some rows.
    """
    yield from _xlsx(data, rows_max) if data.startswith(XLSX_MAGIC) else _csv(data)


def repeated(header: list[str]) -> list[str]:
    """The names that stand in it more than once."""
    return sorted({name for name in header if name and header.count(name) > 1})


def _csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    try:
        dialect = csv.Sniffer().sniff(text[:4096].splitlines()[0], delimiters=",;\t")
    except (csv.Error, IndexError):
        dialect = csv.excel
    try:
        yield from csv.reader(StringIO(text), delimiter=dialect.delimiter)
    except csv.Error as error:
        raise TableUnreadable(
            _("The file is not a CSV table: %(error)s.") % {"error": error}
        ) from error


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        raise TableUnreadable(_("The file is neither CSV nor XLSX."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # What Excel on Windows saves as "CSV".


def _xlsx(data: bytes, rows_max: int) -> Iterator[list[str]]:
    try:
        rows = read_excel(data, rows_max=rows_max, skip_empty_area=True)
    except ExcelUnreadable as error:
        raise TableUnreadable(_("The Excel file cannot be read.")) from error
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: str | float) -> str:
    """A number that Excel shows without decimals has none."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
