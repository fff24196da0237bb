"""What we earned on sales and what VAT we owe on it, by month, seller and rule."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.ledger import chart
from marketplace.ledger.figures import totals_between
from marketplace.orders.figures import commission_lines
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
from reports.choices import SELLER


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Months in order, sellers by reference; postings of no seller order first."""
    since, until = period(values)
    for line in commission_lines(since=since, until=until, seller=values["seller"] or ""):
        yield (
            f"{line.month:%Y-%m}",
            line.seller,
            line.name,
            line.rule,
            line.parts,
            line.items_minor,
            line.commission_minor,
            -line.commission_returned_minor,
            line.commission_minor - line.commission_returned_minor,
            line.vat_minor,
            -line.vat_returned_minor,
            line.vat_minor - line.vat_returned_minor,
        )


def summary(values: Values) -> list[Figure]:
    """All of it against the two accounts; of one seller there is no account of its own."""
    if values["seller"]:
        return []
    since, until = period(values)
    lines = commission_lines(since=since, until=until)
    return ties(
        (
            _("Commission"),
            sum(line.commission_minor - line.commission_returned_minor for line in lines),
            _credited(chart.COMMISSION_REVENUE, values),
        ),
        (
            _("VAT on commission"),
            sum(line.vat_minor - line.vat_returned_minor for line in lines),
            _credited(chart.VAT_PAYABLE, values),
        ),
    )


def _credited(account: str, values: Values) -> int:
    since, until = period(values)
    debit, credit = totals_between(since=since, until=until, account=account)
    return credit - debit


def _money(label: Any) -> Column:
    return Column(label, CellKind.MONEY, 18, is_totalled=True)


REPORT = Report(
    code="commission",
    title=gettext_lazy("Commission and VAT"),
    description=gettext_lazy(
        "Commission earned and given back, and the VAT on it, by month, seller and rule."
    ),
    permission="ledger.view_entry",
    group=Group.BOOKS,
    icon="percent",
    parameters=(*PERIOD, SELLER),
    columns=(
        Column(gettext_lazy("Month"), width=10),
        Column(gettext_lazy("Seller"), width=14),
        Column(gettext_lazy("Name"), width=28),
        Column(gettext_lazy("Rule"), width=36),
        Column(gettext_lazy("Seller orders"), CellKind.INTEGER, 12),
        _money(gettext_lazy("Items sold (TZS)")),
        _money(gettext_lazy("Commission (TZS)")),
        _money(gettext_lazy("Given back (TZS)")),
        _money(gettext_lazy("Commission net (TZS)")),
        _money(gettext_lazy("VAT (TZS)")),
        _money(gettext_lazy("VAT given back (TZS)")),
        _money(gettext_lazy("VAT net (TZS)")),
    ),
    rows=rows,
    summary=summary,
    formats=FOR_PEOPLE,
)
