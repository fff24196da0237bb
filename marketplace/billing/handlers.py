"""Reactions of billing: whatever books commission becomes lines to bill, and invoices get receipts."""

from marketplace.billing import commands, receipts
from marketplace.billing.events import DocumentIssued, FiscalSendingAsked
from marketplace.payments.events import (
    ChargebackSettled,
    PaymentApplied,
    PaymentReversed,
    PaymentSucceeded,
    RefundBorneAnew,
    RefundRequested,
)
from marketplace.shared.events import EventMeta


def collect(
    event: PaymentSucceeded
    | PaymentApplied
    | RefundRequested
    | RefundBorneAnew
    | PaymentReversed
    | ChargebackSettled,
    meta: EventMeta,
) -> None:
    commands.collect(event_id=meta.event_id, happened_at=meta.occurred_at, cause=event.name)


def fiscalise(event: DocumentIssued, meta: EventMeta) -> None:
    receipts.fiscalise(document_id=event.document_id)


def send_receipts(event: FiscalSendingAsked, meta: EventMeta) -> None:
    receipts.fiscalise(document_id=event.document_id)
