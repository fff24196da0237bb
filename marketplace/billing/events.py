"""What billing announces."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class DocumentIssued(Event):
    """An invoice or a credit note; it never changes from here on."""

    name: ClassVar[str] = "billing.document_issued.v1"
    aggregate: ClassVar[str] = "document"
    document_id: UUID
    seller_id: UUID
    number: str
    kind: str
    period: date


@dataclass(frozen=True, kw_only=True)
class FiscalReceiptQueued(Event):
    """An invoice has its fiscal numbers; the receipt waits for its turn to be sent."""

    name: ClassVar[str] = "billing.fiscal_receipt_queued.v1"
    aggregate: ClassVar[str] = "document"
    document_id: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class FiscalReceiptAcknowledged(Event):
    """The tax authority has taken the receipt: it is never sent again."""

    name: ClassVar[str] = "billing.fiscal_receipt_acknowledged.v1"
    aggregate: ClassVar[str] = "document"
    document_id: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class FiscalReceiptRefused(Event):
    """The tax authority does not take the receipt: all behind it wait until it does."""

    name: ClassVar[str] = "billing.fiscal_receipt_refused.v1"
    aggregate: ClassVar[str] = "document"
    document_id: UUID
    code: str
    ack_code: str


@dataclass(frozen=True, kw_only=True)
class FiscalSendingAsked(Event):
    """Somebody wants the waiting receipts sent now, not when their turn comes."""

    name: ClassVar[str] = "billing.fiscal_sending_asked.v1"
    aggregate: ClassVar[str] = "document"
    document_id: UUID
