"""A report as a workbook: what was asked for on the first sheet, the rows on the next, the summary last.

More rows than a sheet can hold go on to further sheets, each with the heading.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from string import ascii_uppercase

from django.utils.translation import gettext as _

from reports.base import CellKind, Column, Figure
from reports.cells import Table, one_cell, row
from reports.streams import Rows, totals_of
from reports.texts import text_of
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
    totals = {place: 0 for place, column in enumerate(columns) if column.is_totalled}
    steps = rows.steps()
    step = next(steps, None)
    while True:
        with book.sheet(str(rows.report.title), widths, is_table=True) as sheet:
            sheet.write(_heading(columns))
            count = 0
            while step and count + len(step) <= SHEET_ROWS_MAX - HEADING_AND_TOTALS:
                xml, cells = table.of_lines(step)
                sheet.write(xml)
                count += len(step)
                for place in totals:
                    totals[place] += _sum(cells, place)
                step = next(steps, None)
            sheet.table = f"A1:{_letters(len(columns))}{max(count, 1) + 1}"
            if step is None:
                if totals:
                    sheet.write(_totals(columns, totals))
                return


def _heading(columns: Sequence[Column]) -> str:
    return row(*(one_cell(str(one.label), CellKind.TEXT, Look.HEADING) for one in columns))


def _totals(columns: Sequence[Column], totals: dict[int, int]) -> str:
    texts = totals_of(columns, totals)[1:]
    return row(
        one_cell(_("Total"), CellKind.TEXT, Look.HEADING),
        *(
            one_cell(text, one.kind, Look.TOTAL)
            for text, one in zip(texts, columns[1:], strict=True)
        ),
    )


def _sum(cells: Sequence[Sequence[str]], place: int) -> int:
    """Of one column, in minor units where it is money; empty cells are nothing."""
    return sum(map(int, " ".join(one[place] for one in cells).replace(".", "").split()))


def _write_figures(
    book: Workbook, title: str, figures: Sequence[Figure], *, is_first: bool = False
) -> None:
    with book.sheet(title, FIGURE_WIDTHS, is_first=is_first) as sheet:
        for figure in figures:
            text = text_of(figure.value, Column("", figure.kind))
            sheet.write(
                row(
                    one_cell(str(figure.label), CellKind.TEXT, Look.HEADING),
                    one_cell(text, figure.kind, Look.LEFT),
                )
            )


def _letters(number: int) -> str:
    """What a sheet calls its n-th column: A, Z, AA."""
    letters = ""
    while number:
        number, place = divmod(number - 1, len(ascii_uppercase))
        letters = ascii_uppercase[place] + letters
    return letters
