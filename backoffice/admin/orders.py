"""Orders and the sellers' parts of them."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.display import moment, money, money_column, state_column
from backoffice.pages.search import phone_of, upper
from marketplace.orders.models import Order, SellerOrder


@admin.register(Order)
class OrderAdmin(Console):
    aggregate = "order"
    chips = "status"
    list_display = ("reference", "buyer", "phone", "region", "status_label", "total", "placed")
    list_select_related = ("buyer",)
    search_by = {"reference__startswith": upper, "phone": phone_of}
    search_hint = _("Reference or phone")
    status_label = state_column()
    total = money_column("total_minor", _("Total"))

    @display(description=_("Placed"), ordering="-pk")
    def placed(self, order: Order) -> Any:
        return moment(order.placed_at)


@admin.register(SellerOrder)
class SellerOrderAdmin(Console):
    """One seller's part of an order: the unit of fulfilment."""

    aggregate = "seller_order"
    chips = "status"
    list_display = ("reference", "order", "seller", "status_label", "gross", "placed")
    list_select_related = ("order", "seller")
    search_by = {"reference__startswith": upper, "order__reference__startswith": upper}
    search_hint = _("Reference of the seller order or of the order")
    status_label = state_column()

    @display(description=_("Gross"))
    def gross(self, seller_order: SellerOrder) -> Any:
        return money(seller_order.gross_minor)

    @display(description=_("Placed"), ordering="-pk")
    def placed(self, seller_order: SellerOrder) -> Any:
        return moment(seller_order.placed_at)
