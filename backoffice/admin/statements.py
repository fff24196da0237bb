"""Provider statements and their lines: uploaded here, read and matched by a worker."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.admin.base import Console
from backoffice.admin.reconciliation import exceptions_table
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Preformatted, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    page_of,
    reference_link,
    state,
    state_column,
)
from backoffice.pages.forms import Choice
from backoffice.pages.search import upper
from marketplace.payments.gateways import provider_names
from marketplace.payments.states import Provider
from marketplace.reconciliation.commands import look_again, upload_statement
from marketplace.reconciliation.models import Match, Statement, StatementLine
from marketplace.reconciliation.states import StatementStatus
from marketplace.shared import clock


class StatementForm(forms.Form):
    provider = Choice(label=_("Provider"))
    file = forms.FileField(
        label=_("Statement"),
        help_text=_("The file as the provider gave it; the same bytes are taken once."),
        widget=UnfoldAdminFileFieldWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(Provider.choices)
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            (name, names.get(name, name)) for name in provider_names()
        ]


def _upload(asked: Asked) -> HttpResponse:
    statement = upload_statement(
        provider=asked.data["provider"], file=asked.data["file"], actor=asked.actor
    )
    return HttpResponseRedirect(page_of(statement))


def _look_again(asked: Asked) -> None:
    matched = look_again(provider=asked.object.provider, actor=asked.actor)
    said = _("%(count)s lines that waited are matched now.") % {"count": matched}
    messages.success(asked.request, said)


def _is_imported(statement: Any, request: HttpRequest) -> bool:
    return statement.status == StatementStatus.IMPORTED


@admin.register(Statement)
class StatementAdmin(Console):
    """Files as the providers gave them."""

    aggregate = "statement"
    chips = "status"
    list_display = (
        "reference", "provider", "original_name", "status_label", "period", "lines_total", "uploaded",
    )  # fmt: skip
    search_by = {"reference__startswith": upper}
    status_label = state_column()
    list_decisions = (
        Decision(
            "upload",
            _("Upload a statement"),
            "upload_statements",
            _upload,
            done=_("The statement is kept; it is read and matched in the background."),
            form=StatementForm,
            icon="upload_file",
            variant="primary",
        ),
    )
    decisions = (
        Decision(
            "look-again",
            _("Match again"),
            "upload_statements",
            _look_again,
            ask=_("Lines of this provider that our books did not know are judged anew."),
            icon="refresh",
            when=_is_imported,
        ),
    )

    @display(description=_("Period"), ordering="period_end")
    def period(self, statement: Statement) -> Any:
        if statement.period_start is None or statement.period_end is None:
            return "–"
        begin, end = (
            day.astimezone(clock.EAT) for day in (statement.period_start, statement.period_end)
        )
        return f"{begin:%Y-%m-%d} – {end:%Y-%m-%d}"

    @display(description=_("Uploaded"), ordering="-pk")
    def uploaded(self, statement: Statement) -> Any:
        return moment(statement.uploaded_at)

    def page(self, request: HttpRequest, statement: Statement) -> Page:
        lines = list(statement.lines.select_related("match").order_by("line_number")[:ROWS_MAX])
        return Page(
            is_moving=statement.status == StatementStatus.UPLOADED,
            figures=[
                (_("Lines"), statement.lines_total),
                (_("Lines seen before"), statement.lines_duplicate),
                (_("Opening balance"), money(statement.opening_minor)),
                (_("Closing balance"), money(statement.closing_minor)),
            ],
            notices=[("danger", statement.refusal)] if statement.refusal else [],
            main=[
                Facts(
                    _("File"),
                    [
                        (_("Provider"), statement.provider),
                        (_("Account"), statement.account),
                        (_("File name"), statement.original_name),
                        (_("From"), moment(statement.period_start)),
                        (_("Until"), moment(statement.period_end)),
                        (_("Uploaded by"), statement.uploaded_by),
                        (_("Uploaded"), moment(statement.uploaded_at)),
                        (_("Imported"), moment(statement.imported_at)),
                    ],
                ),
                _lines_table(lines, statement),
            ],
        )


def _lines_table(lines: list[StatementLine], statement: Statement) -> Table:
    return Table(
        _("Lines"),
        [_("Completed"), _("Receipt"), _("State"), (_("Amount"), "number"),
         (_("Balance"), "number")],
        [
            (
                _above(moment(one.completed_at), one.kind),
                _above(link(one, one.receipt or "–"), _ours(one)),
                state(one, "state"),
                money(one.amount_minor),
                money(one.balance_minor),
            )
            for one in lines
        ],
        empty=_("No line has been read yet."),
        actions=_all_lines(statement) if len(lines) < statement.lines_total else "",
    )  # fmt: skip


def _ours(line: StatementLine) -> Any:
    return reference_link(line.match.target_reference) if hasattr(line, "match") else ""


def _above(first: Any, second: Any) -> Any:
    """Two in one cell: side by side they are wider than the page."""
    return format_html('{}<br><span class="zt-muted">{}</span>', first, second or "–")


def _all_lines(statement: Statement) -> Any:
    address = reverse("admin:reconciliation_statementline_changelist")
    return format_html(
        '<a class="zt-link" href="{}?q={}">{}</a>', address, statement.reference, _("All lines")
    )


@admin.register(StatementLine)
class StatementLineAdmin(Console):
    exported = {
        _("Completed"): "completed_at",
        _("Statement"): "statement__reference",
        _("Provider"): "provider",
        _("Kind"): "kind",
        _("Receipt"): "receipt",
        _("Counterparty"): "counterparty",
        _("Amount (TZS)"): "amount_minor",
        _("State"): "get_state_display",
        _("Details"): "details",
    }
    chips = "state"
    list_display = (
        "receipt", "provider", "kind", "completed", "amount", "state_label", "counterparty", "statement",
    )  # fmt: skip
    list_select_related = ("statement",)
    list_display_links = ("receipt", "kind")
    search_by = {"receipt": upper, "statement__reference__startswith": upper}
    search_hint = _("Receipt, or reference of the statement")
    state_label = state_column("state", _("State"))
    amount = money_column("amount_minor", _("Amount"))

    @display(description=_("Completed"), ordering="completed_at")
    def completed(self, line: StatementLine) -> Any:
        return moment(line.completed_at)

    def page(self, request: HttpRequest, line: StatementLine) -> Page:
        match = Match.objects.filter(line=line).first()
        exceptions = list(line.exceptions.order_by("-pk")[:ROWS_MAX])
        main: list[Any] = [
            Facts(
                _("Line"),
                [
                    (_("Statement"), link(line.statement)),
                    (_("Kind"), line.kind),
                    (_("Counterparty"), line.counterparty),
                    (_("Linked receipt"), line.linked_receipt),
                    (_("Third-party id"), line.third_party_id),
                    (_("Completed"), moment(line.completed_at)),
                    (_("Details"), line.details),
                ],
            )
        ]
        if match:
            main.append(
                Facts(
                    _("Match"),
                    [
                        (_("Kind"), match.get_target_kind_display()),
                        (_("Ours"), reference_link(match.target_reference)),
                        (_("Rule"), match.rule),
                        (_("Explanation"), match.explanation),
                        (_("Matched"), moment(match.matched_at)),
                        (_("Matched by"), match.matched_by or _("system")),
                    ],
                )
            )
        main.append(exceptions_table(exceptions))
        main.append(Preformatted(_("As it was in the file"), _raw(line)))
        return Page(
            status=state(line, "state"),
            figures=[
                (_("Amount"), money(line.amount_minor)),
                (_("Balance after it"), money(line.balance_minor)),
                (_("Receipt"), line.receipt or "–"),
            ],
            main=main,
        )


def _raw(line: StatementLine) -> str:
    return "\n".join(f"{key}: {value}" for key, value in line.raw.items())
