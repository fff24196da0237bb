"""Every bad day that the M-Pesa simulator knows, as a payment lives through it over real HTTP."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from fixtures.simulators.core.faults import Product
from fixtures.simulators.mpesa.faults import ALL
from marketplace.ledger import chart
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.orders.commands import cancel_order, expire_due_orders
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus
from marketplace.payments.commands import attempts, retry_refund
from marketplace.payments.errors import NothingToRefund
from marketplace.payments.models import Attempt, InboxMessage, Refund
from marketplace.payments.states import (
    AttemptStatus,
    InboxStatus,
    IntentStatus,
    RefundReason,
    RefundStatus,
)
from marketplace.reconciliation.commands import upload_statement
from marketplace.reconciliation.models import ReconciliationException
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import an_attempt, an_order
from tests.proof.road import WEBHOOK, news_arrive, nothing_is_wrong, post_callbacks, time_passes

pytestmark = pytest.mark.django_db

# fmt: off
PAID = [
    "000", "901", "902", "905", "907", "909", "912", "921", "922", "923", "924", "926", "927",
    "941", "942", "943", "952", "953", "954",
]
NOT_PAID = [
    "903", "906", "908", "910", "911", "925", "931", "932", "933", "934", "935", "936", "937",
]
TOLD_BELOW = ["904", "951", "955"]
# fmt: on


def test_every_fault_of_a_payment_has_its_proof():
    named = {fault.digits for fault in ALL if fault.product is Product.PAYMENT}

    assert named == {*PAID, *NOT_PAID, *TOLD_BELOW} - {"000"}


def a_push(mpesa: Any, digits: str, order: Order | None = None) -> Attempt:
    attempt = an_attempt(order or an_order(), msisdn=mpesa.number(digits))
    deliver_all()
    return attempt


def settled(attempt: Attempt) -> Attempt:
    attempt.refresh_from_db()
    attempt.intent.refresh_from_db()
    attempt.intent.order.refresh_from_db()
    return attempt


def is_paid_once(attempt: Attempt) -> None:
    settled(attempt)
    assert (attempt.status, attempt.is_applied) == (AttemptStatus.SUCCEEDED, True)
    assert attempt.intent.status == IntentStatus.PAID
    assert attempt.intent.order.status == OrderStatus.PAID
    booked = Entry.objects.get(event__name="payments.succeeded.v1")
    assert booked.event.aggregate_id == str(attempt.pk)
    assert balance(account=chart.provider_clearing("mpesa")) == attempt.amount_minor
    assert not Refund.objects.exists()


@pytest.mark.parametrize("digits", PAID)
def test_a_buyer_who_paid_has_paid_once_whatever_the_provider_says_when(mpesa, digits):
    attempt = a_push(mpesa, digits)

    news_arrive(mpesa)
    time_passes()

    is_paid_once(attempt)
    assert len(mpesa.requests("c2bPayment")) == 1
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOT_PAID)
def test_a_buyer_who_did_not_pay_may_try_again_and_then_has_paid_once(mpesa, digits):
    order = an_order()
    attempt = a_push(mpesa, digits, order)

    news_arrive(mpesa)
    time_passes()

    assert settled(attempt).status == AttemptStatus.FAILED
    assert order.status == OrderStatus.AWAITING_PAYMENT
    assert not Entry.objects.exists()
    second = a_push(mpesa, "000", order)
    news_arrive(mpesa)
    is_paid_once(second)
    nothing_is_wrong()


def test_an_answer_that_nobody_waited_for_is_found_by_enquiry(mpesa, settings):
    provider = settings.PAYMENT_PROVIDERS["mpesa"]
    impatient = provider["options"] | {"read_timeout_s": 0.3}
    settings.PAYMENT_PROVIDERS = {"mpesa": provider | {"options": impatient}}

    attempt = a_push(mpesa, "904")
    assert settled(attempt).status == AttemptStatus.UNKNOWN

    mpesa.settle()
    time_passes()
    post_callbacks(mpesa)

    is_paid_once(attempt)
    nothing_is_wrong()


def test_a_callback_that_is_read_before_the_push_is_answered_counts_once(mpesa, monkeypatch):
    """921 with fast workers: the news is worked off while the push still waits for its answer."""
    really_ask = attempts.ask

    def slow_to_answer(provider, question):
        answer = really_ask(provider, question)
        if mpesa.requests("c2bPayment"):
            monkeypatch.setattr(attempts, "ask", really_ask)
            news_arrive(mpesa)
            assert Attempt.objects.get().status == AttemptStatus.SUCCEEDED
        return answer

    monkeypatch.setattr(attempts, "ask", slow_to_answer)

    attempt = a_push(mpesa, "921")

    is_paid_once(attempt)
    nothing_is_wrong()


def nothing_is_left_of_the_money() -> bool:
    accounts = chart.provider_clearing("mpesa"), chart.SUSPENSE, chart.REFUNDS_CLEARING
    return not any(balance(account=account) for account in accounts)


def is_given_back(attempt: Attempt, reason: RefundReason) -> None:
    settled(attempt)
    refund = Refund.objects.get(attempt=attempt)
    assert (attempt.status, attempt.is_applied) == (AttemptStatus.SUCCEEDED, False)
    assert (refund.status, refund.reason) == (RefundStatus.SUCCEEDED, reason)
    assert refund.amount_minor == attempt.amount_minor


def expire(attempt: Attempt) -> None:
    """The order's time is up before anything is heard of its payment."""
    with clock.at(attempt.intent.order.expires_at):
        expire_due_orders()
    deliver_all()
    assert settled(attempt).intent.order.status == OrderStatus.EXPIRED


