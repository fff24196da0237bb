"""Ordering a report: its questions on top, at once what it would hold, and the button that orders it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from backoffice.pages.blocks import Facts, Page, Piece, Table
from backoffice.pages.display import chip
from backoffice.pages.forms import WORDS_MAX, Choice, Words
from marketplace.shared.errors import DomainError
from reports.base import CellKind, Column, Figure, Format, Parameter, ParameterKind, Report, Values
from reports.errors import PreviewTooLong
from reports.periods import Preset
from reports.streams import Preview, preview, snapshot, totals_of
from reports.texts import text_of

ROWS_SHOWN = 50
PREVIEW_MS_MAX = 10_000
NUMBERS = {CellKind.MONEY, CellKind.INTEGER}


class QuestionsForm(forms.Form):
    """A report's own questions; the report itself judges the answers."""

    def __init__(self, report: Report, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        for parameter in report.parameters:
            self.fields[parameter.name] = _field_for(parameter)

    def refuse(self, refusal: DomainError) -> None:
        """Show why beside the field, or above all of them."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    @property
    def parts(self) -> list[tuple[Any, bool]]:
        """Each field, and whether it is a day that only a period of one's own asks for."""
        days = {name for one in self.report.parameters for name in one.resolves}
        return [(self[name], name in days) for name in self.fields]

    @property
    def preset(self) -> str:
        """What the period by name is now: the page shows and hides the days by it."""
        for parameter in self.report.parameters:
            if parameter.resolves:
                return str(self[parameter.name].value() or Preset.CUSTOM)
        return ""


def answers_of(report: Report, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered; what the form proposes where nothing was, yet."""
    names = {parameter.name for parameter in report.parameters}
    if not names & data.keys():
        return {parameter.name: parameter.initial() for parameter in report.parameters}
    return {name: data.get(name, "") for name in names}


def order_page(
    request: HttpRequest,
    report: Report,
    answers: Mapping[str, Any],
    *,
    links: Mapping[str, str],
    refusal: DomainError | None = None,
) -> Page:
    """The page of one report; `links` are where to order it and where to schedule it."""
    form = QuestionsForm(report, answers, auto_id="report-%s")
    form.is_valid()
    shown: list[Any] = []
    values: Values | None = None
    try:
        if refusal is not None:
            raise refusal
        values = report.parse(answers)
        found, summary = _look(report, values)
        table = {"table": _rows_table(report, found)}
        shown = [*_summary_facts(summary), Piece("", "console/blocks/report_rows.html", table)]
    except DomainError as error:
        form.refuse(error)
    context = {
        "form": form,
        "report": report,
        "formats": [(one.value, one.label) for one in report.formats],
        "answers": [(name, answers[name]) for name in form.fields],
        "may_order": values is not None,
        **links,
    }  # fmt: skip
    return Page(
        title=report.title,
        main=[Piece("", "console/blocks/report_desk.html", context), *shown],
    )


def _look(report: Report, values: Values) -> tuple[Preview, list[Figure]]:
    """The first rows, the totals and the summary, unless that takes too long. Raises PreviewTooLong."""
    try:
        with snapshot():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)", [str(PREVIEW_MS_MAX)]
                )
            found = preview(report, values, rows_max=ROWS_SHOWN)
            return found, report.summary(values) if report.summary else []
    except OperationalError as error:
        raise PreviewTooLong from error


def _rows_table(report: Report, found: Preview) -> Table:
    totals: list[Any] = [_shown(text, one) for text, one in zip(
        totals_of(report.columns, found.totals), report.columns, strict=True
    )]  # fmt: skip
    if found.totals and not totals[0]:
        totals[0] = _("Total of all rows")
    is_cut = found.count > len(found.rows)
    note = _("The first %(shown)s of %(count)s rows.") if is_cut else _("%(count)s rows.")
    return Table(
        _("Preview"),
        [(one.label, "number") if one.kind in NUMBERS else one.label for one in report.columns],
        [
            [_shown(text, one) for text, one in zip(row, report.columns, strict=True)]
            for row in found.rows
        ],
        footer=totals if found.totals and found.rows else (),
        note=note % {"shown": f"{len(found.rows):,}", "count": f"{found.count:,}"},
        empty=_("Nothing in this period."),
    )


def _summary_facts(summary: list[Figure]) -> list[Facts]:
    return [Facts(_("Summary"), [(one.label, _verdict(one)) for one in summary])] if summary else []


def _verdict(figure: Figure) -> Any:
    column = Column("", figure.kind)
    text = _shown(text_of(figure.value, column), column)
    if figure.is_good is None:
        return text
    return chip("matched" if figure.is_good else "failed", text)


def _shown(text: str, column: Column) -> str:
    """As people read it: thousands apart."""
    if not text or column.kind not in NUMBERS:
        return text
    whole, _point, decimals = text.partition(".")
    return f"{int(whole):,}{'.' + decimals if decimals else ''}" if whole != "-0" else text


def _field_for(parameter: Parameter) -> forms.Field:
    shared: dict[str, Any] = {"label": parameter.label, "required": False}
    if parameter.kind == ParameterKind.CHOICE and parameter.choices:
        nothing = [] if parameter.is_required or parameter.resolves else [("", _("All"))]
        field = Choice(choices=[*nothing, *parameter.choices()], **shared)
        if parameter.resolves:
            field.widget = UnfoldAdminSelectWidget(
                attrs={"x-model": "preset"}, choices=field.choices
            )
        return field
    if parameter.kind == ParameterKind.DATE:
        # The report parses it: what is sent goes there as text.
        return forms.CharField(
            max_length=WORDS_MAX,
            widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
            **shared,
        )
    return Words(**shared)


def format_of(data: Mapping[str, Any], report: Report) -> str:
    """What was chosen, or what the report comes in first."""
    return str(data.get("format") or Format(report.formats[0]).value)
