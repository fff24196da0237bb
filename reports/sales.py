"""Every seller order that was paid in a period, with what each side gets of it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.orders.figures import gross_paid, sales_rows
from marketplace.orders.queries import sales_between
from marketplace.orders.states import SellerOrderStatus
from marketplace.shared.rows import Selection
from reports.base import PERIOD, CellKind, Column, Figure, Group, Report, Values, period, ties
from reports.choices import SELLER


def selections(values: Values) -> Sequence[Selection]:
    """Seller orders in the order of their payment, cancelled ones included with their status."""
    since, until = period(values)
    return [sales_rows(since=since, until=until, seller=values["seller"] or "")]


def count(values: Values) -> int:
    since, until = period(values)
    seller = values["seller"] or ""
    return sales_between(since=since, until=until, seller_reference=seller).count()


def summary(values: Values) -> list[Figure]:
    """What the seller orders came to, against what the ledger took in for them."""
    since, until = period(values)
    gross, booked = gross_paid(since=since, until=until, seller=values["seller"] or "")
    return ties((_("Gross"), gross, booked))


REPORT = Report(
    code="sales",
    title=gettext_lazy("Sales"),
    description=gettext_lazy(
        "Paid seller orders with gross, commission, VAT on it and the seller's net."
    ),
    permission="backoffice.see_sales",
    group=Group.TRADE,
    icon="shopping_bag",
    parameters=(
        *PERIOD,
        SELLER,
    ),
    columns=(
        Column(gettext_lazy("Paid"), CellKind.INSTANT, 20),
        Column(gettext_lazy("Order"), width=14),
        Column(gettext_lazy("Seller order"), width=14),
        Column(gettext_lazy("Seller"), width=14),
        Column(gettext_lazy("Name"), width=32),
        Column(gettext_lazy("Status"), width=18, labels=dict(SellerOrderStatus.choices)),
        Column(gettext_lazy("Region"), width=18),
        Column(gettext_lazy("Items (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Shipping (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Gross (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Commission (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("VAT on commission (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(gettext_lazy("Net to seller (TZS)"), CellKind.MONEY, 16, is_totalled=True),
    ),
    selections=selections,
    count=count,
    summary=summary,
)
