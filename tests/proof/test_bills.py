"""Bills that a buyer pays from the phone's own menu: Mixx asks, we answer, and only our yes moves money."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from fixtures.simulators.core.faults import Product
from marketplace.ledger import chart
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.orders.commands import cancel_order
from marketplace.orders.models import Order
from marketplace.orders.states import OrderStatus
from marketplace.payments import commands
from marketplace.payments.adapters import xml
from marketplace.payments.errors import AttemptInFlight, OrderNotPayable
from marketplace.payments.gateways import wire
from marketplace.payments.models import Attempt, InboxMessage, Intent, PaymentIssue, Refund
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import (
    AttemptChannel,
    AttemptStatus,
    InboxStatus,
    IssueKind,
    RefundStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.api.client import Caller
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, buyer_actor, staff_actor
from tests.factories.orders import a_paid_order, an_attempt, an_order
from tests.proof.road import nothing_is_wrong
from tests.simulators import CONFIGURED
from tests.threads import at_once

pytestmark = pytest.mark.django_db
BILLS = f"/api/v1/webhooks/mixx/{CONFIGURED['mixx']['callback_secret']}/bills"
CLEARING = chart.provider_clearing("mixx")
JUMA, TXNID = "255713000123", "61234567890"


def reference_of(order: Order) -> str:
    return wire(Intent.objects.get(order=order).reference)


def send(fields: dict[str, str] | bytes, *, path: str = BILLS, address: str = "127.0.0.1") -> Any:
    body = fields
    if isinstance(fields, dict):
        root = ElementTree.Element("COMMAND")
        for name, value in fields.items():
            ElementTree.SubElement(root, name).text = value
        body = ElementTree.tostring(root)
    return Client().post(path, body, content_type="application/xml", REMOTE_ADDR=address)


def told(answer: Any) -> dict[str, str]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    return xml.texts(answer.content, root="COMMAND")


def a_bill(order: Order, **changes: str) -> dict[str, str]:
    return {
        "TYPE": "SYNC_BILLPAY_REQUEST",
        "TXNID": TXNID,
        "MSISDN": JUMA,
        "AMOUNT": str(order.total_minor // 100),
        "COMPANYNAME": "ZETUTECH",
        "CUSTOMERREFERENCEID": reference_of(order),
        "SENDERNAME": "JUMA K.",
    } | changes


def pay(order: Order, *, address: str = "127.0.0.1", **changes: str) -> dict[str, str]:
    return told(send(a_bill(order, **changes), address=address))


def look_up(order: Order, **changes: str) -> dict[str, str]:
    fields = a_bill(order, TYPE="SYNC_LOOKUP_REQUEST", **changes)
    return told(send({name: fields[name] for name in fields if name not in {"TXNID", "AMOUNT"}}))


def test_a_bill_of_exactly_the_amount_pays_the_order_before_it_is_answered(mixx):
    order = an_order()

    answer = pay(order)

    attempt = Attempt.objects.get()
    assert answer == {
        "TYPE": "SYNC_BILLPAY_RESPONSE",
        "TXNID": TXNID,
        "REFID": f"MKT{wire(attempt.reference)}",
        "RESULT": "TS",
        "ERRORCODE": "error000",
        "ERRORDESCRIPTION": "Success",
        "MSISDN": JUMA,
        "FLAG": "Y",
        "CONTENT": answer["CONTENT"],
    }
    assert order.reference in answer["CONTENT"]
    order.refresh_from_db()
    assert (attempt.status, attempt.channel) == (AttemptStatus.SUCCEEDED, AttemptChannel.BILL)
    assert (attempt.receipt, attempt.msisdn) == (TXNID, f"+{JUMA}")
    assert order.status == OrderStatus.PAID
    assert balance(account=CLEARING) == order.total_minor
    deliver_all()
    assert not mixx.requests("push")
    nothing_is_wrong()


@pytest.mark.parametrize("typed", ["pay-{}", "PAY {}", "pay{}"])
def test_a_reference_is_understood_as_people_type_it(mixx, typed):
    order = an_order()

    answer = pay(order, CUSTOMERREFERENCEID=typed.format(reference_of(order)[3:].lower()))

    assert answer["ERRORCODE"] == "error000"


def test_the_lookup_tells_the_customer_what_the_bill_is_about(mixx):
    order = an_order()

    answer = look_up(order)

    assert (answer["RESULT"], answer["ERRORCODE"], answer["FLAG"]) == ("TS", "error000", "Y")
    assert answer["TYPE"] == "SYNC_LOOKUP_RESPONSE"
    assert order.reference in answer["CONTENT"]
    assert not Attempt.objects.exists()


def test_the_lookup_speaks_the_language_of_the_buyer(mixx):
    order = an_order(buyer=a_buyer(language="sw"))

    assert "agizo" in look_up(order)["CONTENT"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"CUSTOMERREFERENCEID": "PAY00000000"}, "error010"),
        ({"CUSTOMERREFERENCEID": "?"}, "error010"),
        ({"AMOUNT": "much"}, "error012"),
        ({"AMOUNT": "0"}, "error012"),
        ({"AMOUNT": "1000.50"}, "error012"),
        ({"AMOUNT": "1"}, "error015"),
        ({"AMOUNT": "999999999"}, "error014"),
        ({"COMPANYNAME": "SOMEBODY"}, "error030"),
        ({"MSISDN": "12345"}, "error030"),
        ({"TXNID": ""}, "error030"),
        ({"TYPE": "SYNC_GIFT_REQUEST"}, "error030"),
    ],
)
def test_a_bill_that_does_not_fit_is_refused_with_the_protocols_own_code(mixx, changes, code):
    order = an_order()

    answer = pay(order, **changes)

    assert (answer["RESULT"], answer["ERRORCODE"], answer["FLAG"]) == ("TF", code, "N")
    assert not Attempt.objects.exists()
    assert not Entry.objects.exists()
    assert InboxMessage.objects.get().status in {InboxStatus.PROCESSED, InboxStatus.MALFORMED}
    assert pay(order, TXNID="61234567891")["ERRORCODE"] == "error000"


@pytest.mark.parametrize("body", [b"", b"not XML", b"<!DOCTYPE x><COMMAND/>", b"<COMMAND/>", b"{}"])
def test_what_is_no_bill_is_kept_and_answered_in_xml(mixx, body):
    answer = told(send(body))

    assert (answer["RESULT"], answer["ERRORCODE"]) == ("TF", "error030")
    assert InboxMessage.objects.get().status == InboxStatus.MALFORMED


def test_an_order_that_is_paid_or_off_takes_no_bill(mixx, mpesa):
    paid, late = a_paid_order(), an_order()

    assert pay(paid)["ERRORCODE"] == "error011"
    assert look_up(paid)["ERRORCODE"] == "error011"
    with clock.at(late.expires_at + timedelta(seconds=1)):
        assert pay(late, TXNID="61234567891")["ERRORCODE"] == "error011"
    assert Attempt.objects.count() == 1


def test_the_same_payment_again_gets_the_first_answer_and_is_booked_once(mixx):
    order = an_order()
    first = pay(order)

    again = [pay(order) for _time in range(3)]

    assert again == [first] * 3
    assert Attempt.objects.count() == 1
    assert InboxMessage.objects.get().times_received == 4
    nothing_is_wrong()


def test_a_refused_payment_stays_refused_when_it_is_asked_again(mixx):
    order = an_order()
    attempt = an_attempt(order, msisdn="+255713000124")

    assert pay(order)["ERRORCODE"] == "error011"
    Attempt.objects.filter(pk=attempt.pk).update(status=AttemptStatus.FAILED)

    assert pay(order)["ERRORCODE"] == "error011"
    assert pay(order, TXNID="61234567891")["ERRORCODE"] == "error000"


def test_a_transaction_that_comes_back_with_other_facts_is_refused_and_shown(mixx):
    order, other = an_order(), an_order()
    pay(order)

    answer = pay(other)

    assert answer["ERRORCODE"] == "error016"
    issue = PaymentIssue.objects.get()
    assert (issue.kind, issue.receipt) == (IssueKind.DOUBTFUL, TXNID)
    other.refresh_from_db()
    assert other.status == OrderStatus.AWAITING_PAYMENT
    nothing_is_wrong()


def test_a_bill_from_elsewhere_is_refused_and_shown(mixx):
    order = an_order()

    assert pay(order, address="203.0.113.9")["ERRORCODE"] == "error016"

    assert not Attempt.objects.exists()
    assert PaymentIssue.objects.get().kind == IssueKind.DOUBTFUL


def test_a_wrong_secret_and_a_provider_without_bills_are_not_found(mixx, mpesa):
    order = an_order()
    wrong = BILLS.replace(CONFIGURED["mixx"]["callback_secret"], "x" * 43)
    of_mpesa = f"/api/v1/webhooks/mpesa/{CONFIGURED['mpesa']['callback_secret']}/bills"

    answers = [send(a_bill(order), path=path) for path in (wrong, of_mpesa)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not InboxMessage.objects.exists()


def test_while_mixx_is_paused_no_bill_is_taken(mixx):
    order = an_order()
    commands.pause_provider(provider="mixx", reason="Trouble", actor=staff_actor())

    assert pay(order)["ERRORCODE"] == "error001"
    assert look_up(order)["ERRORCODE"] == "error001"


def test_a_prompt_that_is_on_a_phone_locks_the_bill(mixx):
    order = an_order()
    an_attempt(order, msisdn="+255713000124")

    assert pay(order)["ERRORCODE"] == "error011"
    assert Attempt.objects.count() == 1


def test_an_unknown_prompt_that_turns_out_paid_beside_a_bill_goes_back(mixx):
    order = an_order()
    prompt = an_attempt(order, msisdn=mixx.number("902"))
    deliver_all()
    prompt.refresh_from_db()
    assert prompt.status == AttemptStatus.UNKNOWN

    assert pay(order)["ERRORCODE"] == "error000"
    commands.settle_attempt(
        attempt_id=prompt.pk,
        answer=Answer(Outcome.SUCCEEDED, receipt="69999999999"),
        actor=Actor.provider("mixx"),
    )
    deliver_all()

    refund = Refund.objects.get()
    assert refund.attempt == prompt
    order.refresh_from_db()
    assert order.status == OrderStatus.PAID


def test_the_bill_is_offered_to_the_buyer_and_becomes_an_attempt_of_the_payment(mixx):
    order = an_order()
    caller, reference = Caller(order.buyer), Intent.objects.get(order=order).reference
    path = f"/payments/{reference}/options"

    bill = caller.get(path, msisdn="0713000123").json()["bills"][0]
    pay(order, CUSTOMERREFERENCEID=bill["reference"])

    assert (bill["dial"], bill["company"]) == ("*150*01#", "ZETUTECH")
    assert bill["amount"]["amount"] == order.total_minor
    assert all(bill[name] in bill["steps"] for name in ("dial", "company", "reference"))
    shown = caller.get(f"/payments/{reference}").json()
    assert shown["attempts"][0]["channel"]["code"] == "bill"
    assert caller.get(path, msisdn="0713000123").json()["bills"] == []


# --- From the simulator's phone, over HTTP ---


@pytest.fixture
def phone(mixx, live_server) -> Any:
    mixx.deliver_to(f"{live_server.url}{BILLS.removesuffix('/bills')}")
    return mixx.simulator.protocol.phone


@pytest.mark.django_db(transaction=True)
def test_a_customer_pays_by_phone_and_gets_it_back_when_the_order_is_cancelled(mixx, phone):
    order = an_order()
    shillings = str(order.total_minor // 100)

    assert order.reference in phone.look_up(msisdn=JUMA, reference=reference_of(order))
    txnid = phone.pay(msisdn=JUMA, reference=reference_of(order), shillings=shillings)

    attempt = Attempt.objects.get()
    assert (attempt.receipt, attempt.status) == (txnid, AttemptStatus.SUCCEEDED)
    assert mixx.entry(txnid).third_party_id == f"MKT{wire(attempt.reference)}"
    deliver_all()
    cancel_order(order_id=order.pk, reason="Changed my mind", actor=buyer_actor(order.buyer))
    deliver_all()

    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert [entry.linked_receipt for entry in mixx.book.entries(Product.REFUND)] == [txnid]
    assert balance(account=CLEARING) == 0
    nothing_is_wrong()


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_lost_is_given_again_and_the_money_moves_once(mixx, phone):
    order = an_order()
    shillings = str(order.total_minor // 100)

    txnid = phone.pay(
        msisdn=JUMA, reference=reference_of(order), shillings=shillings, is_answer_lost=True
    )
    assert not mixx.book.entries(Product.PAYMENT)

    assert phone.ask_again(txnid) == "error000"
    assert phone.ask_again(txnid) == "error000"
    assert len(mixx.book.entries(Product.PAYMENT)) == Attempt.objects.count() == 1
    assert mixx.book.held_minor(until=clock.now().timestamp() + 1) > 0


@pytest.mark.django_db(transaction=True)
def test_of_the_same_bill_at_the_same_moment_one_is_booked_and_all_get_its_answer(mixx):
    order = an_order()

    answers = at_once(*(lambda: pay(order) for _phone in range(4)))

    assert answers == [answers[0]] * 4
    assert answers[0]["ERRORCODE"] == "error000"
    assert Attempt.objects.count() == 1
    nothing_is_wrong()


@pytest.mark.django_db(transaction=True)
def test_of_a_bill_and_a_prompt_at_the_same_moment_at_most_one_takes_money(mixx):
    order = an_order()

    def prompt() -> str:
        try:
            an_attempt(order, msisdn="+255713000124")
        except (AttemptInFlight, OrderNotPayable):
            return "refused"
        return "sent"

    said, answer = at_once(prompt, lambda: pay(order))

    assert (said, answer["ERRORCODE"]) in {("sent", "error011"), ("refused", "error000")}
