"""Fiscal receipts in the console: what the authority said, and sending what waits."""

from datetime import timedelta

import httpx
import pytest
from django.urls import reverse

from marketplace.billing.models import FiscalReceipt, FiscalReport
from marketplace.billing.receipts import report_days
from marketplace.billing.states import FiscalStatus
from marketplace.shared import clock
from tests.backoffice.console_pages import decide, list_address, signed_in
from tests.deliveries import deliver_all
from tests.marketplace.billing.test_fiscal_receipts import an_invoice

pytestmark = pytest.mark.django_db


def shown(client, thing) -> str:
    address = reverse(f"admin:billing_{thing._meta.model_name}_change", args=[thing.pk])
    return client.get(address).content.decode()


def test_finance_sees_why_a_receipt_is_refused_and_sends_it_again(client, vfd):
    an_invoice()
    vfd.switch("ack6")
    deliver_all()
    receipt = FiscalReceipt.objects.get()
    signed_in(client, "finance")

    assert "Invalid Serial" in shown(client, receipt)
    decide(client, receipt, "send")
    deliver_all()

    receipt.refresh_from_db()
    assert receipt.status == FiscalStatus.ACKNOWLEDGED
    assert receipt.verification_url in shown(client, receipt)
    assert receipt.code in client.get(list_address("billing.fiscalreceipt")).content.decode()
    assert receipt.code in shown(client, receipt.document)


def test_who_is_not_of_finance_neither_sees_nor_sends(client, vfd):
    an_invoice()
    vfd.switch("500")
    deliver_all()
    receipt = FiscalReceipt.objects.get()
    signed_in(client, "support")

    assert client.get(list_address("billing.fiscalreceipt")).status_code == 403
    assert decide(client, receipt, "send").status_code == 403


def test_daily_reports_and_the_authoritys_own_page_show_what_was_taken(client, vfd):
    invoice = an_invoice()
    with clock.at(clock.now() - timedelta(days=1)):
        report_days()
    deliver_all()
    report_days()
    signed_in(client, "finance")

    report = FiscalReport.objects.get()

    assert "ZREPORT" in shown(client, report)
    page = httpx.get(f"{vfd.url}/simulator/").text
    assert f"{invoice.total_minor // 100}." in page
    assert f"{report.day:%Y%m%d}" in page
