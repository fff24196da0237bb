"""What services are told, and nothing else: the deeds of buyers, and of each the properties it may have.

No name, address, phone or search words stand here: what is not in this table never leaves the house.
"""

from enum import StrEnum

type Value = str | int | bool

TEXT_LENGTH_MAX = 80


class Deed(StrEnum):
    """By the name that services show."""

    SEARCHED = "Products Searched"
    VIEWED = "Product Viewed"
    CART_CHANGED = "Cart Changed"
    ORDER_PLACED = "Order Placed"
    ORDER_PAID = "Order Paid"
    PARCEL_DELIVERED = "Order Delivered"
    REFUNDED = "Order Refunded"
