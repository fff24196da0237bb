"""The steps of a buyer before an order, which leave no event behind, and what becomes of those
that services are told of."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(StrEnum):
    SEARCH = "search"
    VIEW = "view"
    CART = "cart"


class ForwardStatus(models.TextChoices):
    """Of a deed on its way to one service."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused")
    WITHHELD = "withheld", _("Withheld")


class DeedName(StrEnum):
    """What services are told that a buyer did, by the name that they show."""

    SEARCHED = "Products Searched"
    VIEWED = "Product Viewed"
    CART_CHANGED = "Cart Changed"
    ORDER_PLACED = "Order Placed"
    ORDER_PAID = "Order Paid"
    PARCEL_DELIVERED = "Order Delivered"
    REFUNDED = "Order Refunded"


def title_of(destination: str) -> str:
    """How a service writes its own name."""
    return destination.capitalize()
