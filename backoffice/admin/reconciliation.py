"""Provider statements, their lines, and the exceptions that a person must explain."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Console, Queue
from backoffice.models import ExceptionQueue
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Preformatted, Table
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    reference_link,
    state,
    state_column,
)
from backoffice.pages.search import same, upper
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    Statement,
    StatementLine,
)


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

    @display(description=_("Period"), ordering="period_end")
    def period(self, statement: Statement) -> Any:
        if statement.period_start is None or statement.period_end is None:
            return "–"
        return f"{statement.period_start:%Y-%m-%d} – {statement.period_end:%Y-%m-%d}"

    @display(description=_("Uploaded"), ordering="-pk")
    def uploaded(self, statement: Statement) -> Any:
        return moment(statement.uploaded_at)

    def page(self, request: HttpRequest, statement: Statement) -> Page:
        lines = list(statement.lines.select_related("match").order_by("line_number")[:ROWS_MAX])
        return Page(
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
                _lines_table(lines),
            ],
        )


def _lines_table(lines: list[StatementLine]) -> Table:
    return Table(
        _("Lines"),
        [(_("Line"), "number"), _("Completed"), _("Kind"), _("Receipt"), _("State"), _("Ours"),
         (_("Amount"), "number"), (_("Balance"), "number")],
        [
            (
                one.line_number,
                moment(one.completed_at),
                one.kind,
                link(one, one.receipt or "–"),
                state(one, "state"),
                reference_link(one.match.target_reference) if hasattr(one, "match") else "–",
                money(one.amount_minor),
                money(one.balance_minor),
            )
            for one in lines
        ],
        empty=_("No line has been read yet."),
    )  # fmt: skip


@admin.register(StatementLine)
class StatementLineAdmin(Console):
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


class _ExceptionColumns(Console):
    list_display: Sequence[str] = (
        "reference", "provider", "kind_shown", "status_label", "explanation",
        "expected", "found", "opened",
    )  # fmt: skip
    search_by = {"reference__startswith": upper, "target_reference": same}
    search_hint = _("Reference of the exception, or of what of ours it is about")
    status_label = state_column()
    expected = money_column("expected_minor", _("Expected"))
    found = money_column("actual_minor", _("Found"))

    @display(description=_("Kind"), ordering="kind")
    def kind_shown(self, exception: ReconciliationException) -> Any:
        return exception.get_kind_display()

    @display(description=_("Opened"), ordering="opened_at")
    def opened(self, exception: ReconciliationException) -> Any:
        return moment(exception.opened_at)


@admin.register(ReconciliationException)
class ReconciliationExceptionAdmin(_ExceptionColumns):
    aggregate = "exception"
    chips = "status"
    list_filter = ("kind", "resolution")

    def page(self, request: HttpRequest, exception: ReconciliationException) -> Page:
        main: list[Any] = [
            Facts(
                _("What differs"),
                [
                    (_("Kind"), exception.get_kind_display()),
                    (_("Explanation"), exception.explanation),
                    (_("Provider"), exception.provider),
                    (_("Our side"), exception.get_target_kind_display()),
                    (_("Our reference"), reference_link(exception.target_reference)),
                    (_("Statement line"), link(exception.line)),
                    (_("Happened"), moment(exception.happened_at)),
                    (_("Opened"), moment(exception.opened_at)),
                ],
            )
        ]
        if exception.resolution:
            main.append(
                Facts(
                    _("Resolution"),
                    [
                        (_("Resolution"), exception.get_resolution_display()),
                        (_("Reason"), exception.reason),
                        (_("Resolved by"), exception.resolved_by),
                        (_("Resolved"), moment(exception.resolved_at)),
                    ],
                )
            )
        return Page(
            figures=[
                (_("Expected"), money(exception.expected_minor)),
                (_("Found"), money(exception.actual_minor)),
                (_("Difference"), money(_difference(exception))),
            ],
            main=main,
        )


def _difference(exception: ReconciliationException) -> int:
    return (exception.actual_minor or 0) - (exception.expected_minor or 0)


@admin.register(ExceptionQueue)
class ExceptionQueueAdmin(Queue, _ExceptionColumns):
    """Oldest first."""

    of = ReconciliationException
    intro = _("Differences between the providers' statements and our books, oldest first.")
    list_display = (
        "reference",
        "provider",
        "kind_shown",
        "explanation",
        "expected",
        "found",
        "opened",
    )
    ordering = ("opened_at",)

    def waiting(self) -> QuerySet[Any]:
        return waiting.exceptions()


def exceptions_table(exceptions: list[ReconciliationException]) -> Table:
    return Table(
        _("Exceptions"),
        [_("Exception"), _("Kind"), _("State"), _("Explanation")],
        [(link(one), one.get_kind_display(), state(one), one.explanation) for one in exceptions],
        empty=_("Nothing differs."),
    )
