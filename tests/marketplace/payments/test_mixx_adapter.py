"""Mixx's adapter and simulator over real HTTP: what each answer, silence and oddity means for the money."""

import socket
import threading

import pytest

from fixtures.simulators.core.protocol import Response
from marketplace.payments.ports import Outcome, ProviderUnavailable, Subject
from tests.marketplace.payments.mixx_calls import JUMA, REFERENCE, paid, pay


@pytest.fixture
def adapter(mixx):
    return mixx.adapter()


# --- Payments ---


def test_a_push_is_accepted_and_its_result_comes_by_callback(mixx, adapter):
    answer = pay(adapter)

    callback = adapter.parse_callback(body=mixx.wait_for_callbacks()[0].body, headers={})
    assert (answer.outcome, answer.code) == (Outcome.PENDING, "BILLER-18-0000-S")
    assert (callback.outcome, callback.reference) == (Outcome.SUCCEEDED, REFERENCE)
    assert (callback.receipt, callback.amount_minor) == (
        mixx.entry("MKTATT00000001").receipt,
        2_500_000,
    )


def test_a_push_says_what_the_provider_wants_to_hear(mixx, adapter):
    pay(adapter)

    (request,) = mixx.requests("push")
    assert request.fields == {
        "CustomerMSISDN": "255713000123",
        "BillerMSISDN": "255650000999",
        "Amount": "25000",
        "Remarks": "Order ORD-1",
        "ReferenceID": "MKTATT00000001",
    }


@pytest.mark.parametrize("amount_minor", [0, -100, 150, 99])
def test_only_whole_shillings_leave_the_house(mixx, adapter, amount_minor):
    with pytest.raises(ValueError, match="whole shillings"):
        pay(adapter, amount_minor=amount_minor)

    assert mixx.requests() == []


@pytest.mark.parametrize("reference", ["ATT-1", "", "A" * 18, "ÄTT1"])
def test_a_reference_that_mixx_would_not_take_is_not_sent(mixx, reference):
    with pytest.raises(ValueError, match=r"reference|MIXX_REFERENCE_CHARS_MAX"):
        pay(mixx.adapter(account={"biller_code": "" if not reference else "MKT"}), reference)

    assert mixx.requests("push") == []


@pytest.mark.parametrize(
    ("digits", "outcome", "code"),
    [
        ("901", Outcome.UNKNOWN, ""),
        ("902", Outcome.UNKNOWN, ""),
        ("903", Outcome.UNKNOWN, ""),
        ("905", Outcome.UNKNOWN, ""),
        ("906", Outcome.UNKNOWN, ""),
        ("907", Outcome.UNKNOWN, "DebitMandate-10-5000-E"),
        ("908", Outcome.UNKNOWN, "DebitMandate-10-1000-E"),
        ("909", Outcome.UNKNOWN, "BILLER-18-9999-E"),
        ("910", Outcome.UNKNOWN, ""),
        ("931", Outcome.PENDING, "BILLER-18-0000-S"),
        ("936", Outcome.FAILED, "BILLER-18-3019-E"),
        ("937", Outcome.FAILED, "DebitMandate-10-2005-E"),
        ("938", Outcome.FAILED, "BILLER-18-3020-E"),
    ],
)
def test_an_answer_is_final_only_if_it_is_certain(mixx, adapter, digits, outcome, code):
    answer = pay(adapter, msisdn=mixx.number(digits))

    assert (answer.outcome, answer.code) == (outcome, code)


def test_an_answer_that_comes_too_late_is_unknown_and_no_second_push_is_sent(mixx):
    answer = pay(mixx.adapter(access={"read_timeout_s": 0.2}), msisdn=mixx.number("904"))

    assert answer.outcome is Outcome.UNKNOWN
    assert "ReadTimeout" in answer.message
    assert len(mixx.book.entries()) == 1


def test_nothing_is_sent_without_a_connection(mixx, adapter):
    pay(adapter)  # A token is in the cache.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/push"

        with pytest.raises(ProviderUnavailable, match="cannot be reached"):
            pay(mixx.adapter(account={"push_url": url}), "ATT00000002")


def test_the_same_reference_never_pays_twice(mixx, adapter):
    pay(adapter)

    again = pay(adapter)

    assert (again.outcome, again.code) == (Outcome.UNKNOWN, "DebitMandate-10-2020-V")
    assert len(mixx.book.entries()) == 1


