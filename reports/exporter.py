"""Writing a report as a file, row by row, in memory that does not grow with the report.

Every file says what was asked for, by whom and when, how many rows it has and their checksum: a
workbook on its first sheet, a PDF on its first page, a CSV below its rows, where it does not stand
in the way of programs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from marketplace.shared import clock
from reports.base import Cell, CellKind, Column, Figure, Format, Parameter, Report, Values
from reports.errors import FormatUnknown
from reports.papers import write_paper
from reports.pdf import ROWS_MAX as PAPER_ROWS_MAX
from reports.sheets import write_workbook
from reports.streams import Progress, Rows, csv_line, silent, snapshot
from reports.texts import disarmed, texts_of

ROWS_MAX = 5_000_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Ordered:
    """Who wants a file, since when, and what the order is called."""

    reference: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    rows: int
    checksum: str


def export(
    report: Report,
    values: Values,
    form: str,
    path: Path,
    *,
    progress: Progress = silent,
    ordered: Ordered | None = None,
) -> Made:
    """Write the report to `path`; rows, totals and summary are of one moment.

    `progress` hears the number of rows every now and then. Raises ReportTooLong, PaperTooLong, and
    FormatUnknown for a format that the report does not come in.
    """
    if form not in report.formats:
        raise FormatUnknown(known=", ".join(Format(one).label for one in report.formats))
    with snapshot():
        asked = _asked(report, values, ordered)

        def about(rows: Rows) -> list[Figure]:
            return [*asked, *_counted(rows)]

        if form == Format.CSV:
            rows = Rows(report, values, rows_max=ROWS_MAX, progress=progress)
            with path.open("wb") as file:
                file.writelines(_csv_parts(rows, about))
        else:
            rows_max = PAPER_ROWS_MAX if form == Format.PDF else ROWS_MAX
            rows = Rows(report, values, rows_max=rows_max, progress=progress)
            summary = report.summary(values) if report.summary else []
            write_file = write_paper if form == Format.PDF else write_workbook
            write_file(rows, path, about, summary)
    return Made(rows.count, rows.checksum)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def streamed(report: Report, figures: Sequence[Figure]) -> Iterator[bytes]:
    """A report without parameters as a CSV that is sent while it is read, of one moment.

    `figures` say below the rows what they are. Speaks the language of whoever asks for it, also
    when it is read later. A row too many ends it with an error: half a file never looks whole.
    """
    language = get_language()

    def parts() -> Iterator[bytes]:
        with snapshot(), override(language):
            rows = Rows(report, {}, rows_max=ROWS_MAX)
            yield from _csv_parts(rows, lambda rows: [*figures, *_counted(rows)])

    return parts()


def _counted(rows: Rows) -> list[Figure]:
    return [
        Figure(_("Rows"), rows.count, CellKind.INTEGER),
        Figure(_("SHA-256 of the rows"), rows.checksum),
    ]


def _csv_parts(rows: Rows, about: Callable[[Rows], list[Figure]]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, which is how Excel knows.

    Header and rows; below them, after an empty line each, what was asked for and the summary.
    """
    report = rows.report
    yield BYTE_ORDER_MARK
    yield csv_line(disarmed(str(column.label)) for column in report.columns)
    yield from rows.lines()
    summary = report.summary(rows.values) if report.summary else []
    for figures in (about(rows), summary):
        if figures:
            yield b"\n"
        for figure in figures:
            columns = (Column(""), Column("", figure.kind))
            yield csv_line(texts_of((str(figure.label), figure.value), columns, guarded=True))


def _said(parameter: Parameter, value: Cell) -> Cell:
    """A choice by its name; what was left open is everything."""
    if value is None:
        return _("All")
    if parameter.choices is None:
        return value
    return str(dict(parameter.choices()).get(str(value), value))


def _asked(report: Report, values: Values, ordered: Ordered | None) -> list[Figure]:
    """The report, its exact parameters, who ordered it and when; when its data were read."""
    figures = [Figure(_("Report"), str(report.title))]
    for parameter in report.asked:
        value = values[parameter.name]
        kind = CellKind.DATE if isinstance(value, date) else CellKind.TEXT
        figures.append(Figure(parameter.label, _said(parameter, value), kind))
    if ordered is not None:
        figures += [
            Figure(_("Order"), ordered.reference),
            Figure(_("Ordered by"), ordered.person),
            Figure(_("Ordered"), ordered.at, CellKind.INSTANT),
        ]
    return [*figures, Figure(_("Data of"), clock.now(), CellKind.INSTANT)]
