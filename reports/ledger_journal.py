"""Every posting of a period, as an accountant's system takes it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger.figures import journal_rows, totals_between
from marketplace.ledger.queries import journal
from marketplace.shared.rows import Selection
from reports.base import PERIOD, CellKind, Column, Figure, Format, Group, Report, Values, period
from reports.choices import ACCOUNT_KINDS
from reports.general_ledger import ACCOUNT
from reports.memos import sentences


def selections(values: Values) -> Sequence[Selection]:
    """Postings in posting order; those of one entry stand together where they share their time."""
    since, until = period(values)
    account = values["account"] or ""
    return [journal_rows(since=since, until=until, account=account, sentences=sentences())]


def count(values: Values) -> int:
    since, until = period(values)
    return journal(since=since, until=until, account=values["account"] or "").count()


def summary(values: Values) -> list[Figure]:
    """Debits and credits, which of the whole journal are equal."""
    since, until = period(values)
    debit, credit = totals_between(since=since, until=until, account=values["account"] or "")
    figures = [
        Figure(_("Debits"), debit, CellKind.MONEY),
        Figure(_("Credits"), credit, CellKind.MONEY),
    ]
    if values["account"]:
        return figures
    balances = debit == credit
    return [*figures, Figure(_("Balances"), _("Yes") if balances else _("No"), is_good=balances)]


REPORT = Report(
    code="ledger_journal",
    title=gettext_lazy("Ledger journal"),
    description=gettext_lazy("Every posting of a period with its entry, account and cause."),
    permission="ledger.view_entry",
    group=Group.BOOKS,
    icon="list_alt",
    formats=(Format.CSV, Format.XLSX),
    parameters=(*PERIOD, ACCOUNT),
    columns=(
        Column(gettext_lazy("Posted"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Entry"), width=38),
        Column(gettext_lazy("Memo"), width=40),
        Column(gettext_lazy("Account"), width=32),
        Column(gettext_lazy("Kind"), width=12, labels=ACCOUNT_KINDS),
        Column(gettext_lazy("Reference"), width=16),
        Column(gettext_lazy("Debit (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Credit (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Cause"), width=32),
        Column(gettext_lazy("Actor"), width=24),
    ),
    selections=selections,
    count=count,
    summary=summary,
)
