"""The payment desk in the console: the queue, the page of an issue, and its decisions."""

import pytest
from django.urls import reverse

from marketplace.ledger.commands import check_now
from marketplace.orders.states import OrderStatus
from marketplace.payments.commands import settle_attempt
from marketplace.payments.models import PaymentIssue
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import IssueStatus
from marketplace.shared.actors import Actor
from tests.backoffice.console_pages import decide, list_address, signed_in
from tests.factories.orders import a_receipt, an_attempt, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def overpaid():
    order = an_order()
    answer = Answer(
        Outcome.SUCCEEDED, receipt=a_receipt(), amount_minor=order.total_minor + 100_000
    )
    settle_attempt(attempt_id=an_attempt(order).pk, answer=answer, actor=Actor.provider("mpesa"))
    check_now()
    return PaymentIssue.objects.get()


def test_the_queue_leads_to_a_page_that_shows_what_was_expected_and_what_arrived(client, overpaid):
    signed_in(client, "finance")

    queue = client.get(list_address("backoffice.issuequeue")).content.decode()
    page = client.get(reverse("admin:payments_paymentissue_change", args=[overpaid.pk]))

    assert overpaid.reference in queue
    text = page.content.decode()
    assert overpaid.attempt.reference in text
    assert overpaid.attempt.intent.order.reference in text
    assert "suspense" in text


def test_finance_applies_an_overpayment_with_one_decision(client, overpaid):
    signed_in(client, "finance")
    order = overpaid.attempt.intent.order

    decide(client, overpaid, "apply", order=order.reference, reason="Rounded up")

    order.refresh_from_db()
    overpaid.refresh_from_db()
    assert order.status == OrderStatus.PAID
    assert overpaid.status == IssueStatus.CLOSED


def test_an_order_that_does_not_fit_is_said_beside_its_field(client, overpaid):
    signed_in(client, "finance")

    answer = decide(client, overpaid, "apply", order=an_order().reference, reason="x")

    assert answer.status_code == 422
    assert "same buyer" in answer.content.decode()


def test_support_may_not_decide(client, overpaid):
    signed_in(client, "support")

    assert decide(client, overpaid, "refund", reason="x").status_code == 403
