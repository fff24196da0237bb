"""Sending an order elsewhere than it was placed for, as long as nothing of it is on its way."""

from uuid import UUID

from django.db import transaction

from marketplace.accounts.errors import AddressIncomplete
from marketplace.accounts.phones import normalise
from marketplace.orders.errors import (
    AddressUnchanged,
    DeliveryFixed,
    NoDeliveryToRegion,
    OrderNotFound,
    OtherShippingFee,
    ReasonMissing,
)
from marketplace.orders.events import OrderDeliveryChanged
from marketplace.orders.models import Order, SellerOrder
from marketplace.orders.queries import shipping_fee
from marketplace.orders.states import OrderStatus, SellerOrderStatus
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record

REDIRECTED = {OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID}
ON_ITS_WAY = {SellerOrderStatus.SHIPPED, SellerOrderStatus.DELIVERED}
PARTS = ("recipient", "phone", "region", "district", "street", "landmark")


@transaction.atomic
def change_delivery(*, order_id: UUID, reason: str, actor: Actor, **parts: str | None) -> Order:
    """Change those of `PARTS` that are given; None leaves one as it is.

    What the parcels cost was frozen with the order: another region is taken where it costs the same.
    The event names what changed, not to what: it stays for ever, an address does not. Raises
    OrderNotFound, DeliveryFixed, AddressIncomplete, AddressUnchanged, NoDeliveryToRegion,
    OtherShippingFee, PhoneInvalid and ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    sent = SellerOrder.objects.filter(order=order)
    # Who ships a part locks its order first: none sets out while this decides.
    if order.status not in REDIRECTED or sent.filter(status__in=ON_ITS_WAY).exists():
        raise DeliveryFixed
    wanted = {name: _clean(name, text) for name, text in parts.items() if text is not None}
    changed = [
        name for name in PARTS if wanted.get(name, getattr(order, name)) != getattr(order, name)
    ]
    if not changed:
        raise AddressUnchanged
    if "region" in changed:
        _check_fee(order, wanted["region"])
    for name in changed:
        setattr(order, name, wanted[name])
    order.save(update_fields=changed)
    record(
        OrderDeliveryChanged(order_id=order.pk, fields=changed, reason=reason),
        actor=actor,
    )
    return order


def _clean(name: str, text: str) -> str:
    if name == "phone":
        return normalise(text)
    text = text.strip()
    length_max = Order._meta.get_field(name).max_length  # type: ignore[union-attr] # a column
    if (not text and name != "landmark") or len(text) > (length_max or 0):
        raise AddressIncomplete(field=name)
    return text


def _check_fee(order: Order, region: str) -> None:
    fee_minor = shipping_fee(region)
    if fee_minor is None:
        raise NoDeliveryToRegion(region=region)
    if SellerOrder.objects.filter(order=order).exclude(shipping_minor=fee_minor).exists():
        raise OtherShippingFee(region=region)
