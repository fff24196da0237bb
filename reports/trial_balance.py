"""Every account with its debits, credits and balance at the end of a day."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger.queries import last_closed_day, trial_balance
from reports.base import (
    AS_OF,
    FOR_PEOPLE,
    Cell,
    CellKind,
    Column,
    Figure,
    Group,
    Report,
    Values,
    end_of_day,
    ties,
)
from reports.choices import ACCOUNT_KINDS


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Accounts by code; the balances sum to zero."""
    for line in trial_balance(at=end_of_day(values)):
        yield line.account, line.kind, line.debit_minor, line.credit_minor, line.balance_minor


def summary(values: Values) -> list[Figure]:
    """The balances of all accounts, which a ledger that balances sums to nought; and up to which day
    nothing of it can change any more."""
    lines = trial_balance(at=end_of_day(values))
    closed = last_closed_day()
    return [
        *([Figure(_("Closed until"), closed, CellKind.DATE)] if closed else []),
        *ties((_("All balances"), sum(line.balance_minor for line in lines), 0)),
    ]


REPORT = Report(
    code="trial_balance",
    title=gettext_lazy("Trial balance"),
    description=gettext_lazy("Debits, credits and balance of every account at the end of a day."),
    permission="ledger.view_account",
    group=Group.BOOKS,
    icon="scale",
    parameters=AS_OF,
    columns=(
        Column(gettext_lazy("Account"), width=36),
        Column(gettext_lazy("Kind"), width=12, labels=ACCOUNT_KINDS),
        Column(gettext_lazy("Debit (TZS)"), CellKind.MONEY, 18, is_totalled=True),
        Column(gettext_lazy("Credit (TZS)"), CellKind.MONEY, 18, is_totalled=True),
        Column(gettext_lazy("Balance (TZS)"), CellKind.MONEY, 18, is_totalled=True),
    ),
    rows=rows,
    summary=summary,
    formats=FOR_PEOPLE,
)
