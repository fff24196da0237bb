"""Callbacks about payments that nobody knew: kept, alarmed, and closed when money or payment turns up."""

import json

import pytest
from django.test import Client

from marketplace.payments.health import provider_health
from marketplace.payments.models import InboxMessage, PaymentIssue, ProviderTally
from marketplace.payments.states import IssueDecision, IssueKind, IssueStatus
from marketplace.reconciliation.handlers import look_again_everywhere
from marketplace.reconciliation.models import ReconciliationException
from tests.deliveries import deliver_all
from tests.factories.orders import an_attempt, an_order
from tests.factories.reconciliation import Row, a_payment, charge, paid
from tests.marketplace.reconciliation.books import an_imported_statement, broken_invariants
from tests.proof.road import WEBHOOK, news_arrive

pytestmark = pytest.mark.django_db
RECEIPT = "8FD5H2K1LM"


def a_callback_of_a_stranger(receipt: str = RECEIPT) -> PaymentIssue:
    body = {
        "input_OriginalConversationID": "3c9f2a7de1b84d0f",
        "input_ThirdPartyConversationID": "ATT7K3M9QX2",
        "input_TransactionID": receipt,
        "input_ResultCode": "INS-0",
        "input_ResultDesc": "Request processed successfully",
    }
    answer = Client().post(WEBHOOK, json.dumps(body), content_type="application/json")
    assert answer.status_code == 200
    deliver_all()
    issue = PaymentIssue.objects.get(receipt=receipt)
    assert (issue.kind, issue.status) == (IssueKind.ORPHAN, IssueStatus.OPEN)
    return issue


def test_a_statement_that_shows_the_money_closes_the_callback_and_names_its_exception(mpesa):
    issue = a_callback_of_a_stranger()

    an_imported_statement([Row(RECEIPT, 25_000_00)])
    deliver_all()

    issue.refresh_from_db()
    exception = ReconciliationException.objects.get()
    assert (issue.status, issue.decision) == (IssueStatus.CLOSED, IssueDecision.EXPLAINED)
    assert exception.reference in issue.reason
    assert exception.status == "open"
    assert broken_invariants() == {}


def test_a_callback_that_comes_after_its_statement_is_closed_by_the_sweep(mpesa):
    an_imported_statement([Row(RECEIPT, 25_000_00)])
    deliver_all()
    issue = a_callback_of_a_stranger()

    assert look_again_everywhere().endswith("1 callbacks explained")
    assert look_again_everywhere().endswith("0 callbacks explained")

    issue.refresh_from_db()
    assert issue.decision == IssueDecision.EXPLAINED


def test_a_line_that_is_a_payment_of_ours_explains_the_callback_by_its_name(mpesa):
    payment = a_payment(receipt=RECEIPT)
    issue = a_callback_of_a_stranger()

    an_imported_statement([paid(payment)])
    deliver_all()

    issue.refresh_from_db()
    assert payment.reference in issue.reason


def test_neither_another_receipt_nor_a_charge_under_it_explains_anything(mpesa):
    issue = a_callback_of_a_stranger()

    an_imported_statement([Row("8FD5H2K1LN", 25_000_00), charge(RECEIPT)])
    deliver_all()

    issue.refresh_from_db()
    assert issue.status == IssueStatus.OPEN


def test_a_payment_that_is_settled_late_under_that_receipt_closes_the_callback(mpesa):
    attempt = an_attempt(an_order())
    deliver_all()
    mpesa.settle()
    issue = a_callback_of_a_stranger(mpesa.entry(attempt.reference.replace("-", "")).receipt)

    news_arrive(mpesa)

    issue.refresh_from_db()
    assert (issue.status, issue.decision) == (IssueStatus.CLOSED, IssueDecision.EXPLAINED)
    assert attempt.reference in issue.reason


@pytest.mark.parametrize("path", ["mpesa/guessed-secret", "paypal/guessed", "mpesa/guessed/bills"])
def test_a_call_without_the_secret_is_not_found_and_nothing_of_it_is_read(mpesa, path):
    answer = Client().post(
        f"/api/v1/webhooks/{path}", b"\x00" * 1_000, content_type="application/json"
    )

    assert answer.status_code == 404
    assert not InboxMessage.objects.exists()
    assert not PaymentIssue.objects.exists()


def test_calls_without_the_secret_are_counted_for_the_provider_that_they_named(mpesa):
    for _guess in range(3):
        Client().post("/api/v1/webhooks/mpesa/guess", b"{}", content_type="application/json")
    Client().post("/api/v1/webhooks/paypal/guess", b"{}", content_type="application/json")

    assert [one.turned_away for one in provider_health()] == [3]
    assert ProviderTally.objects.count() == 1
