"""A seller's commission invoices and credit notes."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from api.auth import person, shop
from api.pagination import Page, Window, page
from api.refusals import refuses
from api.schemas.sellers import BillingDocumentDetail, BillingDocumentOut
from marketplace.billing.errors import DocumentNotFound
from marketplace.billing.queries import documents_of, get_document, lines_of
from marketplace.sellers.errors import NotASeller
from reports.invoices import invoice_pdf

router = Router()

PDF = {
    "responses": {
        200: {
            "description": "The document, A4, in the language of the caller.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get("", response=Page[BillingDocumentOut], summary="List my invoices and credit notes")
@refuses(NotASeller)
def list_invoices(request: HttpRequest, window: Query[Window]) -> Page[BillingDocumentOut]:
    """Issued when a month is over."""
    rows = documents_of(seller_id=shop(request).id)
    return page(request, rows, window, BillingDocumentOut.of)


@router.get("/{number}", response=BillingDocumentDetail, summary="Show an invoice with its lines")
@refuses(NotASeller, DocumentNotFound)
def show_invoice(request: HttpRequest, number: str) -> BillingDocumentDetail:
    row = get_document(number=number, seller_id=shop(request).id)
    return BillingDocumentDetail.with_lines(row, lines_of(document_id=row.pk))


@router.get("/{number}/pdf", summary="Download an invoice as PDF", openapi_extra=PDF)
@refuses(NotASeller, DocumentNotFound)
def download_invoice(request: HttpRequest, number: str) -> HttpResponse:
    row = get_document(number=number, seller_id=shop(request).id)
    response = HttpResponse(
        invoice_pdf(row, language=person(request).language), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    return response
