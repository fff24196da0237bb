"""Refunds in the console: asked for on a seller order, approved by another, followed to their end."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from marketplace.orders.models import OrderLine, SellerOrder
from marketplace.payments.models import Refund, RefundEvidence
from marketplace.payments.states import PaidFrom, RefundChannel, RefundReason, RefundStatus
from tests.backoffice.console_pages import decide, said, signed_in
from tests.factories.files import a_pdf
from tests.factories.listings import a_listing
from tests.factories.orders import a_paid_order

pytestmark = pytest.mark.django_db


def a_part() -> SellerOrder:
    return a_paid_order(
        a_listing(price_minor=40_000_000, on_hand=5), quantity=2
    ).seller_orders.get()


def ask(client, part: SellerOrder, **answers):
    return decide(
        client, part, "refund", reason=RefundReason.RETURNED, **{"token": str(uuid4())} | answers
    )


def test_pieces_are_refunded_from_the_sellers_order_once_however_often_it_is_clicked(client):
    part, token = a_part(), str(uuid4())
    line = OrderLine.objects.get()
    signed_in(client, "operations_lead")

    for _click in range(2):
        answer = ask(client, part, token=token, **{f"pieces-{line.pk}": 1})

    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.status) == (40_000_000, RefundStatus.REQUESTED)
    assert refund.reference in said(answer)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"amount": 1000, "shipping": "on"},
        {"amount": 10_000_000},
        {"amount": -5},
        {"amount": "many"},
    ],
    ids=["nothing", "both", "too much", "negative", "no number"],
)
def test_what_cannot_be_refunded_is_said_beside_the_field(client, answers):
    part = a_part()
    signed_in(client, "operations_lead")

    assert ask(client, part, **answers).status_code == 422
    assert Refund.objects.count() == 0


def test_a_large_refund_is_approved_by_another_and_never_by_its_author(client):
    part = a_part()
    signed_in(client, "finance")
    ask(client, part, amount=600_000)
    refund = Refund.objects.get()

    assert "second person" in said(decide(client, refund, "approve"))
    assert Refund.objects.get().status == RefundStatus.PROPOSED
    signed_in(client, "finance")
    queue = client.get(reverse("admin:backoffice_refundqueue_changelist"))
    assert refund.reference in queue.content.decode()
    decide(client, refund, "approve")

    assert Refund.objects.get().status == RefundStatus.REQUESTED


def test_a_lead_asks_but_does_not_approve(client):
    part = a_part()
    signed_in(client, "finance")
    ask(client, part, amount=600_000)
    signed_in(client, "operations_lead")

    assert decide(client, Refund.objects.get(), "approve").status_code in {403, 404}
    assert Refund.objects.get().status == RefundStatus.PROPOSED


def test_a_failed_refund_is_settled_by_hand_with_its_evidence(client):
    part = a_part()
    signed_in(client, "operations_lead")
    ask(client, part, amount=10_000)
    Refund.objects.update(status=RefundStatus.FAILED)
    refund = Refund.objects.get()
    signed_in(client, "finance")
    queue = client.get(reverse("admin:backoffice_failedrefund_changelist"))
    assert refund.reference in queue.content.decode()

    answers = {"paid_from": PaidFrom.BANK, "receipt": "NMB-1", "reason": "Bank transfer."}
    assert decide(client, refund, "settle", **answers).status_code == 422
    decide(client, refund, "settle", **answers, file=a_pdf("slip.pdf"))

    refund.refresh_from_db()
    assert (refund.status, refund.channel) == (RefundStatus.SUCCEEDED, RefundChannel.MANUAL)
    page = client.get(reverse("admin:payments_refund_change", args=[refund.pk])).content.decode()
    assert re.search(r'href="[^"]+"[^>]*>slip\.pdf', page)
    assert RefundEvidence.objects.get().refund_id == refund.pk
