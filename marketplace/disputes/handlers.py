"""Reactions of disputes: a decided case follows its refund; what a provider takes back is a case."""

from marketplace.disputes import commands
from marketplace.payments.events import PaymentReversed, RefundRejected, RefundRequested
from marketplace.payments.queries import get_refund
from marketplace.shared.events import EventMeta


def complete_resolution(event: RefundRequested, meta: EventMeta) -> None:
    commands.complete_resolution(refund_reference=get_refund(event.refund_id).reference)


def reopen(event: RefundRejected, meta: EventMeta) -> None:
    commands.reopen_dispute(
        refund_reference=get_refund(event.refund_id).reference, reason=event.reason
    )


def open_for_reversal(event: PaymentReversed, meta: EventMeta) -> None:
    commands.open_for_reversal(attempt_id=event.attempt_id)
