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
