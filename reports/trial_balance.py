"""Every account with its debits, credits and balance at the end of a day."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from marketplace.ledger.queries import trial_balance
from reports.base import (
    Cell,
    CellKind,
    Column,
    Parameter,
    ParameterKind,
    Report,
    Values,
    day_start,
    today,
)


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Accounts by code; the balances sum to zero."""
    for line in trial_balance(at=day_start(values["on"] + timedelta(days=1))):
        yield line.account, line.kind, line.debit_minor, line.credit_minor, line.balance_minor


REPORT = Report(
    code="trial_balance",
    title=_("Trial balance"),
    description=_("Debits, credits and balance of every account at the end of a day."),
    permission="ledger.view_account",
    parameters=(Parameter("on", _("At the end of"), ParameterKind.DATE, initial=today),),
    columns=(
        Column(_("Account"), width=36),
        Column(_("Kind"), width=12),
        Column(_("Debit (TZS)"), CellKind.MONEY, 18, is_totalled=True),
        Column(_("Credit (TZS)"), CellKind.MONEY, 18, is_totalled=True),
        Column(_("Balance (TZS)"), CellKind.MONEY, 18, is_totalled=True),
    ),
    rows=rows,
)
