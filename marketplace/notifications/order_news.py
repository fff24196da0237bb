"""Who is told that an order goes elsewhere: whose order it is, and who sends it."""

from marketplace.notifications import commands
from marketplace.orders.events import OrderDeliveryChanged
from marketplace.orders.queries import order_by_id
from marketplace.orders.states import SellerOrderStatus
from marketplace.sellers.queries import owner_of
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

NOTIFICATIONS = Actor.system("notifications")
# Before, a seller has not heard of the order; after, nothing of theirs is sent.
TO_SEND = {SellerOrderStatus.TO_CONFIRM, SellerOrderStatus.TO_SHIP}


def delivery_changed(event: OrderDeliveryChanged, meta: EventMeta) -> None:
    """The buyer too, who may not have asked for it. Nobody is sent the address itself."""
    order = order_by_id(event.order_id)
    commands.tell(
        code="order_redirected",
        context={"order": order.reference, "reason": event.reason},
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=order.buyer_id,
        about=order.reference,
    )
    for part in order.seller_orders.all():
        if part.status in TO_SEND:
            commands.tell(
                code="seller_order_redirected",
                context={"order": part.reference},
                dedupe_key=str(meta.event_id),
                actor=NOTIFICATIONS,
                user_id=owner_of(part.seller_id),
                about=part.reference,
            )
