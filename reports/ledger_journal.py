"""Every posting of a period, as an accountant's system takes it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.ledger.queries import journal
from reports.base import PERIOD, Cell, CellKind, Column, Parameter, ParameterKind, Report, Values
from reports.base import period as period_of

POSTINGS_PER_STEP = 5_000


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Postings in posting order; those of one entry stand together where they share their time."""
    since, until = period_of(values)
    postings = journal(since=since, until=until, account=values.get("account") or "").values_list(
        "posted_at",
        "entry_id",
        "entry__memo",
        "account__code",
        "account__kind",
        "reference",
        "amount_minor",
        "entry__event__name",
        "entry__event__actor_label",
    )
    for at, entry, memo, account, kind, reference, amount, event, actor in postings.iterator(
        chunk_size=POSTINGS_PER_STEP
    ):
        debit, credit = (amount, None) if amount > 0 else (None, -amount)
        yield at, str(entry), memo, account, kind, reference, debit, credit, event, actor


def count(values: Values) -> int:
    since, until = period_of(values)
    return journal(since=since, until=until, account=values.get("account") or "").count()


REPORT = Report(
    code="ledger_journal",
    title=_("Ledger journal"),
    description=_("Every posting of a period with its entry, account and cause."),
    permission="ledger.view_entry",
    parameters=(
        *PERIOD,
        Parameter("account", _("Account, or how it begins"), ParameterKind.TEXT, is_required=False),
    ),
    columns=(
        Column(_("Posted"), CellKind.INSTANT, 20),
        Column(_("Entry"), width=38),
        Column(_("Memo"), width=40),
        Column(_("Account"), width=32),
        Column(_("Kind"), width=12),
        Column(_("Reference"), width=16),
        Column(_("Debit (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Credit (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Cause"), width=32),
        Column(_("Actor"), width=24),
    ),
    rows=rows,
    count=count,
)
