"""How long differences wait for somebody to explain them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.reconciliation.figures import ageing
from marketplace.reconciliation.states import ExceptionKind
from reports.base import (
    AS_OF,
    FOR_PEOPLE,
    Cell,
    CellKind,
    Column,
    Group,
    Report,
    Values,
    end_of_day,
)
from reports.choices import PROVIDER_NAMES


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """By provider and kind, what was open at the end of the day."""
    for line in ageing(at=end_of_day(values)):
        yield (
            PROVIDER_NAMES.get(line.provider, line.provider),
            line.kind,
            line.to_2,
            line.to_7,
            line.to_30,
            line.older,
            line.count,
            line.difference_minor,
            line.absolute_minor,
            line.oldest_at,
        )


def _count(label: Any) -> Column:
    return Column(label, CellKind.INTEGER, 12, is_totalled=True)


REPORT = Report(
    code="exception_ageing",
    title=_("Ageing of exceptions"),
    description=_("Open reconciliation exceptions by provider, kind and age, with their amounts."),
    permission="reconciliation.view_reconciliationexception",
    group=Group.WALLETS,
    icon="hourglass_top",
    parameters=AS_OF,
    columns=(
        Column(_("Provider"), width=14),
        Column(_("Kind"), width=26, labels=dict(ExceptionKind.choices)),
        _count(_("0–2 days")),
        _count(_("3–7 days")),
        _count(_("8–30 days")),
        _count(_("Over 30 days")),
        _count(_("All")),
        Column(_("Wallet minus books (TZS)"), CellKind.MONEY, 22, is_totalled=True),
        Column(_("In amounts (TZS)"), CellKind.MONEY, 18, is_totalled=True),
        Column(_("Oldest opened"), CellKind.INSTANT, 20),
    ),
    rows=rows,
    formats=FOR_PEOPLE,
)
