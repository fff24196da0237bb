"""Reactions of payouts: earnings follow orders and refunds, wallets are checked, money leaves."""

from marketplace.orders.events import OrderPaid, SellerOrderDelivered
from marketplace.orders.queries import parts_of
from marketplace.payments.commands.inbox import close_payout_message, payout_reference
from marketplace.payments.events import (
    ChargebackSettled,
    PaymentReversed,
    ProviderMessageReceived,
    RefundBorneAnew,
    RefundRequested,
)
from marketplace.payouts import commands
from marketplace.payouts.events import PayoutApproved, PayoutsResumed, ResultFileUploaded
from marketplace.sellers.events import ApplicationApproved, PayoutWalletChanged
from marketplace.shared.events import EventMeta


def open_earnings(event: OrderPaid, meta: EventMeta) -> None:
    commands.open_earnings(order_id=event.order_id)


def begin_hold(event: SellerOrderDelivered, meta: EventMeta) -> None:
    commands.begin_hold(seller_order_id=event.seller_order_id)


def close_refunded(
    event: RefundRequested | RefundBorneAnew | PaymentReversed | ChargebackSettled,
    meta: EventMeta,
) -> None:
    """An earning that went back to the buyer whole is over."""
    for part in parts_of(order_id=event.order_id):
        commands.close_if_refunded(seller_order_id=part.pk)


def check_wallet(event: ApplicationApproved | PayoutWalletChanged, meta: EventMeta) -> None:
    """External: the provider tells whose wallet it is, or a person finds out."""
    commands.check_wallet(seller_id=event.seller_id)


def disburse(event: PayoutApproved, meta: EventMeta) -> None:
    """External: the money leaves outside any transaction."""
    commands.disburse(payout_id=event.payout_id)


def send_waiting(event: PayoutsResumed, meta: EventMeta) -> None:
    """External: what an empty float kept back leaves now."""
    commands.send_waiting(provider=event.provider)


def judge_results(event: ResultFileUploaded, meta: EventMeta) -> None:
    """External: the provider is asked about each row."""
    commands.judge_results(file_id=event.result_file_id)


def read_message(event: ProviderMessageReceived, meta: EventMeta) -> None:
    """External: a callback about a payout only makes us ask the provider at once."""
    reference = payout_reference(message_id=event.message_id)
    if reference:
        settled = commands.enquire_payout(wire_reference=reference)
        close_payout_message(message_id=event.message_id, settled=settled)
