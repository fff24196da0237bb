"""State changes of carts and orders."""

from marketplace.orders.commands.cancel import (
    cancel_order,
    cancel_seller_order,
    expire_due_orders,
)
from marketplace.orders.commands.cart import clear_cart, set_cart_line
from marketplace.orders.commands.fulfil import (
    confirm_seller_order,
    deliver_seller_order,
    ship_seller_order,
)
from marketplace.orders.commands.pay import mark_paid
from marketplace.orders.commands.place import Delivery, Wanted, place_order
from marketplace.orders.commands.redirect import change_delivery
from marketplace.orders.commands.shipping import set_shipping_rate

__all__ = [
    "Delivery",
    "Wanted",
    "cancel_order",
    "cancel_seller_order",
    "change_delivery",
    "clear_cart",
    "confirm_seller_order",
    "deliver_seller_order",
    "expire_due_orders",
    "mark_paid",
    "place_order",
    "set_cart_line",
    "set_shipping_rate",
    "ship_seller_order",
]
