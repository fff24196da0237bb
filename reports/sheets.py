"""A report as a workbook: what was asked for on the first sheet, the rows on the next, the summary last.

More rows than a sheet can hold go on to further sheets, each with the heading.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase

from django.utils.translation import gettext as _

from reports.base import CellKind, Column, Figure
from reports.cells import Table, one_cell, row, value_of
from reports.streams import Rows
from reports.workbook import SHEET_ROWS_MAX, Look, Workbook

FIGURE_WIDTHS = (40, 72)
HEADING_AND_TOTALS = 2


def write_workbook(
    rows: Rows, path: Path, about: Callable[[Rows], list[Figure]], summary: Sequence[Figure]
) -> None:
    """Write all sheets; `about` is asked when the rows have passed. Raises ReportTooLong."""
    with Workbook(path) as book:
        _write_rows(book, rows)
        _write_figures(book, _("About"), about(rows), is_first=True)
        if summary:
            _write_figures(book, _("Summary"), summary)


def _write_rows(book: Workbook, rows: Rows) -> None:
    """Sheets with a frozen heading that filters; the totals stand below the last row of all."""
    columns = rows.report.columns
    widths = [column.width for column in columns]
    table = Table(columns)
    steps = rows.xml(table)
    step = next(steps, None)
    while True:
        with book.sheet(str(rows.report.title), widths, is_table=True) as sheet:
            sheet.write(_heading(columns))
            count = 0
            while step and count + step[0] <= SHEET_ROWS_MAX - HEADING_AND_TOTALS:
                sheet.write(step[1], rows.seal)
                count += step[0]
                step = next(steps, None)
            sheet.table = f"A1:{_letters(len(columns))}{max(count, 1) + 1}"
            if step is None:
                if table.totals:
                    sheet.write(_totals(columns, table.totals))
                return


def _heading(columns: Sequence[Column]) -> bytes:
    return row(*(one_cell(str(one.label), CellKind.TEXT, Look.HEADING) for one in columns))


def _totals(columns: Sequence[Column], totals: Mapping[int, int]) -> bytes:
    return row(
        one_cell(_("Total"), CellKind.TEXT, Look.HEADING),
        *(
            one_cell(value_of(totals.get(place), one), one.kind, Look.TOTAL)
            for place, one in enumerate(columns[1:], 1)
        ),
    )


def _write_figures(
    book: Workbook, title: str, figures: Sequence[Figure], *, is_first: bool = False
) -> None:
    with book.sheet(title, FIGURE_WIDTHS, is_first=is_first) as sheet:
        for figure in figures:
            value = value_of(figure.value, Column("", figure.kind))
            sheet.write(
                row(
                    one_cell(str(figure.label), CellKind.TEXT, Look.HEADING),
                    one_cell(value, figure.kind, Look.LEFT),
                )
            )


def _letters(number: int) -> str:
    """What a sheet calls its n-th column: A, Z, AA."""
    letters = ""
    while number:
        number, place = divmod(number - 1, len(ascii_uppercase))
        letters = ascii_uppercase[place] + letters
    return letters
