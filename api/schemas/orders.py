"""Carts, orders and sellers' parts of them."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.schemas.base import (
    Choice,
    In,
    Moment,
    Money,
    MoneyIn,
    Out,
    Text,
    Whole,
    choice,
    line,
    money,
    reference_of,
)
from api.schemas.catalog import OfferOut, ProductBrief
from api.schemas.payments import PaymentOut
from marketplace.catalog.queries import ProductCard
from marketplace.listings.queries import OfferCard
from marketplace.orders.queries import CartView
from marketplace.sellers.queries import SellerCard

LINES_MAX = 50
QUANTITY_MAX = 100


class CartLineIn(In):
    quantity: Whole = Field(ge=0, le=QUANTITY_MAX, examples=[2], description="0 takes it out.")


class CartLineOut(Out):
    """A wish beside the offer as it is now. It reserves nothing."""

    product: ProductBrief
    offer: OfferOut
    quantity: int = Field(examples=[2])
    price_seen: Money
    price_changed: bool = Field(examples=[False])
    can_be_ordered: bool = Field(examples=[True])
    total: Money

    @classmethod
    def of(cls, view: CartView, product: ProductCard, seller: SellerCard) -> "CartLineOut":
        return cls(
            product=ProductBrief.of(product),
            offer=OfferOut.of(view.offer, seller),
            quantity=view.quantity,
            price_seen=money(view.price_seen_minor),
            price_changed=view.price_changed,
            can_be_ordered=view.can_be_ordered,
            total=money(view.quantity * view.offer.price_minor),
        )


class CartOut(Out):
    lines: list[CartLineOut]
    items: Money = Field(description="Without delivery, at today's prices.")


class RegionOut(Out):
    region: str = Field(examples=["Dar es Salaam"])
    fee: Money = Field(description="Per seller's parcel.")


class WantedIn(In):
    listing: Text = line(1, 20, "LST-7K3M9QX2")
    quantity: Whole = Field(ge=1, le=QUANTITY_MAX, examples=[2])
    price: MoneyIn | None = Field(
        None,
        description="The price that the buyer was shown; another one is refused (price_changed).",
    )


class DeliveryIn(In):
    recipient: Text = line(1, 120, "Asha Mushi")
    phone: Text = line(1, 30, "+255754123456")
    region: Text = line(1, 60, "Dar es Salaam")
    district: Text = line(1, 60, "Kinondoni")
    street: Text = line(1, 200, "Mtaa wa Samora 12")
    landmark: Text = Field("", max_length=200, examples=["Karibu na Msikiti wa Manyema"])


class OrderIn(In):
    """Give `delivery`, or `address` with the reference of a saved one."""

    lines: list[WantedIn] = Field(min_length=1, max_length=LINES_MAX)
    delivery: DeliveryIn | None = None
    address: Text | None = Field(None, max_length=20, examples=[None])

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.delivery is None) == (self.address is None):
            raise PydanticCustomError("one_place", "Give either a delivery or an address.")
        return self


class ShipIn(In):
    carrier: Text = line(1, 60, "Bodaboda Express")
    tracking: Text = Field("", max_length=60, examples=["BE-20419"])


class LineOut(Out):
    listing: str = reference_of("LST")
    title: str = Field(examples=["Tecno Spark 20"])
    sku: str = Field(examples=["SPARK20-256-BLK"])
    quantity: int = Field(examples=[2])
    unit_price: Money
    total: Money
    vat: Money = Field(description="Included in the total.")
    thumbnail_url: str = Field(examples=["/media/listings/7k3m/PIC-7K3M9QX2-small.webp"])

    @classmethod
    def of(cls, row: Any, offer: OfferCard) -> "LineOut":
        return cls(
            listing=offer.reference,
            title=row.title,
            sku=row.sku,
            quantity=row.quantity,
            unit_price=money(row.unit_price_minor),
            total=money(row.total_minor),
            vat=money(row.vat_minor),
            thumbnail_url=offer.thumbnail_url,
        )


class ShipmentOut(Out):
    reference: str = reference_of("SHP")
    carrier: str = Field(examples=["Bodaboda Express"])
    tracking: str = Field(examples=["BE-20419"])
    shipped_at: Moment
    delivered_at: Moment | None


class PartOut(Out):
    """One seller's part of an order: what is shipped, delivered, cancelled or disputed as one."""

    reference: str = reference_of("SO")
    seller: str = reference_of("SEL")
    seller_name: str = Field(examples=["Kariakoo Electronics"])
    status: Choice = Field(examples=[{"code": "shipped", "label": "Shipped"}])
    items: Money
    shipping: Money
    total: Money
    lines: list[LineOut]
    shipment: ShipmentOut | None
    confirmed_at: Moment | None
    delivered_at: Moment | None
    cancelled_at: Moment | None
    cancel_reason: str = Field(examples=[""])

    @classmethod
    def of(cls, row: Any, offers: Mapping[UUID, OfferCard]) -> "PartOut":
        return cls(**part_values(row, offers))


