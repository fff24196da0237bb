"""The life of an order, of a seller's part of it, and of a stock reservation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

BUYER, SELLER, STAFF = ActorKind.BUYER, ActorKind.SELLER, ActorKind.STAFF
SYSTEM, PROVIDER = ActorKind.SYSTEM, ActorKind.PROVIDER


class OrderStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    PAID = "paid", _("Paid")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


ORDER_TRANSITIONS: Transitions = {
    OrderStatus.AWAITING_PAYMENT: {
        OrderStatus.PAID: by(SYSTEM, PROVIDER, STAFF),
        OrderStatus.CANCELLED: by(BUYER, STAFF),
        OrderStatus.EXPIRED: by(SYSTEM),
    },
    OrderStatus.PAID: {
        OrderStatus.COMPLETED: by(BUYER, SELLER, STAFF, SYSTEM),
        OrderStatus.CANCELLED: by(
            BUYER, SELLER, STAFF, SYSTEM
        ),  # all its seller orders were cancelled
    },
    OrderStatus.COMPLETED: {},
    OrderStatus.CANCELLED: {},
    OrderStatus.EXPIRED: {},
}


class SellerOrderStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    TO_CONFIRM = "to_confirm", _("To confirm")
    TO_SHIP = "to_ship", _("To ship")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")


SELLER_ORDER_TRANSITIONS: Transitions = {
    SellerOrderStatus.AWAITING_PAYMENT: {
        SellerOrderStatus.TO_CONFIRM: by(SYSTEM, PROVIDER, STAFF),
        SellerOrderStatus.CANCELLED: by(BUYER, STAFF, SYSTEM),
    },
    SellerOrderStatus.TO_CONFIRM: {
        SellerOrderStatus.TO_SHIP: by(SELLER, STAFF),
        SellerOrderStatus.SHIPPED: by(SELLER, STAFF),
        SellerOrderStatus.CANCELLED: by(BUYER, SELLER, STAFF, SYSTEM),
    },
    SellerOrderStatus.TO_SHIP: {
        SellerOrderStatus.SHIPPED: by(SELLER, STAFF),
        SellerOrderStatus.CANCELLED: by(SELLER, STAFF, SYSTEM),
    },
    SellerOrderStatus.SHIPPED: {SellerOrderStatus.DELIVERED: by(BUYER, STAFF, SYSTEM)},
    SellerOrderStatus.DELIVERED: {},
    SellerOrderStatus.CANCELLED: {},
}


class ReservationStatus(models.TextChoices):
    OPEN = "open", _("Open")
    SOLD = "sold", _("Sold")
    RELEASED = "released", _("Released")
