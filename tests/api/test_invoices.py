"""A seller reads their commission invoices, as data and as PDF; nobody else's."""

import pytest

from marketplace.shared import clock
from tests.api.client import Caller
from tests.factories.sellers import a_seller
from tests.marketplace.billing.test_documents import a_sale, issue

pytestmark = pytest.mark.django_db


def test_a_seller_reads_lists_and_downloads_their_invoice():
    part = a_sale()
    (invoice,) = issue(part.seller, clock.now())
    caller = Caller(part.seller.application.applicant)

    listed = caller.get("/sellers/me/invoices").json()["items"]
    shown = caller.get(f"/sellers/me/invoices/{invoice.number}").json()
    paper = caller.get(f"/sellers/me/invoices/{invoice.number}/pdf")

    assert [row["number"] for row in listed] == [invoice.number]
    assert shown["total"]["amount"] == invoice.total_minor
    assert shown["lines"][0]["seller_order"] == part.reference
    assert paper.content.startswith(b"%PDF-")
    assert paper["Content-Type"] == "application/pdf"


def test_another_sellers_invoice_does_not_exist():
    part = a_sale()
    (invoice,) = issue(part.seller, clock.now())
    caller = Caller(a_seller().application.applicant)

    for path in ("", "/pdf"):
        assert caller.get(f"/sellers/me/invoices/{invoice.number}{path}").status_code == 404
    assert caller.get("/sellers/me/invoices").json()["items"] == []
