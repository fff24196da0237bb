"""Orders and the sellers' parts of them: one page tells the whole story of an order."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console, is_about_one
from backoffice.admin.keyset import Keyset
from backoffice.admin.order_filters import SoldFrom
from backoffice.admin.order_help import HELP
from backoffice.admin.order_many import ORDERS, PARTS
from backoffice.admin.order_page import DELIVERY, WALLETS, order_page, seller_order_page
from backoffice.admin.order_search import matching
from backoffice.admin.refund_requests import (
    RefundForm,
    has_something_to_refund,
    request_refund,
    standing_payments,
)
from backoffice.pages.blocks import Page
from backoffice.pages.bulk import Bulk
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import moment, money, money_column, state_column
from backoffice.pages.forms import ReasonForm, Words
from backoffice.pages.search import upper
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from backoffice.work.many import Many
from marketplace.orders.commands import (
    cancel_order,
    cancel_seller_order,
    confirm_seller_order,
    deliver_seller_order,
    ship_seller_order,
)
from marketplace.orders.models import Order, SellerOrder
from marketplace.orders.states import (
    ORDER_TRANSITIONS,
    SELLER_ORDER_TRANSITIONS,
    OrderStatus,
    SellerOrderStatus,
)


class ShipmentForm(forms.Form):
    carrier = Words(label=_("Carrier"), max_length=60)
    tracking = Words(label=_("Tracking number"), max_length=60, required=False)


def _cancel(asked: Asked) -> None:
    cancel_order(order_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _cancel_part(asked: Asked) -> None:
    cancel_seller_order(
        seller_order_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor
    )


def _confirm(asked: Asked) -> None:
    confirm_seller_order(seller_order_id=asked.object.pk, actor=asked.actor)


def _ship(asked: Asked) -> None:
    ship_seller_order(
        seller_order_id=asked.object.pk,
        carrier=asked.data["carrier"],
        tracking=asked.data["tracking"],
        actor=asked.actor,
    )


def _deliver(asked: Asked) -> None:
    deliver_seller_order(seller_order_id=asked.object.pk, actor=asked.actor)


@admin.register(Order)
class OrderAdmin(Many, Keyset):
    exported = {
        _("Reference"): "reference",
        _("State"): "get_status_display",
        _("Buyer"): "buyer__name",
        _("Phone"): "phone",
        _("Region"): "region",
        _("Items (TZS)"): "items_minor",
        _("Shipping (TZS)"): "shipping_minor",
        _("Total (TZS)"): "total_minor",
        _("Placed"): "placed_at",
        _("Paid"): "paid_at",
    }
    aggregate = "order"
    page_select_related = ("buyer",)
    chips = "status"
    list_display = ("reference", "buyer", "phone", "region", "status_label", "total", "placed")
    list_select_related = ("buyer",)
    # `matching` says how; the box shows where a list can be searched at all.
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference, phone, name, e-mail, SKU or receipt")
    status_label = state_column()
    total = money_column("total_minor", _("Total"))
    decisions = (
        *HELP,
        Decision(
            "cancel",
            _("Cancel the order"),
            "cancel_orders",
            _cancel,
            done=_("The order is cancelled; what was paid for it goes back."),
            form=ReasonForm,
            ask=_(
                "Every part that is not shipped yet is cancelled, its stock and money go back. "
                "Buyer and sellers read the reason."
            ),
            icon="cancel",
            variant="danger",
            when=may_become(ORDER_TRANSITIONS, OrderStatus.CANCELLED),
        ),
        *DELIVERY.decisions,
        *WALLETS.decisions,
    )

    @display(description=_("Placed"), ordering="-pk")
    def placed(self, order: Order) -> Any:
        return moment(order.placed_at)

    def together(self) -> Sequence[Bulk]:
        return ORDERS

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = " ".join(search_term.split())
        return (queryset.filter(matching(words)) if words else queryset), False

    def page(self, request: HttpRequest, order: Order) -> Page:
        return order_page(request, order)


def _step(wanted: SellerOrderStatus) -> Any:
    return may_become(SELLER_ORDER_TRANSITIONS, wanted)


class SellerOrderColumns(Console):
    list_display: Sequence[str] = (
        "reference",
        "order",
        "seller",
        "status_label",
        "gross",
        "placed",
    )
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


@admin.register(SellerOrder)
class SellerOrderAdmin(CasePage, Many, Keyset, SellerOrderColumns):
    """One seller's part of an order: the unit of fulfilment."""

    exported = {
        _("Reference"): "reference",
        _("Order"): "order__reference",
        _("Seller"): "seller__name",
        _("State"): "get_status_display",
        _("Items (TZS)"): "items_minor",
        _("Shipping (TZS)"): "shipping_minor",
        _("Commission (TZS)"): "commission_minor",
        _("VAT on commission (TZS)"): "commission_vat_minor",
        _("Placed"): "placed_at",
        _("Shipped"): "shipped_at",
        _("Delivered"): "delivered_at",
    }
    aggregate = "seller_order"
    chips = "status"
    list_filter = (SoldFrom,)
    decisions = (
        Decision(
            "confirm",
            _("Confirm"),
            "fulfil_orders",
            _confirm,
            done=_("Confirmed for the seller."),
            ask=_("The seller told us that they have the goods and will send them."),
            icon="thumb_up",
            when=_step(SellerOrderStatus.TO_SHIP),
        ),
        Decision(
            "ship",
            _("Mark shipped"),
            "fulfil_orders",
            _ship,
            done=_("The parcel is on its way."),
            form=ShipmentForm,
            icon="local_shipping",
            variant="primary",
            when=_step(SellerOrderStatus.SHIPPED),
        ),
        Decision(
            "deliver",
            _("Mark delivered"),
            "fulfil_orders",
            _deliver,
            done=_("The parcel has arrived."),
            ask=_("The buyer has it: from now on the seller's hold period runs."),
            icon="where_to_vote",
            variant="primary",
            when=_step(SellerOrderStatus.DELIVERED),
        ),
        Decision(
            "refund",
            _("Refund"),
            "request_refunds",
            request_refund,
            form=RefundForm,
            ask=_(
                "Seller, commission and VAT bear it by the terms of the order. A large refund waits "
                "for a second person."
            ),
            icon="undo",
            when=has_something_to_refund,
        ),
        Decision(
            "cancel",
            _("Cancel this part"),
            "cancel_orders",
            _cancel_part,
            done=_("This part is cancelled; stock and money go back."),
            form=ReasonForm,
            ask=_("Its stock and money go back. Buyer and seller read the reason."),
            icon="cancel",
            variant="danger",
            when=_step(SellerOrderStatus.CANCELLED),
        ),
        *hands("seller_order", "fulfil_orders"),
    )

    page_select_related = ("order__buyer", "seller", "shipment")

    def together(self) -> Sequence[Bulk]:
        return PARTS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if not is_about_one(request):
            return rows
        payment = standing_payments().filter(intent__order=OuterRef("order"))
        return rows.annotate(is_paid_for=Exists(payment)).prefetch_related("lines")

    def page(self, request: HttpRequest, seller_order: SellerOrder) -> Page:
        return seller_order_page(request, seller_order)
