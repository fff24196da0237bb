"""Reactions of billing: whatever books commission becomes lines to bill."""

from marketplace.billing import commands
from marketplace.payments.events import (
    PaymentApplied,
    PaymentReversed,
    PaymentSucceeded,
    RefundRequested,
)
from marketplace.shared.events import EventMeta


def collect(
    event: PaymentSucceeded | PaymentApplied | RefundRequested | PaymentReversed, meta: EventMeta
) -> None:
    commands.collect(event_id=meta.event_id, happened_at=meta.occurred_at, cause=event.name)
