"""Every line of a provider's statements beside what it stands for, and what the statements miss."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger import chart
from marketplace.ledger.figures import balance_of_family
from marketplace.reconciliation.figures import (
    MISSING,
    gap_rows,
    held_by_lines,
    line_rows,
    suggested_lines,
)
from marketplace.reconciliation.queries import Proof, gaps_between, lines_between, proof
from marketplace.reconciliation.sentences import BECAUSE, CLOSED, FOUND
from marketplace.reconciliation.states import ExceptionKind, LineState, Resolution
from marketplace.shared.money import format_minor
from marketplace.shared.rows import Selection
from reports.base import (
    FOR_PEOPLE,
    PERIOD,
    CellKind,
    Column,
    Figure,
    Group,
    Report,
    Values,
    period,
    ties,
)
from reports.choices import ONE_PROVIDER

KINDS = {
    "payment": gettext_lazy("Payment"),
    "refund": gettext_lazy("Refund"),
    "payout": gettext_lazy("Payout"),
    "return": gettext_lazy("Payout that came back"),
    "fee": gettext_lazy("Charge"),
    "sweep": gettext_lazy("Transfer to the bank"),
    "top_up": gettext_lazy("Top-up from the bank"),
    "correction": gettext_lazy("Correction"),
    "other": gettext_lazy("Other"),
}
STATES = {**dict(LineState.choices), MISSING: gettext_lazy("Missing")}


def selections(values: Values) -> Sequence[Selection]:
    """Lines oldest first, with the latest exception of each; then our movements without a line."""
    since, until = period(values)
    return [
        line_rows(provider=values["provider"], since=since, until=until),
        gap_rows(provider=values["provider"], since=since, until=until),
    ]


def count(values: Values) -> int:
    since, until = period(values)
    scope = {"provider": values["provider"], "since": since, "until": until}
    return lines_between(**scope).count() + gaps_between(**scope).count()


def summary(values: Values) -> list[Figure]:
    """The proof of the period: both sides by kind, what each difference comes from, and the wallet
    from its opening to its closing balance."""
    since, until = period(values)
    figures = proof(provider=values["provider"], since=since, until=until)
    money = CellKind.MONEY
    return [
        *_lines(figures),
        *_sides(figures),
        Figure(_("Wallet moved, by the statements"), figures.statement_minor, money),
        Figure(_("Wallet moved, by our ledger"), figures.ledger_minor, money),
        Figure(_("Difference"), figures.difference_minor, money),
        *_named(figures),
        Figure(_("Not explained"), figures.unexplained_minor, money),
        *_balances(figures),
        *_closing(figures),
        *ties(
            (
                _("Wallet moved, less what is explained"),
                figures.statement_minor - figures.explained_minor - figures.named_minor,
                figures.ledger_minor,
            )
        ),
    ]


def _lines(figures: Proof) -> list[Figure]:
    """How many lines are in which state, and for how many a match waits for its confirmation."""
    integer = CellKind.INTEGER
    scope: dict[str, Any] = {
        "provider": figures.provider, "since": figures.since, "until": figures.until,
    }  # fmt: skip
    return [
        Figure(_("Statements"), figures.statements, integer),
        Figure(_("Lines"), figures.lines_total, integer),
        *(
            Figure(_("Lines: %(state)s") % {"state": label}, figures.lines.get(state, 0), integer)
            for state, label in LineState.choices
        ),
        Figure(_("Lines with a suggested match"), suggested_lines(**scope), integer),
    ]


def _sides(figures: Proof) -> list[Figure]:
    """Each kind of movement by the statements and by our books."""
    return [
        Figure(side % {"kind": KINDS.get(kind.kind, kind.kind)}, minor, CellKind.MONEY)
        for kind in figures.kinds
        for side, minor in (
            (gettext_lazy("%(kind)s: statement"), kind.statement_minor),
            (gettext_lazy("%(kind)s: our books"), kind.books_minor),
        )
    ]


def _named(figures: Proof) -> list[Figure]:
    """Where the difference comes from: open exceptions by their kind, then every other cause."""
    money = CellKind.MONEY
    return [
        *(
            Figure(
                _("Open: %(kind)s (%(count)s)") % {"kind": row.label, "count": row.count},
                row.difference_minor,
                money,
            )
            for row in figures.open_exceptions
        ),
        *(
            Figure(
                _("%(cause)s (%(count)s)") % {"cause": row.label, "count": row.count},
                row.minor,
                money,
            )
            for row in figures.named
        ),
    ]


def _balances(figures: Proof) -> list[Figure]:
    """Both sides at both ends. What they differed by before the period is carried through it."""
    provider, money = figures.provider, CellKind.MONEY
    wallet = chart.provider_clearing(provider)
    opening = balance_of_family(prefix=wallet, at=figures.since)
    held = held_by_lines(provider=provider, at=figures.since)
    return [
        Figure(_("Opening balance, by our ledger"), opening, money),
        Figure(_("Differences from before the period"), held - opening, money),
        Figure(_("Opening balance, by the statements"), held, money),
        Figure(_("Closing balance, by our ledger"), opening + figures.ledger_minor, money),
        Figure(
            _("Differences from before the period and of it"),
            held - opening + figures.difference_minor,
            money,
        ),
        Figure(_("Closing balance, by the statements"), held + figures.statement_minor, money),
    ]


def _closing(figures: Proof) -> list[Figure]:
    """Whether the lines that we have lead to the balance that the last statement says."""
    if figures.closing_at is None or figures.closing_minor is None:
        return []
    money = CellKind.MONEY
    by_lines = held_by_lines(
        provider=figures.provider, at=figures.closing_at + timedelta(seconds=1)
    )
    is_complete = by_lines == figures.closing_minor
    missing = format_minor(figures.closing_minor - by_lines)
    return [
        Figure(_("Last closing balance at"), figures.closing_at, CellKind.INSTANT),
        Figure(_("Closing balance"), figures.closing_minor, money),
        Figure(_("Opening balance and lines up to then"), by_lines, money),
        Figure(
            _("The lines lead to the closing balance"),
            _("Yes") if is_complete else _("No, difference %(amount)s") % {"amount": missing},
            is_good=is_complete,
        ),
    ]


REPORT = Report(
    code="reconciliation",
    title=gettext_lazy("Reconciliation"),
    description=gettext_lazy(
        "Every line of a provider's statements with our side, the difference and its explanation."
    ),
    permission="reconciliation.view_statementline",
    group=Group.WALLETS,
    icon="fact_check",
    parameters=(
        ONE_PROVIDER,
        *PERIOD,
    ),
    columns=(
        Column(gettext_lazy("Completed"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Statement"), width=18),
        Column(gettext_lazy("Line"), CellKind.INTEGER, 8),
        Column(gettext_lazy("Kind"), width=10, labels=KINDS),
        Column(gettext_lazy("Receipt"), width=20),
        Column(gettext_lazy("Other party"), width=28),
        Column(gettext_lazy("Statement (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Our books (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Difference (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("State"), width=16, labels=STATES),
        Column(gettext_lazy("Our reference"), width=20),
        Column(gettext_lazy("Matched because"), width=32, said=BECAUSE),
        Column(gettext_lazy("Exception"), width=14),
        Column(gettext_lazy("Kind of exception"), width=24, labels=dict(ExceptionKind.choices)),
        Column(gettext_lazy("Explanation"), width=40, said=FOUND),
        Column(gettext_lazy("Resolution"), width=24, labels=dict(Resolution.choices)),
        Column(gettext_lazy("Reason"), width=24, said=CLOSED),
    ),
    selections=selections,
    count=count,
    summary=summary,
    formats=FOR_PEOPLE,
)