@pytest.mark.parametrize(
    ("http_status", "fields", "outcome"),
    [
        # `ResponseStatus` decides, and a server's error proves nothing.
        (200, {"ResponseStatus": True, "ResponseCode": "ANY"}, Outcome.PENDING),
        (200, {"ResponseStatus": "true", "ResponseCode": "ANY"}, Outcome.PENDING),
        (500, {"ResponseStatus": True, "ResponseCode": "BILLER-18-0000-S"}, Outcome.UNKNOWN),
        (500, {"ResponseStatus": False, "ResponseCode": "BILLER-18-3019-E"}, Outcome.UNKNOWN),
        (400, {"ResponseStatus": False, "ResponseCode": "BILLER-18-3019-E"}, Outcome.FAILED),
        (200, {"ResponseCode": "BILLER-18-0000-S"}, Outcome.UNKNOWN),
        (401, {"error": "somebody's proxy"}, Outcome.UNKNOWN),
        (200, {"ResponseStatus": True, "ReferenceID": "MKTOTHER"}, Outcome.UNKNOWN),
    ],
)
def test_the_body_decides_and_of_another_request_it_says_nothing(
    mixx, adapter, http_status, fields, outcome
):
    mixx.simulator.protocol.operations["push"] = lambda _call: Response(http_status, fields)

    assert pay(adapter).outcome is outcome


def test_there_is_no_enquiry_and_nobody_pretends(mixx, adapter):
    paid(mixx, adapter)

    assert not adapter.capabilities.can_enquire
    for subject in Subject:
        assert adapter.enquire(reference=REFERENCE, subject=subject).outcome is Outcome.UNKNOWN
    assert adapter.holder_name(msisdn=JUMA) is None


# --- Tokens ---


def test_many_threads_share_one_token(mixx, adapter):
    outcomes = []
    threads = [
        threading.Thread(target=lambda n=n: outcomes.append(pay(adapter, f"ATT{n}").outcome))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [Outcome.PENDING] * 6
    assert len(mixx.requests("token")) == 1


def test_a_dead_token_is_replaced_and_the_request_repeated_once_with_the_same_ids(mixx, adapter):
    pay(adapter, "ATT00000000")
    mixx.book.expire_sessions()

    answer = pay(adapter)

    _, first, second = mixx.requests("push")
    assert answer.outcome is Outcome.PENDING
    assert (first.http_status, second.http_status) == (401, 200)
    assert first.fields == second.fields
    assert len(mixx.requests("token")) == 2


def test_wrong_credentials_are_said_before_anything_is_sent(mixx):
    with pytest.raises(ProviderUnavailable, match="invalid_grant"):
        pay(mixx.adapter(access={"password": "wrong"}))

    assert mixx.requests("push") == []


@pytest.mark.parametrize("code", ["BILLER-18-3021-E", "BILLER-18-3022-E", "DebitMandate-10-3000-E"])
def test_who_is_not_admitted_has_paid_nothing(mixx, adapter, code):
    mixx.simulator.protocol.operations["push"] = lambda _call: Response(
        200, {"ResponseStatus": False, "ResponseCode": code}
    )

    with pytest.raises(ProviderUnavailable, match=code):
        pay(adapter)


def test_a_provider_that_refuses_every_token_has_done_nothing(mixx, adapter):
    mixx.simulator.protocol.operations["push"] = lambda _call: Response(
        401, {"error": "invalid_token"}
    )

    with pytest.raises(ProviderUnavailable, match="refuses a new token"):
        pay(adapter)


def test_a_ping_proves_life(mixx, adapter):
    adapter.ping()

    assert [request.operation for request in mixx.requests()] == ["token", "token", "heartbeat"]
    port = int(mixx.url.rpartition(":")[2])
    mixx.stop()
    with pytest.raises(ProviderUnavailable):
        adapter.ping()
    mixx.start(port)


def test_a_provider_that_fails_again_and_again_is_left_alone(mixx, adapter):
    for number in range(5):
        pay(adapter, f"ATT{number}", msisdn=mixx.number("905"))

    with pytest.raises(ProviderUnavailable, match="left alone"):
        pay(adapter, "ATT9")

    assert len(mixx.requests("push")) == 5
