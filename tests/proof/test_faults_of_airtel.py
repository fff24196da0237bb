"""Every bad day that the Airtel simulator knows, as the money lives through it over real HTTP.

Callbacks are hashed: a forged one is kept and read by nothing, a true one is confirmed by enquiry. A
payment goes back whole, as the payment's own state tells (TR); a part goes back as a payout.
"""

import json

import pytest

from fixtures.simulators.core.faults import Product
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.orders.commands import expire_due_orders
from marketplace.orders.states import OrderStatus
from marketplace.payments.gateways import wire
from marketplace.payments.models import Attempt, InboxMessage, Refund
from marketplace.payments.states import (
    AttemptStatus,
    InboxStatus,
    RefundReason,
    RefundStatus,
)
from marketplace.reconciliation.models import ReconciliationException
from marketplace.shared import clock
from tests.deliveries import deliver_all
from tests.factories.orders import an_order
from tests.proof.airtel_road import (
    CLEARING,
    a_push,
    airtel_fees,
    import_statement_of,
    is_paid_once,
    named,
    news_arrive,
    post,
    settled,
)
from tests.proof.road import nothing_is_wrong, time_passes

pytestmark = pytest.mark.django_db

# fmt: off
PAID = [
    "000", "901", "902", "905", "907", "909", "912", "913", "921", "922", "923", "924", "926",
    "927", "929", "938", "941", "942", "943", "952", "953", "954",
]
NOT_PAID = [
    "903", "906", "908", "910", "911", "925", "928", "931", "932", "933", "934", "935", "936",
    "937",
]
# fmt: on
TOLD_BELOW = ["904", "951", "955"]


def test_every_fault_of_a_payment_has_its_proof():
    assert named(Product.PAYMENT) == {*PAID, *NOT_PAID, *TOLD_BELOW} - {"000"}


# --- Payments ---


@pytest.mark.parametrize("digits", PAID)
def test_a_buyer_who_paid_has_paid_once_whatever_airtel_says_when(airtel, digits):
    attempt = a_push(airtel, digits)

    news_arrive(airtel)
    time_passes()

    is_paid_once(attempt)
    assert len(airtel.requests("push")) == 1
    nothing_is_wrong()


@pytest.mark.parametrize("digits", NOT_PAID)
def test_a_buyer_who_did_not_pay_may_try_again_and_then_has_paid_once(airtel, digits):
    order = an_order()
    attempt = a_push(airtel, digits, order)

    news_arrive(airtel)
    time_passes()

    assert settled(attempt).status == AttemptStatus.FAILED
    assert not Entry.objects.exists()
    second = a_push(airtel, "000", order)
    news_arrive(airtel)
    is_paid_once(second)
    nothing_is_wrong()


def test_what_airtel_does_not_find_is_waited_for_longer_than_airtel_says(airtel):
    attempt = a_push(airtel, "903")

    time_passes(1, 2, 4)

    assert settled(attempt).status == AttemptStatus.UNKNOWN
    time_passes(8)
    assert settled(attempt).status == AttemptStatus.FAILED
    nothing_is_wrong()


def test_an_answer_that_nobody_waited_for_is_found_by_enquiry(airtel, settings):
    provider = settings.PAYMENT_PROVIDERS["airtel"]
    options = provider["options"]
    impatient = options | {"access": options["access"] | {"read_timeout_s": 0.3}}
    settings.PAYMENT_PROVIDERS = {"airtel": provider | {"options": impatient}}

    attempt = a_push(airtel, "904")
    assert settled(attempt).status == AttemptStatus.UNKNOWN

    airtel.settle()
    time_passes()

    is_paid_once(attempt)
    nothing_is_wrong()


