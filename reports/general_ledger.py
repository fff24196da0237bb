"""Account by account: the balance before the period, every posting with the balance after it, the end."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger.figures import balance_of_family, general_ledger_rows, totals_between
from marketplace.shared.rows import Selection
from reports.base import (
    PERIOD,
    CellKind,
    Column,
    Figure,
    Format,
    Group,
    Parameter,
    ParameterKind,
    Report,
    Values,
    period,
    ties,
)
from reports.choices import ACCOUNT_KINDS
from reports.memos import sentences

ACCOUNT = Parameter(
    "account",
    gettext_lazy("Account, or how it begins"),
    ParameterKind.TEXT,
    is_required=False,
)


def selections(values: Values) -> Sequence[Selection]:
    since, until = period(values)
    return [
        general_ledger_rows(
            since=since,
            until=until,
            account=values["account"] or "",
            opening=_("Opening balance"),
            closing=_("Closing balance"),
            sentences=sentences(),
        )
    ]


def summary(values: Values) -> list[Figure]:
    """All accounts together, from the balance before to that after."""
    since, until = period(values)
    account = values["account"] or ""
    opening = balance_of_family(prefix=account, at=since)
    debit, credit = totals_between(since=since, until=until, account=account)
    money = CellKind.MONEY
    return [
        Figure(_("Opening balance"), opening, money),
        Figure(_("Debits"), debit, money),
        Figure(_("Credits"), credit, money),
        *ties(
            (
                _("Closing balance"),
                opening + debit - credit,
                balance_of_family(prefix=account, at=until),
            )
        ),
    ]


REPORT = Report(
    code="general_ledger",
    title=gettext_lazy("General ledger"),
    description=gettext_lazy(
        "Every account's postings with opening, running and closing balance; debits are positive."
    ),
    permission="ledger.view_entry",
    group=Group.BOOKS,
    icon="menu_book",
    formats=(Format.CSV, Format.XLSX),
    parameters=(*PERIOD, ACCOUNT),
    columns=(
        Column(gettext_lazy("Account"), width=32),
        Column(gettext_lazy("Kind"), width=12, labels=ACCOUNT_KINDS),
        Column(gettext_lazy("Posted"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Memo"), width=40),
        Column(gettext_lazy("Reference"), width=16),
        Column(gettext_lazy("Cause"), width=32),
        Column(gettext_lazy("Debit (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Credit (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Balance (TZS)"), CellKind.MONEY, 18),
    ),
    selections=selections,
    summary=summary,
)
