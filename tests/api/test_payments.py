"""Paying an order, and what M-Pesa tells us."""

import json

import pytest
from django.test import Client

from marketplace.payments.models import Attempt, InboxMessage
from marketplace.payments.states import InboxStatus
from tests.api.client import Caller, refusal
from tests.factories.accounts import a_buyer
from tests.factories.orders import a_paid_order, an_attempt, an_order, pay
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def payment_of(caller: Caller, order) -> str:
    return caller.get(f"/orders/{order.reference}").json()["payment"]["reference"]


def test_a_wallet_is_asked_and_the_buyer_polls_until_it_is_settled():
    buyer = a_buyer()
    order, caller = an_order(buyer=buyer), Caller(buyer)
    reference = payment_of(caller, order)

    started = caller.post(f"/payments/{reference}/attempts", {"msisdn": "0754 000 111"})
    polled = caller.get(f"/payments/{reference}").json()

    assert started.status_code == 201
    assert started.json()["msisdn"] == "+255754000111"
    assert started.json()["provider"] == "mpesa"
    assert polled["status"]["code"] == "open"
    assert [attempt["reference"] for attempt in polled["attempts"]] == [started.json()["reference"]]


def test_a_payment_that_succeeded_shows_its_receipt():
    buyer = a_buyer()
    order = an_order(buyer=buyer)
    attempt = pay(order)

    shown = Caller(buyer).get(f"/payments/{payment_of(Caller(buyer), order)}").json()

    assert shown["status"]["code"] == "paid"
    assert shown["attempts"][0]["receipt"] == attempt.receipt


def test_a_wallet_number_that_is_none_is_refused_by_the_name_of_its_field():
    buyer = a_buyer()
    order, caller = an_order(buyer=buyer), Caller(buyer)
    path = f"/payments/{payment_of(caller, order)}/attempts"

    answers = [caller.post(path, {"msisdn": number}) for number in ("12345", "0222123456")]

    assert [refusal(one) for one in answers] == [(422, "phone_invalid"), (422, "msisdn_invalid")]
    assert [one.json()["errors"][0]["field"] for one in answers] == ["msisdn", "msisdn"]


def test_one_attempt_at_a_time():
    buyer = a_buyer()
    order, caller = an_order(buyer=buyer), Caller(buyer)
    an_attempt(order)

    answer = caller.post(
        f"/payments/{payment_of(caller, order)}/attempts", {"msisdn": "0754000222"}
    )

    assert refusal(answer) == (409, "attempt_in_flight")


@pytest.mark.django_db(transaction=True)
def test_of_attempts_at_the_same_moment_one_reaches_the_phone():
    buyer = a_buyer()
    order = an_order(buyer=buyer)
    path = f"/payments/{payment_of(Caller(buyer), order)}/attempts"

    answers = at_once(
        *(lambda: Caller(buyer).post(path, {"msisdn": "0754000222"}) for _finger in range(3))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"msisdn": "12"}, (422, "phone_invalid")),
        ({"msisdn": "+254712345678"}, (422, "msisdn_invalid")),
        ({"msisdn": "0754000111", "provider": "paypal"}, (422, "provider_unknown")),
        ({}, (422, "validation_failed")),
    ],
)
def test_a_wallet_that_cannot_be_charged_is_refused(body, refused):
    buyer = a_buyer()
    caller = Caller(buyer)
    reference = payment_of(caller, an_order(buyer=buyer))

    assert refusal(caller.post(f"/payments/{reference}/attempts", body)) == refused
    assert Attempt.objects.count() == 0


def test_a_paid_order_is_not_paid_again():
    buyer = a_buyer()
    caller = Caller(buyer)
    reference = payment_of(caller, a_paid_order(buyer=buyer))

    answer = caller.post(f"/payments/{reference}/attempts", {"msisdn": "0754000111"})

    assert refusal(answer) == (409, "order_not_payable")


def test_somebody_elses_payment_does_not_exist():
    buyer, stranger = a_buyer(), Caller(a_buyer())
    reference = payment_of(Caller(buyer), an_order(buyer=buyer))

    answers = [
        stranger.get(f"/payments/{reference}"),
        stranger.post(f"/payments/{reference}/attempts", {"msisdn": "0754000111"}),
    ]

    assert {refusal(answer) for answer in answers} == {(404, "payment_not_found")}


def callback(settings, body: object, secret: str | None = None):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(
        f"/api/v1/webhooks/mpesa/{secret or settings.MPESA_CALLBACK_SECRET}",
        data,
        content_type="application/json",
    )


RESULT = {
    "input_OriginalConversationID": "3c9f2a7de1b84d0f",
    "input_ThirdPartyConversationID": "ATT7K3M9QX2",
    "input_TransactionID": "8FD5H2K1LM",
    "input_ResultCode": "INS-0",
    "input_ResultDesc": "ok",
}


def test_a_message_of_the_provider_is_stored_and_acknowledged(settings):
    answer = callback(settings, RESULT)

    message = InboxMessage.objects.get()
    assert answer.json() == {
        "output_OriginalConversationID": "3c9f2a7de1b84d0f",
        "output_ResponseCode": "0",
        "output_ResponseDesc": "Successfully Accepted Result",
        "output_ThirdPartyConversationID": "ATT7K3M9QX2",
    }
    assert json.loads(bytes(message.body)) == RESULT
    assert message.status == InboxStatus.RECEIVED


def test_the_same_message_again_is_counted_and_acknowledged(settings):
    answers = [callback(settings, RESULT) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert InboxMessage.objects.get().times_received == 2


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"{}", b'{"input_ResultCode": 5}'])
def test_a_message_that_we_cannot_read_is_kept_and_acknowledged(settings, body):
    answer = callback(settings, body)

    assert answer.status_code == 200
    assert answer.json()["output_ResponseCode"] == "0"
    assert InboxMessage.objects.get().status == InboxStatus.MALFORMED


def test_whoever_does_not_know_the_address_is_not_heard(settings):
    answer = callback(settings, RESULT, secret="guess")

    assert refusal(answer) == (404, "route_not_found")
    assert InboxMessage.objects.count() == 0


def test_a_message_that_is_too_large_is_not_kept(settings):
    answer = callback(settings, b"x" * 64_001)

    assert refusal(answer) == (413, "body_too_large")
    assert InboxMessage.objects.count() == 0


def test_the_provider_is_never_told_to_slow_down(settings):
    settings.API_RATE_SCALE = 0

    assert [callback(settings, RESULT).status_code for _time in range(3)] == [200, 200, 200]