@pytest.mark.parametrize("digits", ["000", "902", "909", "941"])
def test_a_success_that_comes_after_the_order_expired_goes_back_by_itself(mpesa, digits):
    listing = a_listing()
    attempt = a_push(mpesa, digits, an_order(listing))
    expire(attempt)

    news_arrive(mpesa)
    time_passes()

    is_given_back(attempt, RefundReason.LATE_PAYMENT)
    listing.refresh_from_db()
    assert (listing.reserved, listing.on_hand) == (0, 10)
    assert nothing_is_left_of_the_money()
    nothing_is_wrong()


def test_whoever_pays_twice_gets_the_second_payment_back(mpesa):
    order = an_order()
    first = a_push(mpesa, "902", order)  # Nobody knows yet: the buyer tries again.
    second = a_push(mpesa, "000", order)

    news_arrive(mpesa)
    time_passes()

    assert settled(second).is_applied
    is_given_back(first, RefundReason.DUPLICATE_PAYMENT)
    assert balance(account=chart.provider_clearing("mpesa")) == order.total_minor
    nothing_is_wrong()


def test_a_callback_that_limps_behind_the_refund_of_its_payment_changes_nothing(mpesa):
    attempt = a_push(mpesa, "000")
    expire(attempt)
    mpesa.settle()
    time_passes()  # The enquiry was faster: the money came, too late, and went back.
    is_given_back(attempt, RefundReason.LATE_PAYMENT)

    post_callbacks(mpesa)

    is_given_back(attempt, RefundReason.LATE_PAYMENT)
    assert nothing_is_left_of_the_money()
    nothing_is_wrong()


# --- Callbacks that lie ---


def forged(attempt: Attempt, **changes: str) -> bytes:
    return json.dumps(
        {
            "input_OriginalConversationID": attempt.conversation_id,
            "input_TransactionID": "FORGED0001",
            "input_ResultCode": "INS-0",
            "input_ResultDesc": "Request processed successfully",
            "input_ThirdPartyConversationID": attempt.reference.replace("-", ""),
            **changes,
        }
    ).encode()


def post(body: bytes) -> InboxMessage:
    Client().post(WEBHOOK, body, content_type="application/json")
    deliver_all()
    return InboxMessage.objects.latest("received_at")


def test_a_forged_success_is_not_believed_where_the_provider_does_not_confirm_it(mpesa):
    attempt = settled(a_push(mpesa, "903"))

    message = post(forged(attempt))

    assert settled(attempt).status == AttemptStatus.UNKNOWN
    assert message.status == InboxStatus.RECEIVED
    assert any("NotConfirmedYet" in failure for failure in failures())
    time_passes()
    message.refresh_from_db()
    assert message.status == InboxStatus.UNMATCHED
    assert settled(attempt).status == AttemptStatus.FAILED
    assert not Entry.objects.exists()
    nothing_is_wrong()


def test_a_forged_failure_does_not_undo_what_the_provider_confirms(mpesa):
    attempt = settled(a_push(mpesa, "924"))
    mpesa.settle()

    message = post(forged(attempt, input_ResultCode="INS-6", input_TransactionID=""))

    message.refresh_from_db()
    assert message.verdict == "enquiry says succeeded"
    is_paid_once(attempt)
    assert settled(attempt).receipt == mpesa.entry(attempt.reference.replace("-", "")).receipt
    nothing_is_wrong()


def test_a_callback_of_another_conversation_is_not_even_asked_about(mpesa):
    attempt = settled(a_push(mpesa, "000"))

    message = post(forged(attempt, input_OriginalConversationID="of-somebody-else"))

    message.refresh_from_db()
    assert message.status == InboxStatus.UNMATCHED
    assert settled(attempt).status == AttemptStatus.PENDING
    assert not mpesa.requests("queryTransactionStatus")


