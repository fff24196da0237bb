"""Orders in each state, made by the commands that make them in life."""

from marketplace.accounts.models import User
from marketplace.ledger.commands import check_now
from marketplace.listings.models import Listing
from marketplace.orders.commands import (
    Delivery,
    Wanted,
    deliver_seller_order,
    ship_seller_order,
)
from marketplace.orders.models import Order, SellerOrder, ShippingRate
from marketplace.payments.commands import check_out, settle_attempt, start_attempt
from marketplace.payments.models import Attempt, Intent
from marketplace.payments.ports import Answer, Outcome
from marketplace.shared.actors import Actor
from marketplace.shared.ids import uuid7
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, buyer_actor
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.sellers import seller_actor

REGION = "Dar es Salaam"
SHIPPING_MINOR = 500_000
HOME = Delivery(
    recipient="Asha Mushi",
    phone="+255754000111",
    region=REGION,
    district="Ilala",
    street="Samora Avenue 12",
)


def the_shipping_rates() -> None:
    ShippingRate.objects.get_or_create(region=REGION, defaults={"fee_minor": SHIPPING_MINOR})


def an_order(
    *listings: Listing, buyer: User | None = None, quantity: int = 1, delivery: Delivery = HOME
) -> Order:
    """Placed and not paid; of one new listing, or of the given ones."""
    the_terms()
    the_shipping_rates()
    buyer = buyer or a_buyer()
    wanted = [Wanted(each.reference, quantity) for each in listings or (a_listing(),)]
    checkout = check_out(
        buyer_id=buyer.pk, lines=wanted, delivery=delivery, actor=buyer_actor(buyer)
    )
    return Order.objects.get(pk=checkout.order_id)


def an_attempt(order: Order, msisdn: str = "+255754000111") -> Attempt:
    """A push that is on its way (its delivery is not run)."""
    intent = Intent.objects.get(order=order)
    return start_attempt(intent_id=intent.pk, msisdn=msisdn, actor=Actor.buyer(order.buyer_id))


def a_receipt() -> str:
    return uuid7().hex[-10:].upper()


def pay(order: Order) -> Attempt:
    """The provider confirms the payment; no provider is asked."""
    attempt = an_attempt(order)
    settle_attempt(
        attempt_id=attempt.pk,
        answer=Answer(Outcome.SUCCEEDED, code="INS-0", receipt=a_receipt()),
        actor=Actor.provider("mpesa"),
    )
    check_now()
    attempt.refresh_from_db()
    order.refresh_from_db()
    return attempt


def a_paid_order(*listings: Listing, buyer: User | None = None, quantity: int = 1) -> Order:
    """Paid, with its earnings opened."""
    order = an_order(*listings, buyer=buyer, quantity=quantity)
    pay(order)
    deliver_all()
    return order


def a_delivered_part(*listings: Listing, buyer: User | None = None) -> SellerOrder:
    """One seller's part of a paid order, shipped and delivered; its hold period runs."""
    order = a_paid_order(*listings, buyer=buyer)
    part = order.seller_orders.get()
    ship_seller_order(
        seller_order_id=part.pk,
        carrier="Bodaboda",
        tracking="B-1",
        actor=seller_actor(part.seller_id),
    )
    deliver_seller_order(seller_order_id=part.pk, actor=Actor.buyer(order.buyer_id))
    deliver_all()
    part.refresh_from_db()
    return part
