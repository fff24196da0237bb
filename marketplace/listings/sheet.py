"""Reading a seller's file: CSV in any common dialect, or the first sheet of an XLSX."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from marketplace.listings.errors import ImportUnreadable
from marketplace.shared.excel import ExcelUnreadable, read_excel

REQUIRED_COLUMNS = ("sku", "title", "brand", "category", "price_tzs", "quantity")
OPTIONAL_COLUMNS = ("condition", "warranty_months", "description")
ATTRIBUTE_PREFIX = "attr."
ROWS_MAX = 50_000
XLSX_MAGIC = b"PK\x03\x04"

# The row's number as a spreadsheet shows it, and its cells by column.
type NumberedRow = tuple[int, dict[str, str]]


def read_rows(data: bytes) -> Iterator[NumberedRow]:
    """Every row that is not empty.

    Raises ImportUnreadable for a file that is no table, lacks a column, or has too many rows.
    """
    table = _xlsx(data) if data.startswith(XLSX_MAGIC) else _csv(data)
    header = [name.strip().lower() for name in next(table, [])]
    _check_header(header)
    for number, cells in enumerate(table, start=2):
        if number - 1 > ROWS_MAX:
            raise ImportUnreadable(
                problem=_("The file has more than %(most)s rows. Please split it.")
                % {"most": ROWS_MAX}
            )
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if any(row.values()):
            yield number, row


def _check_header(header: list[str]) -> None:
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    if missing:
        raise ImportUnreadable(
            problem=_("The first row must name the columns; missing: %(columns)s.")
            % {"columns": ", ".join(missing)}
        )
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise ImportUnreadable(
            problem=_("These columns stand in the first row twice: %(columns)s.")
            % {"columns": ", ".join(repeated)}
        )
    known = {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS, ""}
    unknown = [n for n in header if n not in known and not n.startswith(ATTRIBUTE_PREFIX)]
    if unknown:
        raise ImportUnreadable(
            problem=_("We do not know these columns: %(columns)s. Attributes begin with “attr.”.")
            % {"columns": ", ".join(unknown)}
        )


def _csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    try:
        dialect = csv.Sniffer().sniff(text[:4096].splitlines()[0], delimiters=",;\t")
    except (csv.Error, IndexError):
        dialect = csv.excel
    try:
        yield from csv.reader(StringIO(text), delimiter=dialect.delimiter)
    except csv.Error as error:
        raise ImportUnreadable(
            problem=_("The file is not a CSV table: %(error)s.") % {"error": error}
        ) from error


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        raise ImportUnreadable(problem=_("The file is neither CSV nor XLSX."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # What Excel on Windows saves as "CSV".


def _xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        rows = read_excel(data, rows_max=ROWS_MAX + 2, skip_empty_area=True)
    except ExcelUnreadable as error:
        raise ImportUnreadable(problem=_("The Excel file cannot be read.")) from error
    for row in rows:
        yield [_cell(value) for value in row]


def _cell(value: str | float) -> str:
    """A number that Excel shows without decimals has none."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
