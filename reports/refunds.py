"""Money on its way back to buyers: why, through whom, in which state, and how long it took."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.payments.explanations import EXPLANATIONS, WRITTEN
from marketplace.payments.figures import RefundScope, refund_groups, refund_rows, refunds_emptied
from marketplace.payments.states import RefundReason, RefundStatus
from marketplace.shared.rows import Selection
from reports.base import (
    FOR_PEOPLE,
    PERIOD,
    CellKind,
    Column,
    Figure,
    Group,
    Parameter,
    ParameterKind,
    Report,
    Values,
    period,
    ties,
)
from reports.choices import ANY_PROVIDER, PROVIDER_NAMES

REASONS, STATES = dict(RefundReason.choices), dict(RefundStatus.choices)


def selections(values: Values) -> Sequence[Selection]:
    return [refund_rows(_scope(values))]


def summary(values: Values) -> list[Figure]:
    """By reason, provider and state; then what was paid back against refunds clearing."""
    scope = _scope(values)
    groups = refund_groups(scope)
    figures = []
    for group in groups:
        label = ", ".join(
            str(word)
            for word in (
                REASONS.get(group.reason, group.reason),
                PROVIDER_NAMES.get(group.provider, group.provider),
                f"{STATES.get(group.status, group.status)} ({group.count})",
            )
        )
        figures.append(Figure(label, group.amount_minor, CellKind.MONEY))
        if group.mean_minutes is not None:
            mean = _("%(group)s: minutes to pay, on average") % {"group": label}
            figures.append(Figure(mean, group.mean_minutes, CellKind.INTEGER))
    paid = sum(one.amount_minor for one in groups if one.status == RefundStatus.SUCCEEDED)
    return [*figures, *ties((_("Paid back"), paid, refunds_emptied(scope)))]


def _scope(values: Values) -> RefundScope:
    since, until = period(values)
    return RefundScope(since, until, values["provider"] or "", values["status"] or "")


REPORT = Report(
    code="refunds",
    title=gettext_lazy("Refunds"),
    description=gettext_lazy(
        "Refunds asked for in a period by reason, provider and state, and how long they took."
    ),
    permission="payments.view_refund",
    group=Group.TRADE,
    icon="undo",
    parameters=(
        *PERIOD,
        ANY_PROVIDER,
        Parameter(
            "status", gettext_lazy("State"), ParameterKind.CHOICE, is_required=False,
            choices=lambda: list(RefundStatus.choices),
        ),
    ),
    columns=(
        Column(gettext_lazy("Asked for"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Refund"), width=14),
        Column(gettext_lazy("Order"), width=14),
        Column(gettext_lazy("Provider"), width=14, labels=PROVIDER_NAMES),
        Column(gettext_lazy("Reason"), width=36, labels=REASONS),
        Column(gettext_lazy("State"), width=14, labels=STATES),
        Column(gettext_lazy("Amount (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Paid back"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Minutes to pay"), CellKind.INTEGER, 14),
        Column(gettext_lazy("Tries"), CellKind.INTEGER, 8),
        Column(gettext_lazy("Receipt"), width=16),
        Column(gettext_lazy("Provider's code"), width=16),
        Column(gettext_lazy("What it means"), width=32, labels=EXPLANATIONS),
        Column(gettext_lazy("Provider's message"), width=32, said=WRITTEN),
        Column(gettext_lazy("Note"), width=32),
    ),
    selections=selections,
    summary=summary,
    formats=FOR_PEOPLE,
)  # fmt: skip
