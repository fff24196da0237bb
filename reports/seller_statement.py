"""One seller's account for a period: what was owed before, every movement, what is owed at the end."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger import chart
from marketplace.ledger.figures import statement_rows, totals_between
from marketplace.ledger.queries import balance
from marketplace.sellers.queries import sellers_by_reference
from marketplace.shared.rows import Selection
from reports.base import (
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
from reports.memos import sentences

_FAMILIES = (chart.seller_pending, chart.seller_available, chart.seller_on_hold)
SELLER = Parameter("seller", gettext_lazy("Seller"), ParameterKind.TEXT)


def selections(values: Values) -> Sequence[Selection]:
    """Raises ParameterInvalid where there is no such seller."""
    since, until = period(values)
    return [
        statement_rows(
            since=since,
            until=until,
            accounts=_accounts(values),
            opening=_("Opening balance"),
            closing=_("Closing balance"),
            sentences=sentences(),
        )
    ]


def summary(values: Values) -> list[Figure]:
    """From the balance before to that after, against the balances of the three accounts."""
    since, until = period(values)
    accounts = _accounts(values)
    opening = -sum(balance(account=account, at=since) for account in accounts)
    moves = [totals_between(since=since, until=until, account=account) for account in accounts]
    taken_out = sum(debit for debit, _credit in moves)
    put_in = sum(credit for _debit, credit in moves)
    booked = -sum(balance(account=account, at=until) for account in accounts)
    money = CellKind.MONEY
    return [
        Figure(_("Opening balance"), opening, money),
        Figure(_("In"), put_in, money),
        Figure(_("Out"), taken_out, money),
        *ties((_("Closing balance"), opening + put_in - taken_out, booked)),
    ]


def _accounts(values: Values) -> list[str]:
    reference = values["seller"]
    if reference not in sellers_by_reference([reference]):
        raise SELLER.refused(_("There is no such seller."))
    return [family(reference) for family in _FAMILIES]


REPORT = Report(
    code="seller_statement",
    title=gettext_lazy("Seller statement"),
    description=gettext_lazy(
        "One seller's account for a period: the opening, every movement, the closing."
    ),
    permission="payouts.view_earning",
    group=Group.TRADE,
    icon="receipt_long",
    parameters=(*PERIOD, SELLER),
    columns=(
        Column(gettext_lazy("Posted"), CellKind.INSTANT, 20),
        Column(
            gettext_lazy("Account"),
            width=14,
            labels={
                "seller_pending": gettext_lazy("Pending"),
                "seller_available": gettext_lazy("Available"),
                "seller_on_hold": gettext_lazy("On hold"),
            },
        ),
        Column(gettext_lazy("Memo"), width=40),
        Column(gettext_lazy("Reference"), width=16),
        Column(gettext_lazy("In (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Out (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Balance (TZS)"), CellKind.MONEY, 18),
    ),
    selections=selections,
    summary=summary,
)
