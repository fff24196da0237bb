"""A report on paper: what was asked for, its summary and verdict on the first page, then the rows."""

from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.shared.money import DEFAULT_CURRENCY, format_minor
from reports.base import CellKind, Column, Figure
from reports.errors import PaperTooLong, ReportTooLong
from reports.pdf import ROWS_MAX, Paper, Section, write
from reports.pdf import Column as PaperColumn
from reports.streams import Rows, number_of, totals_of
from reports.texts import minor_of, text_of

# Widths of a report's columns together, in characters, beyond which the sheet is turned, and beyond
# which the type is small as well.
WIDTH_UPRIGHT_MAX = 110
WIDTH_FULL_SIZE_MAX = 165
# Added to the width of each column, in favour of the narrow ones, whose words would break.
ROOM = 8
NUMBERS = {CellKind.MONEY, CellKind.INTEGER}


def write_paper(
    rows: Rows, path: Path, about: Callable[[Rows], list[Figure]], summary: Sequence[Figure]
) -> None:
    """Draw all pages; `about` is asked when the rows have passed. Raises PaperTooLong."""
    report = rows.report
    width = sum(column.width for column in report.columns)
    try:
        table = _table(rows, is_small=width > WIDTH_FULL_SIZE_MAX)
    except ReportTooLong as error:
        raise PaperTooLong(rows=f"{ROWS_MAX:,}") from error
    figures = about(rows)
    issuer = settings.LEGAL_IDENTITY
    paper = Paper(
        title=str(report.title),
        subtitle=str(report.description),
        facts=[(str(one.label), _said(one)) for one in summary if one.is_good is not None],
        sections=[_list(_("About"), figures)],
        footer=f"{issuer['name']} · TIN {issuer['tin']} · {report.title} · {rows.checksum[:16]}",
        is_wide=width > WIDTH_UPRIGHT_MAX,
    )
    if summary:
        paper.sections.append(_list(_("Summary"), summary))
    paper.sections.append(table)
    with path.open("wb") as file:
        write(paper, file)


def shown(text: str, column: Column) -> str:
    """A cell for the eye: numbers with their thousands apart, times to the minute."""
    if not text:
        return ""
    if column.kind == CellKind.MONEY:
        return format_minor(minor_of(text)).removeprefix(f"{DEFAULT_CURRENCY} ")
    if column.kind == CellKind.INTEGER:
        return f"{int(text):,}"
    return text[:16] if column.kind == CellKind.INSTANT else text


def _table(rows: Rows, *, is_small: bool) -> Section:
    columns = rows.report.columns
    totals = {place: 0 for place, column in enumerate(columns) if column.is_totalled}
    lines = []
    for texts in rows.texts():
        lines.append(_line(texts, columns))
        for place in totals:
            totals[place] += number_of(texts[place], columns[place])
    last = _line(totals_of(columns, totals), columns) if totals and lines else []
    if last and not last[0]:
        last[0] = _("Total")
    return Section(
        str(rows.report.title),
        [
            PaperColumn(str(column.label), column.width + ROOM, is_number=column.kind in NUMBERS)
            for column in columns
        ],
        lines,
        last,
        is_small=is_small,
    )


def _line(texts: Sequence[str], columns: Sequence[Column]) -> list[str]:
    return [shown(text, column) for text, column in zip(texts, columns, strict=True)]


def _list(title: str, figures: Sequence[Figure]) -> Section:
    """Labels with their values beside them."""
    columns = [PaperColumn(title, 2), PaperColumn("", 3)]
    return Section("", columns, [(str(one.label), _said(one)) for one in figures])


def _said(figure: Figure) -> str:
    column = Column("", figure.kind)
    return shown(text_of(figure.value, column), column)
