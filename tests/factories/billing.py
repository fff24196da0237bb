"""Invoices, written straight to the table."""

from datetime import date

from marketplace.billing.models import Document
from marketplace.billing.states import DocumentKind
from marketplace.sellers.models import Seller
from marketplace.shared import clock


def an_invoice(seller: Seller, number: int) -> Document:
    return Document.objects.create(
        number=f"INV-2026-{number:06d}",
        kind=DocumentKind.INVOICE,
        seller=seller,
        period=date(2026, 3, 1),
        commission_minor=4_500_000,
        vat_minor=810_000,
        total_minor=5_310_000,
        seller_details={"name": seller.name, "tin": seller.tin, "vrn": "", "address": "Ilala"},
        issuer_details={"name": "Soko", "tin": "1", "vrn": "", "address": "Ilala"},
        issued_at=clock.now(),
    )
