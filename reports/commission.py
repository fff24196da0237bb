"""What we earned on sales and what VAT we owe on it, by month, seller and rule."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.billing.figures import Documents, billing_between, documents_between
from marketplace.ledger import chart
from marketplace.ledger.figures import totals_between
from marketplace.orders.figures import commission_lines
from marketplace.shared.money import format_minor
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
    compared,
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
    """All of it against what is billed, and against the two accounts; one seller has none of these."""
    if values["seller"]:
        return []
    since, until = period(values)
    lines = commission_lines(since=since, until=until)
    commission = sum(line.commission_minor - line.commission_returned_minor for line in lines)
    vat = sum(line.vat_minor - line.vat_returned_minor for line in lines)
    return [
        *_billing(since, until, commission, vat),
        *ties(
            (_("Commission"), commission, _credited(chart.COMMISSION_REVENUE, values)),
            (_("VAT on commission"), vat, _credited(chart.VAT_PAYABLE, values)),
        ),
    ]


def _billing(since: datetime, until: datetime, commission: int, vat: int) -> list[Figure]:
    """What became of it: on an invoice or credit note, still to be billed, or on its way there."""
    of_commission, of_vat = billing_between(since=since, until=until)
    documents = documents_between(since=since, until=until)
    money = CellKind.MONEY
    return [
        *(
            Figure(label % {"figure": figure}, minor, money)
            for figure, billed in (
                (_("Commission"), of_commission),
                (_("VAT on commission"), of_vat),
            )
            for label, minor in (
                (gettext_lazy("%(figure)s: billed"), billed.billed_minor),
                (gettext_lazy("%(figure)s: to be billed"), billed.to_bill_minor),
                (gettext_lazy("%(figure)s: booked, not collected yet"), billed.on_its_way_minor),
            )
        ),
        *compared(
            (_("Commission"), commission, of_commission.total_minor),
            (_("VAT on commission"), vat, of_vat.total_minor),
            other=gettext_lazy("%(figure)s, by billing"),
            verdict=_("Ties to billing"),
        ),
        Figure(
            _("Invoices and credit notes for it (%(count)s), as issued")
            % {"count": documents.count},
            documents.issued_minor,
            money,
        ),
        Figure(_("The same, by all their lines"), documents.lines_minor, money),
        _verdict(documents),
    ]


def _verdict(documents: Documents) -> Figure:
    difference = format_minor(documents.issued_minor - documents.lines_minor)
    is_good = documents.issued_minor == documents.lines_minor
    no = _("No, difference %(amount)s") % {"amount": difference}
    return Figure(_("Documents are their lines"), _("Yes") if is_good else no, is_good=is_good)


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