def test_a_receipt_given_twice_is_believed_once(airtel):
    earlier = a_push(airtel, "000")
    news_arrive(airtel)
    same_receipt = a_push(airtel, "951")

    news_arrive(airtel)
    time_passes()

    assert settled(earlier).status == AttemptStatus.SUCCEEDED
    assert settled(same_receipt).status == AttemptStatus.UNKNOWN
    assert same_receipt.intent.order.status == OrderStatus.AWAITING_PAYMENT
    nothing_is_wrong()


def test_what_a_statement_says_was_taken_back_is_asked_about_and_stops_the_order(airtel):
    attempt = a_push(airtel, "000")
    news_arrive(airtel)
    is_paid_once(attempt)
    airtel.book.reverse_by_provider(attempt.receipt)

    import_statement_of(airtel)

    assert settled(attempt).status == AttemptStatus.REVERSED
    assert attempt.intent.order.status == OrderStatus.CANCELLED
    assert not balance(account=CLEARING) + airtel_fees(airtel)
    assert not ReconciliationException.objects.filter(status="open").exists()
    nothing_is_wrong()


def test_a_payment_that_was_taken_back_before_we_heard_of_it_pays_nothing(airtel):
    attempt = a_push(airtel, "955")

    news_arrive(airtel)
    time_passes()

    assert settled(attempt).status == AttemptStatus.REVERSED
    assert attempt.intent.order.status == OrderStatus.AWAITING_PAYMENT
    assert not balance(account=CLEARING)
    nothing_is_wrong()

    import_statement_of(airtel)

    assert not ReconciliationException.objects.filter(status="open").exists()
    assert not balance(account=CLEARING) + airtel_fees(airtel)
    nothing_is_wrong()


def test_a_success_after_the_order_expired_goes_back_by_itself(airtel):
    attempt = a_push(airtel, "000")
    with clock.at(attempt.intent.order.expires_at):
        expire_due_orders()
    deliver_all()

    news_arrive(airtel)

    refund = Refund.objects.get(attempt=attempt)
    assert (refund.status, refund.reason) == (RefundStatus.SUCCEEDED, RefundReason.LATE_PAYMENT)
    assert not balance(account=CLEARING)
    nothing_is_wrong()


# --- Callbacks that lie ---


def a_success(attempt: Attempt, **changes: object) -> bytes:
    transaction = {
        "id": wire(attempt.reference),
        "message": "Paid TZS 1",
        "status_code": "TS",
        "airtel_money_id": "MP261004.1403.A00000123",
    }
    return json.dumps({"transaction": transaction, **changes}).encode()


@pytest.mark.parametrize("changes", [{}, {"hash": ""}, {"hash": "bm90IGl0"}, {"hash": 7}])
def test_a_forged_success_is_kept_and_read_by_nothing(airtel, changes):
    attempt = settled(a_push(airtel, "924"))
    asked = len(airtel.requests())

    post(a_success(attempt, **changes))

    message = InboxMessage.objects.get()
    assert message.status == InboxStatus.FORGED
    assert message.verdict == "its signature is missing or wrong"
    assert bytes(message.body) == a_success(attempt, **changes)
    assert settled(attempt).status == AttemptStatus.PENDING
    assert len(airtel.requests()) == asked, "a forger cannot make us ask Airtel"
    assert not Entry.objects.exists()
    nothing_is_wrong()


def test_a_forged_callback_does_not_keep_the_true_one_out(airtel):
    attempt = settled(a_push(airtel, "000"))
    post(a_success(attempt, hash="bm90IGl0"))

    news_arrive(airtel)

    is_paid_once(attempt)
    statuses = list(InboxMessage.objects.order_by("received_at").values_list("status", flat=True))
    assert statuses == [InboxStatus.FORGED, InboxStatus.PROCESSED]
    nothing_is_wrong()


def test_a_true_callback_that_is_replayed_only_counts(airtel):
    attempt = a_push(airtel, "000")
    news_arrive(airtel)

    for _ in range(3):
        post(airtel.callbacks[0].body)

    is_paid_once(attempt)
    assert InboxMessage.objects.get().times_received == 4