class AddressBrief(Out):
    recipient: str = Field(examples=["Asha Mushi"])
    phone: str = Field(examples=["+255754123456"])
    region: str = Field(examples=["Dar es Salaam"])
    district: str = Field(examples=["Kinondoni"])
    street: str = Field(examples=["Mtaa wa Samora 12"])
    landmark: str = Field(examples=["Karibu na Msikiti wa Manyema"])

    @classmethod
    def of(cls, row: Any) -> "AddressBrief":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class OrderOut(Out):
    """What the buyer asked for and owes, frozen when it was placed."""

    reference: str = reference_of("ORD")
    status: Choice = Field(examples=[{"code": "paid", "label": "Paid"}])
    items: Money
    shipping: Money
    total: Money
    delivery: AddressBrief
    placed_at: Moment
    expires_at: Moment = Field(description="Unpaid, the order ends at this moment.")
    paid_at: Moment | None
    closed_at: Moment | None
    close_reason: str = Field(examples=[""])
    seller_orders: list[PartOut]

    @classmethod
    def of(cls, row: Any, offers: Mapping[UUID, OfferCard]) -> "OrderOut":
        return cls(**order_values(row, offers))


class OrderDetail(OrderOut):
    payment: PaymentOut


class SellerOrderOut(PartOut):
    """The part as its seller sees it: with where it goes and what is earned by it."""

    order: str = reference_of("ORD")
    placed_at: Moment
    delivery: AddressBrief
    commission: Money
    commission_vat: Money
    net: Money = Field(description="Total less commission and the VAT on it.")

    @classmethod
    def of(cls, row: Any, offers: Mapping[UUID, OfferCard]) -> "SellerOrderOut":
        return cls(
            **part_values(row, offers),
            order=row.order.reference,
            placed_at=row.placed_at,
            delivery=AddressBrief.of(row.order),
            commission=money(row.commission_minor),
            commission_vat=money(row.commission_vat_minor),
            net=money(row.net_minor),
        )


def order_values(row: Any, offers: Mapping[UUID, OfferCard]) -> dict[str, Any]:
    """An order's public fields; its seller orders are prefetched."""
    return {
        "reference": row.reference,
        "status": choice(row, "status"),
        "items": money(row.items_minor, row.currency),
        "shipping": money(row.shipping_minor, row.currency),
        "total": money(row.total_minor, row.currency),
        "delivery": AddressBrief.of(row),
        "placed_at": row.placed_at,
        "expires_at": row.expires_at,
        "paid_at": row.paid_at,
        "closed_at": row.closed_at,
        "close_reason": row.close_reason,
        "seller_orders": [PartOut.of(part, offers) for part in row.seller_orders.all()],
    }


def part_values(row: Any, offers: Mapping[UUID, OfferCard]) -> dict[str, Any]:
    """A seller order's fields that both sides see; its lines are prefetched."""
    shipment = getattr(row, "shipment", None)
    return {
        "reference": row.reference,
        "seller": row.seller.reference,
        "seller_name": row.seller.name,
        "status": choice(row, "status"),
        "items": money(row.items_minor),
        "shipping": money(row.shipping_minor),
        "total": money(row.gross_minor),
        "lines": [LineOut.of(each, offers[each.listing_id]) for each in row.lines.all()],
        "shipment": (
            ShipmentOut.model_validate(shipment, from_attributes=True) if shipment else None
        ),
        "confirmed_at": row.confirmed_at,
        "delivered_at": row.delivered_at,
        "cancelled_at": row.cancelled_at,
        "cancel_reason": row.cancel_reason,
    }
