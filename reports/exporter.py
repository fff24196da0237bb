"""Writing a report as CSV or XLSX, row by row, in memory that does not grow with the report.

Text that a spreadsheet would run as a formula is disarmed: in CSV by an apostrophe in front, in
XLSX by its type. Times are Tanzanian; money is shillings with two decimals.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import file_digest
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from marketplace.shared.clock import EAT
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT
from reports.base import Cell, CellKind, Figure, Report, Values
from reports.errors import ReportTooLong

type Progress = Callable[[int], None]

ROWS_PER_PROGRESS = 2_000
# What a sheet can hold, less its header and its totals.
XLSX_ROWS_MAX = 1_048_000
CSV_ROWS_MAX = 5_000_000
XLSX_CHARACTERS_MAX = 32_767
_SCALE = 10 ** EXPONENT[DEFAULT_CURRENCY]
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# A phone number or an amount begins like a formula and computes nothing.
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[ .,]\d+)*")
_NUMBER_FORMATS = {
    CellKind.MONEY: "#,##0.00;[Red]-#,##0.00",
    CellKind.INTEGER: "#,##0",
    CellKind.INSTANT: "yyyy-mm-dd hh:mm:ss",
    CellKind.DATE: "yyyy-mm-dd",
}


def export(report: Report, values: Values, form: str, path: Path, progress: Progress) -> int:
    """Write the report to `path` as `form` ("csv" or "xlsx"); how many rows it has.

    `progress` hears the number of rows every now and then. Raises ReportTooLong.
    """
    write = {"csv": _csv, "xlsx": _xlsx}[form]
    return write(report, values, path, progress)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


# --- CSV ---


def _csv(report: Report, values: Values, path: Path, progress: Progress) -> int:
    """UTF-8 with a byte order mark, which is how Excel knows.

    Header and rows; below them, after an empty line, the summary of a report that has one.
    """
    kinds = [column.kind for column in report.columns]
    done = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([disarmed(str(column.label)) for column in report.columns])
        for row in _counted(report.rows(values), progress, CSV_ROWS_MAX):
            writer.writerow([_text(cell, kind) for cell, kind in zip(row, kinds, strict=True)])
            done += 1
        if report.summary:
            writer.writerow([])
            for figure in report.summary(values):
                writer.writerow([disarmed(str(figure.label)), _text(figure.value, figure.kind)])
    return done


def disarmed(text: str) -> str:
    """The text as a spreadsheet may open it without running it."""
    if text.lstrip().startswith(_STARTS_A_FORMULA) or text.startswith(_STARTS_A_FORMULA):
        return text if _PLAIN_NUMBER.fullmatch(text) else f"'{text}"
    return text


def _text(cell: Cell, kind: CellKind) -> str:
    if cell is None:
        return ""
    if kind == CellKind.MONEY:
        return f"{Decimal(cell) / _SCALE:.2f}"  # type: ignore[arg-type]
    if kind == CellKind.INSTANT and isinstance(cell, datetime):
        return f"{cell.astimezone(EAT):%Y-%m-%d %H:%M:%S}"
    if kind == CellKind.TEXT:
        return disarmed(str(cell))
    return str(cell)


# --- XLSX ---


def _xlsx(report: Report, values: Values, path: Path, progress: Progress) -> int:
    """The rows with a frozen header and a totals row, and the summary on a sheet of its own."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = _formats(book)
        sheet = book.add_worksheet(str(report.title)[:31])
        for place, column in enumerate(report.columns):
            sheet.set_column(place, place, column.width)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(report.columns):
            sheet.write_string(0, place, str(column.label), formats["header"])
        done = _sheet_rows(sheet, report, values, formats, progress)
        _summary(book, report, values, formats)
    return done


def _sheet_rows(
    sheet: Any, report: Report, values: Values, formats: dict[str, Any], progress: Progress
) -> int:
    totals = [0] * len(report.columns)
    kinds = [column.kind for column in report.columns]
    totalled = [place for place, column in enumerate(report.columns) if column.is_totalled]
    done = 0
    for row in _counted(report.rows(values), progress, XLSX_ROWS_MAX):
        done += 1
        for place, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
            _write(sheet, done, place, cell, kind, formats[kind])
        for place in totalled:
            totals[place] += row[place] or 0  # type: ignore[operator]
    sheet.autofilter(0, 0, max(done, 1), len(kinds) - 1)
    if totalled:
        sheet.write_string(done + 1, 0, _("Total"), formats["header"])
        for place in totalled:
            _write(
                sheet,
                done + 1,
                place,
                totals[place],
                kinds[place],
                formats[f"total {kinds[place]}"],
            )
    return done


def _summary(book: Any, report: Report, values: Values, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(_("Summary")[:31])
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 24)
    asked = [
        Figure(parameter.label, values[parameter.name], _kind_of(values[parameter.name]))
        for parameter in report.parameters
    ]
    figures = [Figure(_("Report"), str(report.title)), *asked]
    figures += report.summary(values) if report.summary else []
    for place, figure in enumerate(figures):
        sheet.write_string(place, 0, str(figure.label), formats["header"])
        _write(sheet, place, 1, figure.value, figure.kind, formats[figure.kind])


def _write(sheet: Any, row: int, place: int, cell: Cell, kind: CellKind, form: Any) -> None:
    """One cell by its kind. Strings are written as strings, whatever they begin with."""
    if cell is None or cell == "":
        return
    if kind == CellKind.MONEY and isinstance(cell, int):
        sheet.write_number(row, place, cell / _SCALE, form)
    elif kind == CellKind.INTEGER and isinstance(cell, int):
        sheet.write_number(row, place, cell, form)
    elif kind == CellKind.INSTANT and isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell.astimezone(EAT).replace(tzinfo=None), form)
    elif kind == CellKind.DATE and isinstance(cell, date):
        sheet.write_datetime(row, place, cell, form)
    else:
        sheet.write_string(row, place, str(cell)[:XLSX_CHARACTERS_MAX], form)


def _formats(book: Any) -> dict[str, Any]:
    formats = {
        "header": book.add_format({"bold": True}),
        CellKind.TEXT: book.add_format(),
    }
    for kind, number_format in _NUMBER_FORMATS.items():
        formats[kind] = book.add_format({"num_format": number_format})
        formats[f"total {kind}"] = book.add_format(
            {"num_format": number_format, "bold": True, "top": 1}
        )
    return formats


def _kind_of(value: object) -> CellKind:
    return CellKind.DATE if isinstance(value, date) else CellKind.TEXT


def _counted(
    rows: Iterator[Sequence[Cell]], progress: Progress, rows_max: int
) -> Iterator[Sequence[Cell]]:
    for done, row in enumerate(rows, 1):
        if done > rows_max:
            raise ReportTooLong(rows=f"{rows_max:,}")
        yield row
        if done % ROWS_PER_PROGRESS == 0:
            progress(done)