# --- A receipt that belongs to another payment ---


def test_a_receipt_given_twice_is_believed_once_and_stops_nobody_else(mpesa):
    earlier = a_push(mpesa, "000")
    news_arrive(mpesa)
    same_receipt, another = a_push(mpesa, "951"), a_push(mpesa, "902")

    news_arrive(mpesa)
    time_passes()

    assert settled(another).status == settled(earlier).status == AttemptStatus.SUCCEEDED
    doubtful = settled(same_receipt)
    assert (doubtful.status, doubtful.receipt) == (AttemptStatus.UNKNOWN, "")
    assert earlier.reference in doubtful.provider_message
    assert doubtful.intent.order.status == OrderStatus.AWAITING_PAYMENT
    nothing_is_wrong()


# --- What the provider takes back ---


def test_a_payment_that_was_taken_back_before_we_heard_of_it_pays_nothing(mpesa):
    attempt = a_push(mpesa, "955")

    news_arrive(mpesa)  # Paid, reversed, and only then the callback.
    time_passes()

    assert settled(attempt).status == AttemptStatus.REVERSED
    assert not attempt.is_applied
    assert attempt.intent.order.status == OrderStatus.AWAITING_PAYMENT
    assert nothing_is_left_of_the_money()
    assert not Refund.objects.exists()
    nothing_is_wrong()


@pytest.mark.parametrize("layout", ["detailed", "short"])
def test_what_a_statement_says_was_taken_back_is_asked_about_and_stops_the_order(mpesa, layout):
    attempt = a_push(mpesa, "000")
    news_arrive(mpesa)
    is_paid_once(attempt)
    mpesa.book.reverse_by_provider(settled(attempt).receipt)

    import_statement_of(mpesa, layout)

    assert settled(attempt).status == AttemptStatus.REVERSED
    assert attempt.intent.order.status == OrderStatus.CANCELLED
    assert not Refund.objects.exists()
    assert not ReconciliationException.objects.filter(status="open").exists()
    nothing_is_wrong()


def test_a_refund_of_ours_in_a_statement_is_no_reversal_of_theirs(mpesa):
    attempt = a_push(mpesa, "000")
    expire(attempt)
    news_arrive(mpesa)
    is_given_back(attempt, RefundReason.LATE_PAYMENT)

    import_statement_of(mpesa, "short")

    is_given_back(attempt, RefundReason.LATE_PAYMENT)
    nothing_is_wrong()


def test_a_refund_that_had_not_left_us_is_overtaken_by_the_providers_own_reversal(mpesa):
    attempt = a_push(mpesa, "000")
    news_arrive(mpesa)
    order = settled(attempt).intent.order
    mpesa.book.reverse_by_provider(attempt.receipt)
    cancel_order(order_id=order.pk, reason="Changed my mind", actor=Actor.buyer(order.buyer_id))
    deliver_all()
    refund = Refund.objects.get()
    assert refund.status == RefundStatus.FAILED  # There is nothing left to reverse.

    import_statement_of(mpesa, "detailed")

    assert settled(attempt).status == AttemptStatus.REVERSED
    assert not balance(account=chart.REFUNDS_CLEARING)
    with pytest.raises(NothingToRefund):
        retry_refund(refund_id=refund.pk, actor=staff_actor())
    nothing_is_wrong()


def import_statement_of(mpesa: Any, layout: str) -> None:
    file = BytesIO(mpesa.statement(layout=layout))
    file.name = f"ORG_000000_{layout}.csv"
    upload_statement(provider="mpesa", file=file, actor=staff_actor())
    deliver_all()


# --- Nobody there ---


def test_a_provider_that_cannot_be_reached_is_charged_nothing_and_asked_again(mpesa):
    order = an_order()
    mpesa.stop()
    attempt = a_push(mpesa, "000", order)
    assert settled(attempt).status == AttemptStatus.FAILED
    assert attempt.provider_code == "unavailable"
    cache.clear()  # The breaker closes again, as it does after a while.
    mpesa.start(int(mpesa.url.rpartition(":")[2]))

    second = a_push(mpesa, "000", order)
    news_arrive(mpesa)

    is_paid_once(second)
    nothing_is_wrong()


def test_a_provider_that_dies_after_the_push_is_asked_when_it_is_back(mpesa):
    attempt = a_push(mpesa, "924")
    mpesa.settle()
    port = int(mpesa.url.rpartition(":")[2])
    mpesa.stop()
    time_passes(1, 2)
    assert settled(attempt).status == AttemptStatus.PENDING
    mpesa.start(port)
    cache.clear()

    time_passes(5, 12)

    is_paid_once(attempt)
    nothing_is_wrong()
