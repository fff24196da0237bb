"""A seller's statement for the seller's own eyes, made while they wait: CSV, a workbook, or on paper."""

from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.template.defaultfilters import date as format_date
from django.utils.translation import gettext as _

from marketplace.sellers.queries import legal_details
from marketplace.shared.money import format_minor
from reports.base import CellKind, Format, Values
from reports.exporter import export
from reports.invoices import party
from reports.papers import shown
from reports.pdf import ROWS_MAX, Paper, Section, write
from reports.pdf import Column as PaperColumn
from reports.seller_statement import REPORT
from reports.streams import Rows, snapshot

# Posted, account, memo, reference, in, out, balance.
SHARES = (1.7, 1.1, 3.1, 1.5, 1.4, 1.4, 1.5)


def write_statement(*, seller_id: UUID, since: date, until: date, form: str, path: Path) -> None:
    """Write the days from `since` to `until`, both included, to `path` in the active language.

    Raises ParameterInvalid for no period or too long a one, and ReportTooLong.
    """
    details = legal_details(seller_id=seller_id)
    raw = {"since": since, "until": until, "seller": details["reference"]}
    values = REPORT.parse(raw)
    if form != Format.PDF:
        export(REPORT, values, form, path)
        return
    with snapshot():
        paper = _paper(values, details)
    with path.open("wb") as file:
        write(paper, file)


def _paper(values: Values, details: dict[str, str]) -> Paper:
    assert REPORT.summary is not None
    days = (format_date(values[name], "j F Y") for name in ("since", "until"))
    figures = [
        (str(figure.label), format_minor(figure.value))
        for figure in REPORT.summary(values)
        if figure.kind == CellKind.MONEY and isinstance(figure.value, int)
    ]
    issuer = settings.LEGAL_IDENTITY
    return Paper(
        title=str(REPORT.title),
        subtitle=" – ".join(days),
        parties=[party(_("From"), issuer), party(_("To"), details)],
        sections=[_movements(values)],
        figures=figures,
        notes=[_("All amounts in TZS. Pending, available and on hold are stated together.")],
        footer=f"{issuer['name']} · TIN {issuer['tin']} · {details['reference']}",
    )


def _movements(values: Values) -> Section:
    rows = Rows(REPORT, values, rows_max=ROWS_MAX)
    return Section(
        "",
        [
            PaperColumn(str(column.label), share, is_number=column.kind == CellKind.MONEY)
            for column, share in zip(REPORT.columns, SHARES, strict=True)
        ],
        [
            [shown(text, column) for text, column in zip(row, REPORT.columns, strict=True)]
            for row in rows.texts()
        ],
    )
