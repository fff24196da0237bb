"""Provider statements and their lines: uploaded here, read and matched by a worker."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.exception_filters import WalletFilter
from backoffice.admin.reconciliation import exceptions_table
from backoffice.admin.statement_intake import BRINGING
from backoffice.masks import masked
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Preformatted, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import (
    chip,
    days_of,
    link,
    moment,
    money,
    money_column,
    provider_name,
    reference_link,
    state,
    state_column,
    two_lines,
)
from backoffice.pages.search import upper
from backoffice.personal import Personal, Whose
from backoffice.sayings import said_again
from marketplace.reconciliation.commands import look_again
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    Statement,
    StatementLine,
)
from marketplace.reconciliation.queries import exceptions_on
from marketplace.reconciliation.states import LineKind, LineState, StatementStatus
from marketplace.reconciliation.waiting import LineFigures, lines_of_statement
from marketplace.shared import clock
from marketplace.shared.money import format_minor

# Whom a line of a statement names is known to the provider, not to us.
NAMED = Personal("named", ("counterparty", "details", "raw"), lambda _line: Whose())


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
    list_filter = (WalletFilter,)
    list_display = (
        "reference", "wallet", "original_name", "status_label", "period", "lines_total", "uploaded",
    )  # fmt: skip
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the statement")
    status_label = state_column()
    list_decisions = BRINGING
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

    @display(description=_("Wallet"), ordering="provider")
    def wallet(self, statement: Statement) -> Any:
        return provider_name(statement.provider)

    @display(description=_("Period"), ordering="period_end")
    def period(self, statement: Statement) -> Any:
        if statement.period_start is None or statement.period_end is None:
            return "–"
        begin, end = (
            day.astimezone(clock.EAT) for day in (statement.period_start, statement.period_end)
        )
        return days_of(begin.date(), end.date())

    @display(description=_("Uploaded"), ordering="-pk")
    def uploaded(self, statement: Statement) -> Any:
        return moment(statement.uploaded_at)

    def page(self, request: HttpRequest, statement: Statement) -> Page:
        figures = lines_of_statement(statement_id=statement.pk)
        count = {
            state: sum(one.count for one in figures if one.state == state) for state in LineState
        }
        moved = sum(one.minor for one in figures)
        main: list[Any] = []
        if statement.status == StatementStatus.IMPORTED:
            main.append(_kinds_table(figures, statement))
            main.append(_waiting_table(statement))
        first = list(statement.lines.select_related("match").order_by("line_number")[:ROWS_MAX])
        main.append(
            _lines_table(
                _("All lines"), first, empty=_("No line has been read yet."), is_folded=bool(main)
            )
        )
        return Page(
            is_moving=statement.status == StatementStatus.UPLOADED,
            figures=[
                (_("Lines"), two_lines(statement.lines_total, _seen_before(statement))),
                (_("Matched"), count[LineState.MATCHED]),
                (_("Exceptions"), count[LineState.EXCEPTION]),
                (_("Opening balance"), money(statement.opening_minor)),
                (_("Movements"), money(moved)),
                (_("Closing balance"), money(statement.closing_minor)),
            ],
            notices=_notices(statement, moved),
            main=main,
            side=[_file(statement)],
        )


def _notices(statement: Statement, moved_minor: int) -> list[tuple[str, Any]]:
    if statement.refusal:
        return [("danger", statement.refusal)]
    opening, closing = statement.opening_minor, statement.closing_minor
    # Lines that an earlier file brought are that file's: the sum here is not the whole period's.
    if opening is None or closing is None or statement.lines_duplicate or not statement.lines_total:
        return []
    gap = closing - opening - moved_minor
    if not gap:
        return [
            ("info", _("Opening balance and lines come to the closing balance, to the shilling."))
        ]
    text = _("Opening balance and lines come to %(amount)s less than the closing balance.")
    return [("danger", text % {"amount": format_minor(gap)})]


def _seen_before(statement: Statement) -> Any:
    if not statement.lines_duplicate:
        return _("none seen before")
    return _("%(count)s of them seen before") % {"count": statement.lines_duplicate}


def _file(statement: Statement) -> Facts:
    check = ""
    if statement.period_end is not None:
        month = f"{statement.period_end.astimezone(clock.EAT):%Y-%m}"
        check = format_html(
            '<a class="zt-link" href="{}?provider={}&month={}">{}</a>',
            reverse("admin:three_way"), statement.provider, month, _("Three-way check"),
        )  # fmt: skip
    return Facts(
        _("File"),
        [
            (_("Wallet"), provider_name(statement.provider)),
            (_("Account"), statement.account),
            (_("File name"), statement.original_name),
            (_("From"), moment(statement.period_start)),
            (_("Until"), moment(statement.period_end)),
            (
                _("Uploaded by"),
                _("the provider, when asked") if statement.is_fetched else statement.uploaded_by,
            ),
            (_("Uploaded"), moment(statement.uploaded_at)),
            (_("Imported"), moment(statement.imported_at)),
        ],
        actions=check,
    )


def _kinds_table(figures: list[LineFigures], statement: Statement) -> Table:
    """By kind of line: how many, their sum, and how many of them wait."""
    kinds = sorted({one.kind for one in figures})
    rows = []
    for kind in kinds:
        mine = [one for one in figures if one.kind == kind]
        waits = sum(one.count for one in mine if one.state == LineState.EXCEPTION)
        rows.append(
            (
                LineKind(kind).label,
                sum(one.count for one in mine),
                money(sum(one.minor for one in mine)),
                chip("exception", waits) if waits else "",
            )
        )
    return Table(
        _("What moved"),
        [_("Kind"), (_("Lines"), "number"), (_("Amount"), "number"), (_("Exceptions"), "number")],
        rows,
        footer=[
            _("Total"),
            sum(one.count for one in figures),
            money(sum(one.minor for one in figures)),
            "",
        ],
        empty=_("All its lines were seen before.") if statement.lines_total else "",
    )


def _waiting_table(statement: Statement) -> Table:
    waits = statement.lines.filter(state=LineState.EXCEPTION).order_by("completed_at", "pk")
    lines = list(waits.select_related("match")[:ROWS_MAX])
    return _lines_table(
        _("Lines that wait for somebody"),
        lines,
        found=exceptions_on(line_ids=[line.pk for line in lines]),
        empty=_("None waits."),
        actions=_all_lines(statement),
    )


def _lines_table(
    title: Any,
    lines: list[StatementLine],
    *,
    empty: Any,
    found: dict[int, ReconciliationException] | None = None,
    actions: Any = "",
    is_folded: bool = False,
) -> Table:
    """Lines with what of ours they stand for, or with their exception where it is `found`."""
    exceptions = found or {}
    return Table(
        title,
        [_("Line"), _("Completed"), _("State"), (_("Amount and balance"), "number")],
        [
            (
                two_lines(link(one, one.receipt or "–"), one.get_kind_display()),
                two_lines(moment(one.completed_at), masked("counterparty", one.counterparty)),
                two_lines(
                    state(one, "state"),
                    link(exceptions[one.pk]) if one.pk in exceptions else _ours(one),
                ),
                two_lines(money(one.amount_minor), money(one.balance_minor)),
            )
            for one in lines
        ],
        empty=empty,
        actions=actions,
        is_folded=is_folded,
    )  # fmt: skip


def _ours(line: StatementLine) -> Any:
    return reference_link(line.match.target_reference) if hasattr(line, "match") else ""


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
        _("Kind"): "get_kind_display",
        _("Receipt"): "receipt",
        _("Counterparty"): "counterparty",
        _("Amount (TZS)"): "amount_minor",
        _("State"): "get_state_display",
        _("Details"): "details",
    }
    chips = "state"
    decisions = NAMED.decisions
    list_display = (
        "receipt", "kind_shown", "completed", "amount", "state_label", "counterparty", "statement",
    )  # fmt: skip
    list_select_related = ("statement",)
    list_display_links = ("receipt", "kind_shown")
    list_filter = (WalletFilter, "kind")
    search_by = {"receipt": upper, "statement__reference__startswith": upper}
    search_hint = _("Receipt, or reference of the statement")
    state_label = state_column("state", _("State"))
    amount = money_column("amount_minor", _("Amount"))

    @display(description=_("Kind"), ordering="kind")
    def kind_shown(self, line: StatementLine) -> Any:
        return two_lines(line.get_kind_display(), provider_name(line.provider))

    @display(description=_("Completed"), ordering="completed_at")
    def completed(self, line: StatementLine) -> Any:
        return moment(line.completed_at)

    def page(self, request: HttpRequest, line: StatementLine) -> Page:
        shown = NAMED.on(request, line)
        match = Match.objects.filter(line=line).first()
        exceptions = list(line.exceptions.order_by("-pk")[:ROWS_MAX])
        main: list[Any] = [
            Facts(
                _("Line"),
                [
                    (_("Statement"), link(line.statement)),
                    (_("Kind"), line.get_kind_display()),
                    (_("Counterparty"), shown("counterparty", line.counterparty)),
                    (_("Linked receipt"), line.linked_receipt),
                    (_("Third-party id"), line.third_party_id),
                    (_("Completed"), moment(line.completed_at)),
                    (_("Details"), shown("details", line.details)),
                ],
                actions=shown.button,
            )
        ]
        if match:
            main.append(
                Facts(
                    _("Match"),
                    [
                        (_("Kind"), match.get_target_kind_display()),
                        (_("Ours"), reference_link(match.target_reference)),
                        (_("Rule"), match.get_rule_display()),
                        (_("Explanation"), said_again(match.explanation)),
                        (_("Matched"), moment(match.matched_at)),
                        (_("Matched by"), match.matched_by or _("system")),
                    ],
                )
            )
        main.append(exceptions_table(exceptions))
        main.append(Preformatted(_("As it was in the file"), shown("raw", _raw(line))))
        return Page(
            title=line.receipt or line.get_kind_display(),
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
