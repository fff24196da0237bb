"""Reads of carts, orders and seller orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from marketplace.listings.queries import OfferCard, offer_cards
from marketplace.orders.errors import OrderNotFound, SellerOrderNotFound
from marketplace.orders.models import CartLine, Order, SellerOrder, ShippingRate
from marketplace.shared.rows import fetch


@dataclass(frozen=True, slots=True)
class CartView:
    """A wish beside the offer as it is now."""

    offer: OfferCard
    quantity: int
    price_seen_minor: int

    @property
    def price_changed(self) -> bool:
        return self.offer.price_minor != self.price_seen_minor

    @property
    def can_be_ordered(self) -> bool:
        return self.offer.is_for_sale and self.offer.available >= self.quantity


def cart_of(*, buyer_id: UUID) -> list[CartView]:
    """The buyer's cart, oldest wish first; three queries."""
    lines = list(CartLine.objects.filter(buyer_id=buyer_id).order_by("pk"))
    offers = offer_cards(listing_ids=[line.listing_id for line in lines])
    return [
        CartView(offers[line.listing_id], line.quantity, line.price_seen_minor) for line in lines
    ]


def get_order(*, reference: str, buyer_id: UUID | None = None) -> Order:
    """With its seller orders and lines; with `buyer_id` only their own. Raises OrderNotFound."""
    rows = _with_parts(Order.objects.filter(reference=reference))
    if buyer_id is not None:
        rows = rows.filter(buyer_id=buyer_id)
    order = rows.first()
    if order is None:
        raise OrderNotFound
    return order


def order_by_id(order_id: UUID) -> Order:
    """By id, with its seller orders. Raises OrderNotFound."""
    order = _with_parts(Order.objects.filter(pk=order_id)).first()
    if order is None:
        raise OrderNotFound
    return order


def orders_of(*, buyer_id: UUID, status: str = "") -> QuerySet[Order]:
    """A buyer's orders with their parts and lines, newest first."""
    rows = _with_parts(Order.objects.filter(buyer_id=buyer_id))
    return (rows.filter(status=status) if status else rows).order_by("-id")


def seller_orders_of(*, seller_id: UUID, status: str = "") -> QuerySet[SellerOrder]:
    """A seller's orders with their lines, newest first."""
    rows = _part_rows().filter(seller_id=seller_id)
    return (rows.filter(status=status) if status else rows).order_by("-id")


def get_seller_order(
    *, reference: str, seller_id: UUID | None = None, buyer_id: UUID | None = None
) -> SellerOrder:
    """By reference, only for its seller or its buyer where given. Raises SellerOrderNotFound."""
    rows = _part_rows().filter(reference=reference)
    if seller_id is not None:
        rows = rows.filter(seller_id=seller_id)
    if buyer_id is not None:
        rows = rows.filter(order__buyer_id=buyer_id)
    part = rows.first()
    if part is None:
        raise SellerOrderNotFound
    return part


def seller_order_by_id(seller_order_id: UUID) -> SellerOrder:
    """With its order and seller. Raises SellerOrderNotFound."""
    part = _part_rows().filter(pk=seller_order_id).first()
    if part is None:
        raise SellerOrderNotFound
    return part


def parts_of(*, order_id: UUID) -> list[SellerOrder]:
    """The seller orders of an order with their sellers, in reference order."""
    rows = SellerOrder.objects.filter(order_id=order_id).select_related("seller", "order")
    return list(rows.order_by("pk"))


def parts_by_id(*, ids: Iterable[UUID]) -> dict[UUID, SellerOrder]:
    """Seller orders with order and seller, by id."""
    rows = SellerOrder.objects.filter(pk__in=set(ids)).select_related("seller", "order")
    return {part.pk: part for part in rows}


def parts_by_reference(*, references: Iterable[str]) -> list[SellerOrder]:
    """Seller orders with their lines, by reference; unknown references are left out."""
    return list(_part_rows().filter(reference__in=list(references)).order_by("pk"))


def sales_between(
    *, since: datetime, until: datetime, seller_reference: str = ""
) -> QuerySet[SellerOrder]:
    """Seller orders whose order was paid in [since, until), with order and seller, oldest first."""
    rows = SellerOrder.objects.filter(order__paid_at__gte=since, order__paid_at__lt=until)
    if seller_reference:
        rows = rows.filter(seller__reference=seller_reference)
    return rows.select_related("order", "seller").order_by("order__paid_at", "pk")


def shipping_regions() -> dict[str, int]:
    """Delivery fee in minor units per seller's parcel, by region."""
    return dict(ShippingRate.objects.order_by("region").values_list("region", "fee_minor"))


def shipping_fee(region: str) -> int | None:
    """Minor units per seller's parcel; None where we do not deliver."""
    rows = fetch("SELECT fee_minor FROM orders_shippingrate WHERE region = %s", region)
    return int(rows[0][0]) if rows else None


def _part_rows() -> QuerySet[SellerOrder]:
    return SellerOrder.objects.select_related("order", "seller", "shipment").prefetch_related(
        "lines"
    )


def _with_parts(rows: QuerySet[Order]) -> QuerySet[Order]:
    parts = _part_rows().order_by("pk")
    return rows.select_related("buyer").prefetch_related(Prefetch("seller_orders", queryset=parts))
