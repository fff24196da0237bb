"""What each provider's wallet did day by day: taken in, given back, paid out, charged, swept."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger import chart
from marketplace.ledger.figures import balance_of_family
from reports.base import (
    FOR_PEOPLE,
    PERIOD,
    Cell,
    CellKind,
    Column,
    Figure,
    Group,
    Report,
    Values,
    period,
    ties,
)
from reports.choices import ANY_PROVIDER, PROVIDER_NAMES
from reports.wallets import Cause, wallet_days


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """By provider and day, each day from its opening to its closing balance."""
    since, until = period(values)
    days = wallet_days(since=since, until=until, provider=values["provider"] or "")
    for provider, of_provider in groupby(days, key=lambda day: day.provider):
        balance = balance_of_family(prefix=chart.provider_clearing(provider), at=since)
        for day in of_provider:
            moved = day.minor
            with_bank = moved[Cause.SWEPT] + moved[Cause.TOPPED_UP]
            yield (
                day.day,
                PROVIDER_NAMES.get(provider, provider),
                balance,
                moved[Cause.PAYMENTS] + moved[Cause.WITHOUT_ORDER],
                moved[Cause.REFUNDS] + moved[Cause.REVERSED],
                moved[Cause.PAYOUTS] + moved[Cause.RETURNED],
                moved[Cause.FEES],
                moved[Cause.OTHER],
                day.net_minor - with_bank,
                with_bank,
                balance + day.net_minor,
            )
            balance += day.net_minor


def summary(values: Values) -> list[Figure]:
    """From the wallets' balance before the period to that after it."""
    since, until = period(values)
    family = chart.provider_clearing(values["provider"] or "")
    opening = balance_of_family(prefix=family, at=since)
    days = wallet_days(since=since, until=until, provider=values["provider"] or "")
    moved = sum(day.net_minor for day in days)
    return [
        Figure(_("Opening balance"), opening, CellKind.MONEY),
        Figure(_("Moved in the period"), moved, CellKind.MONEY),
        *ties(
            (
                _("Closing balance"),
                opening + moved,
                balance_of_family(prefix=family, at=until),
            )
        ),
    ]


def _money(label: Any, *, is_totalled: bool = True) -> Column:
    return Column(label, CellKind.MONEY, 16, is_totalled=is_totalled)


REPORT = Report(
    code="settlement",
    title=gettext_lazy("Settlement"),
    description=gettext_lazy(
        "Each provider's wallet day by day: gross, refunds, payouts, charges, net, to and from the bank."
    ),
    permission="ledger.view_entry",
    group=Group.WALLETS,
    icon="account_balance_wallet",
    parameters=(ANY_PROVIDER, *PERIOD),
    columns=(
        Column(gettext_lazy("Day"), CellKind.DATE, 12),
        Column(gettext_lazy("Provider"), width=14),
        _money(gettext_lazy("Opening (TZS)"), is_totalled=False),
        _money(gettext_lazy("Gross (TZS)")),
        _money(gettext_lazy("Refunds (TZS)")),
        _money(gettext_lazy("Payouts (TZS)")),
        _money(gettext_lazy("Charges (TZS)")),
        _money(gettext_lazy("Corrections (TZS)")),
        _money(gettext_lazy("Net (TZS)")),
        _money(gettext_lazy("To and from the bank (TZS)")),
        _money(gettext_lazy("Closing (TZS)"), is_totalled=False),
    ),
    rows=rows,
    summary=summary,
    formats=FOR_PEOPLE,
)
