"""Reactions of disputes: a decided case follows its refund."""

from marketplace.disputes import commands
from marketplace.payments.events import RefundRejected, RefundRequested
from marketplace.payments.queries import get_refund
from marketplace.shared.events import EventMeta


def complete_resolution(event: RefundRequested, meta: EventMeta) -> None:
    commands.complete_resolution(refund_reference=get_refund(event.refund_id).reference)


def reopen(event: RefundRejected, meta: EventMeta) -> None:
    commands.reopen_dispute(
        refund_reference=get_refund(event.refund_id).reference, reason=event.reason
    )
