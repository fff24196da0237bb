"""What orders announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _OrderEvent(Event):
    name: ClassVar[str] = "orders._order"
    aggregate: ClassVar[str] = "order"
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(_OrderEvent):
    name: ClassVar[str] = "orders.placed.v1"


@dataclass(frozen=True, kw_only=True)
class OrderPaid(_OrderEvent):
    name: ClassVar[str] = "orders.paid.v1"


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(_OrderEvent):
    """The whole order is off. `was_paid` tells payments to give the money back."""

    name: ClassVar[str] = "orders.cancelled.v1"
    was_paid: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderExpired(_OrderEvent):
    name: ClassVar[str] = "orders.expired.v1"


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(_OrderEvent):
    name: ClassVar[str] = "orders.completed.v1"


@dataclass(frozen=True, kw_only=True)
class OrderDeliveryChanged(_OrderEvent):
    """It goes elsewhere. `fields` are the parts of the address that changed, never what they say."""

    name: ClassVar[str] = "orders.delivery_changed.v1"
    fields: list[str]
    reason: str


@dataclass(frozen=True, kw_only=True)
class _SellerOrderEvent(Event):
    name: ClassVar[str] = "orders._seller_order"
    aggregate: ClassVar[str] = "seller_order"
    seller_order_id: UUID
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class SellerOrderConfirmed(_SellerOrderEvent):
    name: ClassVar[str] = "orders.seller_order_confirmed.v1"


@dataclass(frozen=True, kw_only=True)
class SellerOrderShipped(_SellerOrderEvent):
    name: ClassVar[str] = "orders.seller_order_shipped.v1"
    carrier: str
    tracking: str


@dataclass(frozen=True, kw_only=True)
class SellerOrderDelivered(_SellerOrderEvent):
    name: ClassVar[str] = "orders.seller_order_delivered.v1"


@dataclass(frozen=True, kw_only=True)
class SellerOrderCancelled(_SellerOrderEvent):
    """One seller's part is off after payment: its money goes back."""

    name: ClassVar[str] = "orders.seller_order_cancelled.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ShippingRateSet(Event):
    """Delivery to a region costs something else from now on, or begins."""

    name: ClassVar[str] = "orders.shipping_rate_set.v1"
    aggregate: ClassVar[str] = "shipping_rate"
    shipping_rate_id: int
    region: str
    fee_minor: int
