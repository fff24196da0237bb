"""Every bad day that the Mixx simulator knows, as a payment lives through it over real HTTP.

Mixx can be asked nothing: a callback settles a payment only where it fits in every respect.
"""

import json
from typing import Any

import pytest
from django.test import Client

from fixtures.simulators.core.faults import Product
from fixtures.simulators.mixx.faults import ALL
from marketplace.ledger import chart
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.orders.commands import expire_due_orders
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus
from marketplace.payments.commands import refund_issue
from marketplace.payments.gateways import wire
from marketplace.payments.models import Attempt, InboxMessage, PaymentIssue, Refund
from marketplace.payments.states import (
    AttemptStatus,
    InboxStatus,
    IssueKind,
    RefundReason,
    RefundStatus,
)
from marketplace.shared import clock
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.orders import an_attempt, an_order
from tests.proof.road import nothing_is_wrong, time_passes
from tests.simulators import CONFIGURED

pytestmark = pytest.mark.django_db
WEBHOOK = f"/api/v1/webhooks/mixx/{CONFIGURED['mixx']['callback_secret']}"
CLEARING = chart.provider_clearing("mixx")

PAID = ["000", "901", "905", "907", "921", "922", "923", "926", "927", "928", "929", "930"]  # fmt: skip
PAID += ["952", "953", "954", "955"]
NOT_PAID = ["931", "933", "935", "936", "937", "938"]
NOBODY_KNOWS = ["902", "903", "906", "908", "909", "910", "924"]
TOLD_BELOW = ["904", "925", "951"]


def test_every_fault_of_a_payment_has_its_proof():
    named = {fault.digits for fault in ALL if fault.product is Product.PAYMENT}

    assert named == {*PAID, *NOT_PAID, *NOBODY_KNOWS, *TOLD_BELOW} - {"000"}


def a_push(mixx: Any, digits: str, order: Order | None = None) -> Attempt:
    attempt = an_attempt(order or an_order(), msisdn=mixx.number(digits))
    deliver_all()
    assert attempt.provider == "mixx"
    return attempt


def post(body: bytes, *, address: str = "127.0.0.1", secret: str = "") -> int:
    url = f"/api/v1/webhooks/mixx/{secret}" if secret else WEBHOOK
    answer = Client().post(url, body, content_type="application/json", REMOTE_ADDR=address)
    deliver_all()
    return answer.status_code


def news_arrive(mixx: Any) -> None:
    """Everything that the provider has planned happens, and its callbacks are read."""
    mixx.settle()
    for callback in mixx.callbacks:
        assert post(callback.body) == 200


def settled(attempt: Attempt) -> Attempt:
    attempt.refresh_from_db()
    attempt.intent.order.refresh_from_db()
    return attempt


def is_paid_once(attempt: Attempt) -> None:
    settled(attempt)
    assert (attempt.status, attempt.is_applied) == (AttemptStatus.SUCCEEDED, True)
    assert attempt.intent.order.status == OrderStatus.PAID
    assert balance(account=CLEARING) == attempt.amount_minor
    assert not Refund.objects.exists()


@pytest.mark.parametrize("digits", PAID)
def test_a_buyer_whose_callback_fits_has_paid_once(mixx, digits):
    attempt = a_push(mixx, digits)

    news_arrive(mixx)
    time_passes()

    is_paid_once(attempt)
    assert len(mixx.requests("push")) == 1
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOT_PAID)
def test_a_buyer_who_did_not_pay_may_try_again_and_then_has_paid_once(mixx, digits):
    order = an_order()
    attempt = a_push(mixx, digits, order)

    news_arrive(mixx)

    assert settled(attempt).status == AttemptStatus.FAILED
    assert not Entry.objects.exists()
    second = a_push(mixx, "000", order)
    news_arrive(mixx)
    is_paid_once(second)
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOBODY_KNOWS)
def test_what_nobody_knows_is_neither_paid_nor_failed_nor_sent_again(mixx, digits):
    attempt = a_push(mixx, digits)

    news_arrive(mixx)
    time_passes()

    assert settled(attempt).status in {AttemptStatus.UNKNOWN, AttemptStatus.PENDING}
    assert not attempt.is_applied
    assert not Entry.objects.exists()
    assert len(mixx.requests("push")) == 1
    nothing_is_wrong()


def test_an_answer_that_nobody_waited_for_is_settled_by_its_callback(mixx, settings):
    provider = settings.PAYMENT_PROVIDERS["mixx"]
    options = provider["options"]
    impatient = options | {"access": options["access"] | {"read_timeout_s": 0.3}}
    settings.PAYMENT_PROVIDERS = {"mixx": provider | {"options": impatient}}

    attempt = a_push(mixx, "904")
    assert settled(attempt).status == AttemptStatus.UNKNOWN

    news_arrive(mixx)

    is_paid_once(attempt)
    nothing_is_wrong()


def test_a_receipt_given_twice_is_believed_once(mixx):
    earlier = a_push(mixx, "000")
    news_arrive(mixx)
    same_receipt = a_push(mixx, "951")

    news_arrive(mixx)

    assert settled(earlier).status == AttemptStatus.SUCCEEDED
    assert settled(same_receipt).status == AttemptStatus.UNKNOWN
    assert same_receipt.intent.order.status == OrderStatus.AWAITING_PAYMENT
    nothing_is_wrong()


