"""Every line of a provider's statements beside what it stands for, and what the statements miss."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.payments.gateways import provider_names
from marketplace.reconciliation.queries import (
    exceptions_on,
    gaps_between,
    lines_between,
    proof,
)
from reports.base import (
    PERIOD,
    Cell,
    CellKind,
    Column,
    Figure,
    Parameter,
    ParameterKind,
    Report,
    Values,
    period,
)

LINES_PER_STEP = 2_000
KINDS = {
    "payment": gettext_lazy("Payment"),
    "refund": gettext_lazy("Refund"),
    "payout": gettext_lazy("Payout"),
    "fee": gettext_lazy("Charge"),
    "sweep": gettext_lazy("Transfer to the bank"),
    "other": gettext_lazy("Other"),
}


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Lines oldest first, with the latest exception of each; then our movements without a line."""
    since, until = period(values)
    lines = lines_between(provider=values["provider"], since=since, until=until)
    for step in batched(lines.iterator(chunk_size=LINES_PER_STEP), LINES_PER_STEP):
        exceptions = exceptions_on(line_ids=[line.pk for line in step])
        for line in step:
            yield _line_cells(line, exceptions.get(line.pk))
    gaps = gaps_between(provider=values["provider"], since=since, until=until)
    for gap in gaps.iterator(chunk_size=LINES_PER_STEP):
        yield (
            gap.happened_at,
            "",
            None,
            "",
            "",
            "",
            None,
            gap.expected_minor,
            gap.difference_minor,
            _("Missing"),
            gap.target_reference,
            "",
            *_exception_cells(gap),
        )


def count(values: Values) -> int:
    since, until = period(values)
    scope = {"provider": values["provider"], "since": since, "until": until}
    return lines_between(**scope).count() + gaps_between(**scope).count()


def summary(values: Values) -> list[Figure]:
    """The proof of the period: both sides by kind, what is open, and what nobody explained."""
    since, until = period(values)
    figures = proof(provider=values["provider"], since=since, until=until)
    money = CellKind.MONEY
    result = [
        Figure(_("Statements"), figures.statements, CellKind.INTEGER),
        Figure(_("Lines"), figures.lines_total, CellKind.INTEGER),
        Figure(_("Lines matched"), figures.lines_matched, CellKind.INTEGER),
    ]
    for kind in figures.kinds:
        result += [
            Figure(
                _("%(kind)s: statement") % {"kind": KINDS[kind.kind]}, kind.statement_minor, money
            ),
            Figure(_("%(kind)s: our books") % {"kind": KINDS[kind.kind]}, kind.books_minor, money),
        ]
    result += [
        Figure(_("Wallet moved, by the statements"), figures.statement_minor, money),
        Figure(_("Wallet moved, by our ledger"), figures.ledger_minor, money),
        Figure(_("Difference"), figures.difference_minor, money),
    ]
    for row in figures.open_exceptions:
        label = _("Open: %(kind)s (%(count)s)") % {"kind": row.label, "count": row.count}
        result.append(Figure(label, row.difference_minor, money))
    result.append(Figure(_("Not explained"), figures.unexplained_minor, money))
    if figures.closing_at is not None:
        result += [
            Figure(_("Last closing balance at"), figures.closing_at, CellKind.INSTANT),
            Figure(_("Closing balance"), figures.closing_minor, money),
            Figure(_("Our ledger at that time"), figures.clearing_minor, money),
        ]
    return result


def _line_cells(line: Any, exception: Any) -> Sequence[Cell]:
    match = getattr(line, "match", None)
    ours = _ours_minor(line, match, exception)
    return (
        line.completed_at,
        line.statement.reference,
        line.line_number,
        KINDS.get(line.kind, line.kind),
        line.receipt,
        line.counterparty,
        line.amount_minor,
        ours,
        line.amount_minor - (ours or 0),
        line.get_state_display(),
        match.target_reference if match else (exception.target_reference if exception else ""),
        match.explanation if match else "",
        *_exception_cells(exception),
    )


def _ours_minor(line: Any, match: Any, exception: Any) -> int | None:
    """What our books hold for the line: its amount where matched, else what was expected."""
    if match:
        return int(line.amount_minor)
    return exception.expected_minor if exception else None


def _exception_cells(exception: Any) -> Sequence[Cell]:
    if exception is None:
        return ("", "", "", "", "")
    return (
        exception.reference,
        exception.get_kind_display(),
        exception.explanation,
        exception.get_resolution_display(),
        exception.reason,
    )


def _providers() -> list[tuple[str, str]]:
    return [(name, name) for name in provider_names()]


REPORT = Report(
    code="reconciliation",
    title=gettext_lazy("Reconciliation"),
    description=gettext_lazy(
        "Every line of a provider's statements with our side, the difference and its explanation."
    ),
    permission="reconciliation.view_statementline",
    parameters=(
        Parameter(
            "provider",
            gettext_lazy("Provider"),
            ParameterKind.CHOICE,
            initial=lambda: next(iter(provider_names()), ""),
            choices=_providers,
        ),
        *PERIOD,
    ),
    columns=(
        Column(gettext_lazy("Completed"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Statement"), width=14),
        Column(gettext_lazy("Line"), CellKind.INTEGER, 8),
        Column(gettext_lazy("Kind"), width=10),
        Column(gettext_lazy("Receipt"), width=16),
        Column(gettext_lazy("Other party"), width=28),
        Column(gettext_lazy("Statement (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Our books (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Difference (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("State"), width=16),
        Column(gettext_lazy("Our reference"), width=16),
        Column(gettext_lazy("Matched because"), width=32),
        Column(gettext_lazy("Exception"), width=14),
        Column(gettext_lazy("Kind of exception"), width=24),
        Column(gettext_lazy("Explanation"), width=48),
        Column(gettext_lazy("Resolution"), width=24),
        Column(gettext_lazy("Reason"), width=32),
    ),
    rows=rows,
    count=count,
    summary=summary,
)
