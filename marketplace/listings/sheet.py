"""Reading a seller's file: CSV in any common dialect, or the first sheet of an XLSX."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from marketplace.listings.errors import ImportUnreadable
from marketplace.shared.tables import TableUnreadable, read_table, repeated

REQUIRED_COLUMNS = ("sku", "title", "brand", "category", "price_tzs", "quantity")
OPTIONAL_COLUMNS = ("condition", "warranty_months", "description")
ATTRIBUTE_PREFIX = "attr."
ROWS_MAX = 50_000

# The row's number as a spreadsheet shows it, and its cells by column.
type NumberedRow = tuple[int, dict[str, str]]


def read_rows(data: bytes) -> Iterator[NumberedRow]:
    """Every row that is not empty.

    Raises ImportUnreadable for a file that is no table, lacks a column, or has too many rows.
    """
    table = _table(data)
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


def _table(data: bytes) -> Iterator[list[str]]:
    try:
        yield from read_table(data, rows_max=ROWS_MAX + 2)
    except TableUnreadable as error:
        raise ImportUnreadable(problem=str(error)) from error


def _check_header(header: list[str]) -> None:
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    if missing:
        raise ImportUnreadable(
            problem=_("The first row must name the columns; missing: %(columns)s.")
            % {"columns": ", ".join(missing)}
        )
    if twice := repeated(header):
        raise ImportUnreadable(
            problem=_("These columns stand in the first row twice: %(columns)s.")
            % {"columns": ", ".join(twice)}
        )
    known = {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS, ""}
    unknown = [n for n in header if n not in known and not n.startswith(ATTRIBUTE_PREFIX)]
    if unknown:
        raise ImportUnreadable(
            problem=_("We do not know these columns: %(columns)s. Attributes begin with “attr.”.")
            % {"columns": ", ".join(unknown)}
        )
