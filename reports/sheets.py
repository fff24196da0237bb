"""A report as a workbook: what was asked for on the first sheet, the rows on the second, the summary last.

xlsxwriter keeps one row of each sheet in memory. Text is written as text, whatever it begins with.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from reports.base import Cell, CellKind, Column, Figure
from reports.streams import Rows, number_of, totals_of
from reports.texts import minor_of, text_of

CHARACTERS_MAX = 32_767
TITLE_CHARACTERS_MAX = 31
LABEL_WIDTH, VALUE_WIDTH = 40, 72
_EPOCH = date(1899, 12, 30).toordinal()  # Day nought of a spreadsheet.
_DAY_S = 86_400
_NUMBER_FORMATS = {
    CellKind.MONEY: "#,##0.00;[Red]-#,##0.00",
    CellKind.INTEGER: "#,##0",
    CellKind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    CellKind.DATE: "yyyy-mm-dd",
}

type Write = Callable[[int, int, str], Any]


def write_workbook(
    rows: Rows, path: Path, about: Callable[[Rows], list[Figure]], summary: Sequence[Figure]
) -> None:
    """Write all sheets; `about` is asked when the rows have passed. Raises ReportTooLong."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = _formats(book)
        first = book.add_worksheet(_("About"))
        sheet = book.add_worksheet(str(rows.report.title)[:TITLE_CHARACTERS_MAX])
        _write_rows(sheet, rows, formats)
        _write_figures(first, about(rows), formats)
        if summary:
            _write_figures(book.add_worksheet(_("Summary")), summary, formats)


def _write_rows(sheet: Any, rows: Rows, formats: dict[str, Any]) -> None:
    """A frozen header that filters, the rows, the totals."""
    columns = rows.report.columns
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, str(column.label), formats["header"])
    totals = {place: 0 for place, column in enumerate(columns) if column.is_totalled}
    writers = [_writer(sheet, column.kind, formats[column.kind]) for column in columns]
    number = 0
    for number, texts in enumerate(rows.texts(), 1):
        for place, text in enumerate(texts):
            if text:
                writers[place](number, place, text)
        for place in totals:
            totals[place] += number_of(texts[place], columns[place])
    sheet.autofilter(0, 0, max(number, 1), len(columns) - 1)
    if totals:
        _write_totals(sheet, number + 1, columns, totals, formats)


def _write_totals(
    sheet: Any, row: int, columns: Sequence[Column], totals: dict[int, int], formats: dict[str, Any]
) -> None:
    sheet.write_string(row, 0, _("Total"), formats["header"])
    for place, text in enumerate(totals_of(columns, totals)):
        if text:
            kind = columns[place].kind
            _writer(sheet, kind, formats[f"total {kind}"])(row, place, text)


def _write_figures(sheet: Any, figures: Sequence[Figure], formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, 1, VALUE_WIDTH)
    for place, figure in enumerate(figures):
        sheet.write_string(place, 0, str(figure.label), formats["header"])
        text = _figure_text(figure.value, figure.kind)
        if text:
            _writer(sheet, figure.kind, formats[f"left {figure.kind}"])(place, 1, text)


def _figure_text(value: Cell, kind: CellKind) -> str:
    return text_of(value, Column("", kind))


def _writer(sheet: Any, kind: CellKind, form: Any) -> Write:
    """How a cell of a kind is written, from its text."""
    number, string = sheet.write_number, sheet.write_string
    match kind:
        case CellKind.MONEY:
            return lambda row, place, text: number(row, place, minor_of(text) / 100, form)
        case CellKind.INTEGER:
            return lambda row, place, text: number(row, place, int(text), form)
        case CellKind.INSTANT:
            return lambda row, place, text: number(row, place, _serial(text), form)
        case CellKind.DATE:
            return lambda row, place, text: number(
                row, place, date.fromisoformat(text).toordinal() - _EPOCH, form
            )
        case CellKind.TEXT:
            return lambda row, place, text: string(row, place, text[:CHARACTERS_MAX], form)


def _serial(text: str) -> float:
    """`2026-10-04 12:00:00` as a spreadsheet counts days."""
    instant = datetime.fromisoformat(text)
    seconds = instant.hour * 3600 + instant.minute * 60 + instant.second
    return instant.toordinal() - _EPOCH + seconds / _DAY_S


def _formats(book: Any) -> dict[str, Any]:
    """By kind: of a cell, of a total, and of a value beside its label (which stands on the left)."""
    formats = {"header": book.add_format({"bold": True})}
    for kind in CellKind:
        style = {"num_format": _NUMBER_FORMATS[kind]} if kind in _NUMBER_FORMATS else {}
        formats[kind] = book.add_format(style)
        formats[f"total {kind}"] = book.add_format(style | {"bold": True, "top": 1})
        formats[f"left {kind}"] = book.add_format(style | {"align": "left"})
    return formats
