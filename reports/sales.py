"""Every seller order that was paid in a period, with what each side gets of it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.orders.queries import sales_between
from reports.base import (
    PERIOD,
    Cell,
    CellKind,
    Column,
    Parameter,
    ParameterKind,
    Report,
    Values,
    period,
)

SALES_PER_STEP = 2_000


def rows(values: Values) -> Iterator[Sequence[Cell]]:
    """Seller orders in the order of their payment, cancelled ones included with their status."""
    since, until = period(values)
    sales = sales_between(since=since, until=until, seller_reference=values.get("seller") or "")
    for part in sales.iterator(chunk_size=SALES_PER_STEP):
        yield (
            part.order.paid_at,
            part.order.reference,
            part.reference,
            part.seller.reference,
            part.seller.name,
            part.get_status_display(),
            part.order.region,
            part.items_minor,
            part.shipping_minor,
            part.gross_minor,
            part.commission_minor,
            part.commission_vat_minor,
            part.net_minor,
        )


def count(values: Values) -> int:
    since, until = period(values)
    seller = values.get("seller") or ""
    return sales_between(since=since, until=until, seller_reference=seller).count()


REPORT = Report(
    code="sales",
    title=_("Sales"),
    description=_("Paid seller orders with gross, commission, VAT on it and the seller's net."),
    permission="backoffice.see_sales",
    parameters=(
        *PERIOD,
        Parameter("seller", _("Seller's reference"), ParameterKind.TEXT, is_required=False),
    ),
    columns=(
        Column(_("Paid"), CellKind.INSTANT, 20),
        Column(_("Order"), width=14),
        Column(_("Seller order"), width=14),
        Column(_("Seller"), width=14),
        Column(_("Name"), width=32),
        Column(_("Status"), width=18),
        Column(_("Region"), width=18),
        Column(_("Items (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Shipping (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Gross (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Commission (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("VAT on commission (TZS)"), CellKind.MONEY, 16, is_totalled=True),
        Column(_("Net to seller (TZS)"), CellKind.MONEY, 16, is_totalled=True),
    ),
    rows=rows,
    count=count,
)