def test_a_success_after_the_order_expired_goes_back_by_itself(mixx):
    attempt = a_push(mixx, "000")
    with clock.at(attempt.intent.order.expires_at):
        expire_due_orders()
    deliver_all()

    news_arrive(mixx)

    refund = Refund.objects.get(attempt=attempt)
    assert (refund.status, refund.reason) == (RefundStatus.SUCCEEDED, RefundReason.LATE_PAYMENT)
    assert not balance(account=CLEARING)
    assert [entry.amount_minor for entry in mixx.book.entries(Product.REFUND)] == [
        attempt.amount_minor
    ]
    nothing_is_wrong()


# --- Callbacks that lie ---


def a_success(attempt: Attempt, **changes: object) -> bytes:
    body = {
        "Status": True,
        "Description": "Paid",
        "MFSTransactionID": "61234567890",
        "ReferenceID": f"MKT{wire(attempt.reference)}",
        "Amount": str(attempt.amount_minor // 100),
    }
    return json.dumps(body | changes).encode()


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "203.0.113.9"),
        ({}, "10.0.0.1"),
        ({"Amount": ""}, "127.0.0.1"),
        ({"Amount": "99999999"}, "203.0.113.9"),
        ({"MFSTransactionID": ""}, "127.0.0.1"),
        ({"ReferenceID": "MKTATTNOBODY0"}, "127.0.0.1"),
    ],
)
def test_a_success_that_does_not_fit_is_kept_for_a_person(mixx, changes, address):
    attempt = settled(a_push(mixx, "924"))

    assert post(a_success(attempt, **changes), address=address) == 200

    message = InboxMessage.objects.get()
    assert message.status == InboxStatus.UNMATCHED
    assert message.verdict
    assert settled(attempt).status == AttemptStatus.PENDING
    assert not Entry.objects.exists()
    nothing_is_wrong()


@pytest.mark.parametrize(
    ("shillings", "kind"),
    [("1", IssueKind.UNDERPAID), ("99999999", IssueKind.OVERPAID)],
)
def test_a_success_of_another_amount_waits_in_suspense_and_delivers_nothing(mixx, shillings, kind):
    attempt = a_push(mixx, "924")

    post(a_success(attempt, Amount=shillings))

    settled(attempt)
    issue = PaymentIssue.objects.get()
    assert (issue.kind, issue.arrived_minor) == (kind, int(shillings) * 100)
    assert (attempt.status, attempt.is_applied) == (AttemptStatus.SUCCEEDED, False)
    assert attempt.intent.order.status == OrderStatus.AWAITING_PAYMENT
    assert -balance(account=chart.SUSPENSE) == balance(account=CLEARING) == issue.arrived_minor
    nothing_is_wrong()


def test_what_was_paid_short_is_given_back_at_the_desk_and_the_buyer_pays_the_whole(mixx):
    order = an_order()
    short = a_push(mixx, "925", order)
    news_arrive(mixx)
    assert settled(short).intent.order.status == OrderStatus.AWAITING_PAYMENT
    issue = PaymentIssue.objects.get()

    refund_issue(issue_id=issue.pk, reason="Too little", actor=staff_actor())
    deliver_all()
    whole = a_push(mixx, "000", order)
    news_arrive(mixx)

    assert [entry.amount_minor for entry in mixx.book.entries(Product.REFUND)] == [
        order.total_minor - 100_000
    ]
    assert settled(whole).is_applied
    assert balance(account=CLEARING) == order.total_minor
    nothing_is_wrong()


@pytest.mark.parametrize("changes", [{"Amount": "1"}, {"MFSTransactionID": "69999999999"}])
def test_a_second_success_that_tells_of_other_money_is_shown_to_a_person(mixx, changes):
    attempt = a_push(mixx, "924")
    post(a_success(attempt))

    post(a_success(attempt, **changes))

    is_paid_once(attempt)
    last = InboxMessage.objects.latest("received_at")
    assert (last.status, PaymentIssue.objects.get().kind) == (
        InboxStatus.UNMATCHED,
        IssueKind.DOUBTFUL,
    )
    nothing_is_wrong()


def test_a_message_to_a_wrong_address_is_not_even_kept(mixx):
    attempt = settled(a_push(mixx, "924"))

    assert post(a_success(attempt), secret="guessed") == 404

    assert not InboxMessage.objects.exists()


def test_the_very_same_success_from_the_providers_address_pays(mixx):
    attempt = settled(a_push(mixx, "924"))

    post(a_success(attempt, Amount=f"{attempt.amount_minor // 100}.00"))

    is_paid_once(attempt)
    nothing_is_wrong()


def test_a_failure_after_a_success_changes_nothing_and_is_shown_to_a_person(mixx):
    attempt = a_push(mixx, "929")

    news_arrive(mixx)

    is_paid_once(attempt)
    last = InboxMessage.objects.latest("received_at")
    assert last.status == InboxStatus.UNMATCHED
    nothing_is_wrong()
