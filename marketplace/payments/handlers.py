"""Reactions of payments: send what was asked for, give back what nobody can take."""

from contextlib import suppress

from marketplace.orders.events import OrderCancelled, OrderExpired, SellerOrderCancelled
from marketplace.orders.queries import seller_order_by_id
from marketplace.payments import commands
from marketplace.payments.errors import NothingToRefund
from marketplace.payments.events import (
    AttemptStarted,
    PaymentSucceeded,
    ProviderMessageReceived,
    RefundRequested,
)
from marketplace.payments.refund_shares import remaining_shares
from marketplace.payments.states import RefundReason
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.events import EventMeta

PAYMENTS = Actor.system("payments")


def send_attempt(event: AttemptStarted, meta: EventMeta) -> None:
    """External: the push leaves the house outside any transaction."""
    commands.send_attempt(attempt_id=event.attempt_id)


def send_refund(event: RefundRequested, meta: EventMeta) -> None:
    """External, as above."""
    commands.send_refund(refund_id=event.refund_id)


def process_message(event: ProviderMessageReceived, meta: EventMeta) -> None:
    """External: a callback is believed when the provider's enquiry agrees."""
    commands.process_message(message_id=event.message_id)


def return_unusable_payment(event: PaymentSucceeded, meta: EventMeta) -> None:
    """Money that came too late, or twice, goes back by itself; another amount waits for a person."""
    if event.applied or event.held:
        return
    with suppress(NothingToRefund):  # The provider has taken it back already.
        commands.return_payment(attempt_id=event.attempt_id)


def refund_cancelled_part(event: SellerOrderCancelled, meta: EventMeta) -> None:
    """A seller's part that is off after payment: all of it that was not given back yet.

    Where a colleague cancelled it, the refund is theirs, and needs a second person as any other.
    """
    part = seller_order_by_id(event.seller_order_id)
    amount_minor = remaining_shares(part).amount_minor
    if not amount_minor:
        return
    try:
        commands.refund_seller_order(
            seller_order_id=part.pk,
            amount_minor=amount_minor,
            reason=RefundReason.ORDER_CANCELLED,
            note=event.reason,
            cause=f"cancelled:{part.pk}",
            actor=meta.actor if meta.actor.kind == ActorKind.STAFF else PAYMENTS,
        )
    except NothingToRefund:
        return  # The provider has taken the payment back already.


def close_intent(event: OrderExpired | OrderCancelled, meta: EventMeta) -> None:
    """An order that is off wants no money."""
    if isinstance(event, OrderCancelled) and event.was_paid:
        return
    commands.close_intent(order_id=event.order_id, actor=PAYMENTS)
