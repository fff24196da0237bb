"""Reads of invoices, credit notes and what is still to be billed."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from marketplace.billing.errors import DocumentNotFound
from marketplace.billing.models import CommissionLine, Document, FiscalReceipt
from marketplace.billing.states import DocumentKind, FiscalStatus, LineKind
from marketplace.shared import clock


def documents_of(*, seller_id: UUID) -> QuerySet[Document]:
    """A seller's invoices and credit notes, newest first."""
    return Document.objects.filter(seller_id=seller_id).order_by("-id")


def get_document(*, number: str, seller_id: UUID | None = None) -> Document:
    """By number, with its lines; with `seller_id` only their own. Raises DocumentNotFound."""
    rows = Document.objects.filter(number=number).select_related("seller")
    if seller_id is not None:
        rows = rows.filter(seller_id=seller_id)
    document = rows.first()
    if document is None:
        raise DocumentNotFound
    return document


def lines_of(*, document_id: UUID) -> QuerySet[CommissionLine]:
    """What a document bills, with the seller orders, in the order in which it happened."""
    rows = CommissionLine.objects.filter(document_id=document_id)
    return rows.select_related("seller_order").order_by("happened_at", "pk")


def sellers_to_bill(*, before: datetime, period: date) -> list[UUID]:
    """Sellers with unbilled lines from before that instant and no document of the period yet."""
    billed = Document.objects.filter(period=period).values("seller_id")
    rows = CommissionLine.objects.filter(document=None, happened_at__lt=before)
    rows = rows.exclude(seller_id__in=billed)
    return list(rows.order_by("seller_id").values_list("seller_id", flat=True).distinct())


def sellers_billed(*, period: date) -> int:
    """How many sellers have a document of the month."""
    rows = Document.objects.filter(period=period)
    return rows.order_by().values("seller_id").distinct().count()


def invoices_of_sales(*, seller_order_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Numbers of the invoices that have billed these seller orders' sales already."""
    rows = CommissionLine.objects.filter(
        seller_order_id__in=set(seller_order_ids), kind=LineKind.SALE, document__isnull=False
    )
    return dict(rows.values_list("seller_order_id", "document__number"))


def documents_to_fiscalise() -> QuerySet[Document]:
    """Invoices about money that have no fiscal receipt yet, in the order in which they were issued.

    None where there is no device; those from before its first day (VFD_SINCE) got theirs elsewhere.
    """
    configured = settings.FISCAL_DEVICE
    if not configured["is_enabled"]:
        return Document.objects.none()
    rows = Document.objects.filter(kind=DocumentKind.INVOICE, total_minor__gt=0, receipt=None)
    if configured["since"]:
        rows = rows.filter(issued_at__gte=clock.midnight(date.fromisoformat(configured["since"])))
    return rows.order_by("issued_at", "number")


def acknowledged_receipt(*, document_id: UUID) -> FiscalReceipt | None:
    """The fiscal receipt of an invoice, where the tax authority has it."""
    rows = FiscalReceipt.objects.filter(document_id=document_id, status=FiscalStatus.ACKNOWLEDGED)
    return rows.first()
