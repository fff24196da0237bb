"""Mistakes that other marketplaces made with imports and statements, and do not happen here."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.listings.commands import upload_import
from marketplace.listings.models import Listing
from marketplace.listings.queries import row_errors
from marketplace.notifications.models import Message
from marketplace.reconciliation.models import Match, ReconciliationException
from tests.deliveries import deliver_all, failures
from tests.factories.catalog import a_category
from tests.factories.reconciliation import Row, a_payment, paid
from tests.factories.sellers import a_seller, seller_actor
from tests.marketplace.reconciliation.books import an_imported_statement

pytestmark = pytest.mark.django_db

# --- 6. Money off by a factor of 100 in an import (Medusa #4131) ---


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("450000", 45_000_000),
        ('"450,000"', 45_000_000),
        ("450 000", 45_000_000),
        ("450_000", 45_000_000),
        ("1", 100),
        ("4500.00", None),
        ("4500.5", None),
        ('"450.000,00"', None),
        ("4.5E+05", None),
        ("TZS 450000", None),
    ],
)
def test_an_imported_price_is_in_whole_shillings_or_refused(typed, minor):
    seller, category = a_seller(), a_category()
    text = f"sku,title,brand,category,price_tzs,quantity\nA,Phone,Tecno,{category.slug},{typed},1"

    batch = upload_import(
        seller_id=seller.pk,
        file=SimpleUploadedFile("stock.csv", text.encode()),
        actor=seller_actor(seller),
    )
    deliver_all()

    assert list(Listing.objects.values_list("price_minor", flat=True)) == ([minor] if minor else [])
    refused = [(error.column, error.code) for error in row_errors(batch_id=batch.pk)]
    assert refused == ([] if minor else [("price_tzs", "number")])


# --- 7. A bad line of a statement sends mail to a customer (pretix #5168) ---


def test_whatever_stands_in_a_statement_nobody_outside_hears_of_it(mpesa):
    payment = a_payment()
    told = Message.objects.count()

    an_imported_statement(
        [
            paid(payment, amount_minor=payment.amount_minor - 100_000),
            paid(payment, receipt="RC99999999"),
            Row("RC88888888", 123_00, account="ATTNOSUCHREF"),
            Row("RC77777777", -5_000_00, reason="Utility Payment Reversal", linked=payment.receipt),
        ]
    )
    deliver_all()

    assert ReconciliationException.objects.count() >= 3
    assert Message.objects.count() == told
    assert failures() == []


# --- 8. Leading zeros (pretix #5853) ---


def test_a_receipt_with_leading_zeros_is_found_though_a_spreadsheet_lost_them():
    payment = a_payment(receipt="0012345678")

    an_imported_statement([paid(payment, receipt="12345678")])

    assert Match.objects.get().target_reference == payment.reference


def test_receipts_that_differ_by_leading_zeros_are_two_receipts():
    payment = a_payment(receipt="0012345678")

    an_imported_statement([paid(payment, receipt="12345678", account="")])

    assert not Match.objects.exists()


def test_an_article_number_keeps_its_zeros():
    seller, category = a_seller(), a_category()
    text = f"sku,title,brand,category,price_tzs,quantity\n007,Phone,Tecno,{category.slug},1000,1"

    upload_import(
        seller_id=seller.pk,
        file=SimpleUploadedFile("stock.csv", text.encode()),
        actor=seller_actor(seller),
    )
    deliver_all()

    assert Listing.objects.get().sku == "007"
