"""Airtel's payments, by the adapter and over real HTTP."""

import pytest
from django.core.cache import cache

from fixtures.simulators.core.protocol import Response
from marketplace.payments.adapters.airtel_codes import outcome_of_enquiry, outcome_of_request
from marketplace.payments.ports import Outcome, ProviderUnavailable, Subject
from tests.marketplace.payments.airtel_calls import ASHA, REFERENCE, pay, refund


@pytest.fixture
def adapter(airtel):
    return airtel.adapter()


def enquire(adapter, reference=REFERENCE):
    return adapter.enquire(reference=reference)


# --- A payment ---


@pytest.mark.parametrize("version", [1, 2])
def test_a_push_is_only_a_prompt_and_an_enquiry_tells_when_it_is_paid(airtel, version):
    adapter = airtel.adapter(collection_version=version)

    answer = pay(adapter, msisdn=airtel.number("942"))
    airtel.settle()
    before, _still, after = (enquire(adapter) for _ in range(3))

    assert (answer.outcome, answer.code) == (Outcome.PENDING, "DP00800001006")
    assert before.outcome is Outcome.PENDING
    assert (after.outcome, after.receipt) == (Outcome.SUCCEEDED, airtel.entry(REFERENCE).receipt)
    (request,) = airtel.requests("push")
    assert request.fields["subscriber.msisdn"] == "784000942"
    assert request.fields["transaction.amount"] == "25000"
    assert request.fields["reference"] == "OrderORD1"


def test_an_amount_with_cents_and_a_foreign_number_never_leave(airtel, adapter):
    with pytest.raises(ValueError, match="whole shillings"):
        pay(adapter, amount_minor=2_500_050)
    with pytest.raises(ValueError, match="not a Tanzanian number"):
        pay(adapter, msisdn="+254712000123")

    assert not airtel.requests("push")


@pytest.mark.parametrize(
    ("digits", "at_once", "later"),
    [
        ("901", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("902", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("903", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("905", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("906", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("907", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("908", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("909", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("910", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("911", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("912", Outcome.SUCCEEDED, Outcome.SUCCEEDED),
        ("913", Outcome.SUCCEEDED, Outcome.SUCCEEDED),
        ("931", Outcome.PENDING, Outcome.FAILED),
        ("932", Outcome.FAILED, Outcome.FAILED),
        ("933", Outcome.PENDING, Outcome.FAILED),
        ("934", Outcome.FAILED, Outcome.FAILED),
        ("935", Outcome.PENDING, Outcome.FAILED),
        ("936", Outcome.FAILED, Outcome.FAILED),
        ("937", Outcome.FAILED, Outcome.FAILED),
        ("938", Outcome.PENDING, Outcome.SUCCEEDED),
        ("941", Outcome.PENDING, Outcome.NOT_FOUND),
        ("942", Outcome.PENDING, Outcome.PENDING),
        ("943", Outcome.PENDING, Outcome.UNKNOWN),
    ],
)
def test_a_bad_day_is_told_for_what_it_is(airtel, adapter, digits, at_once, later):
    assert pay(adapter, msisdn=airtel.number(digits)).outcome is at_once
    airtel.settle()

    assert enquire(adapter).outcome is later


def test_an_enquiry_that_is_too_early_finds_nothing(airtel, adapter):
    airtel.simulator.protocol.application = type(airtel.simulator.protocol.application)(
        client_id="client-of-the-tests",
        client_secret="secret-of-the-tests",
        pin="4711",
        enquirable_after_s=180,
    )
    pay(adapter)
    airtel.settle()

    assert enquire(adapter).outcome is Outcome.NOT_FOUND


def test_a_payment_sent_twice_takes_the_original_outcome(airtel, adapter):
    pay(adapter)
    airtel.settle()

    again = pay(adapter)

    assert again.outcome is Outcome.SUCCEEDED
    assert again.receipt == airtel.entry(REFERENCE).receipt
    assert len(airtel.book.entries("payment")) == 1


def test_a_payment_that_airtel_took_back_says_so(airtel, adapter):
    pay(adapter, msisdn=airtel.number("955"))
    airtel.settle()

    answer = enquire(adapter)

    assert (answer.outcome, answer.is_reversed) == (Outcome.SUCCEEDED, True)


def test_an_answer_about_another_payment_proves_nothing(airtel, adapter, monkeypatch):
    other = {"id": "ATTOTHER", "status": "TS", "airtel_money_id": "MP1"}
    body = {"data": {"transaction": other}, "status": {"response_code": "DP00800001001"}}
    monkeypatch.setattr(airtel.simulator.protocol, "answer", _only("enquiry", airtel, body))

    assert enquire(adapter).outcome is Outcome.UNKNOWN


def _only(operation, airtel, body):
    plain = type(airtel.simulator.protocol).answer

    def answer(asked, call):
        if asked == operation:
            return Response(200, body)
        return plain(airtel.simulator.protocol, asked, call)

    return answer


# --- Who we are ---


def test_one_token_serves_many_requests_and_a_dead_one_is_renewed(airtel, adapter):
    pay(adapter)
    enquire(adapter)
    assert len(airtel.requests("token")) == 1

    airtel.expire_sessions()

    assert enquire(adapter).outcome is not Outcome.UNKNOWN
    assert len(airtel.requests("token")) == 2


def test_a_payment_refused_for_a_dead_token_is_sent_once_more_and_charged_once(airtel, adapter):
    enquire(adapter)
    airtel.expire_sessions()

    assert pay(adapter).outcome is Outcome.PENDING
    assert len(airtel.book.entries("payment")) == 1


@pytest.mark.parametrize(
    "access", [{"client_secret": "wrong"}, {"country": "KE"}, {"base_url": "http://127.0.0.1:9"}]
)
def test_nothing_is_charged_where_airtel_does_not_admit_us(airtel, access):
    adapter = airtel.adapter(access=access)

    with pytest.raises(ProviderUnavailable) as raised:
        pay(adapter)

    assert "wrong" not in str(raised.value)
    assert not airtel.book.entries("payment")


def test_an_unsigned_message_is_not_admitted_where_signing_is_on(airtel):
    with pytest.raises(ProviderUnavailable, match="DP00800001026"):
        pay(airtel.adapter(access={"signs_messages": False}))


def test_airtel_is_left_alone_after_several_failures(airtel, adapter):
    enquire(adapter)
    airtel.simulator.stop()
    for _ in range(5):
        with pytest.raises(ProviderUnavailable):
            pay(adapter)

    with pytest.raises(ProviderUnavailable, match="left alone"):
        pay(adapter)
    cache.clear()


def test_ping_asks_for_a_token(airtel, adapter):
    adapter.ping()

    assert len(airtel.requests("token")) == 1


def test_the_holder_of_a_wallet_is_named_where_airtel_knows_it(airtel, adapter):
    airtel.book.name_wallet(ASHA, "ASHA MUSHI")

    assert adapter.holder_name(msisdn=ASHA) == "ASHA MUSHI"
    assert adapter.holder_name(msisdn="+255784000999") is None


# --- The codes alone ---


@pytest.mark.parametrize(
    ("code", "status", "http_status", "outcome"),
    [
        ("DP00800001001", "TS", 200, Outcome.SUCCEEDED),
        ("DP00800001001", "TF", 200, Outcome.FAILED),
        ("DP00800001001", "", 200, Outcome.UNKNOWN),
        ("DP00800001002", "TS", 200, Outcome.UNKNOWN),
        ("DP00800001001", "TS", 502, Outcome.UNKNOWN),
        ("DP00800001001", "TE", 200, Outcome.FAILED),
        ("DP00800001025", "", 200, Outcome.NOT_FOUND),
        ("DP00900001013", "", 200, Outcome.UNKNOWN),
        ("ESB000008", "", 200, Outcome.UNKNOWN),
        ("DP00800001777", "", 200, Outcome.UNKNOWN),
        ("", "XX", 200, Outcome.UNKNOWN),
    ],
)
def test_an_enquiry_is_decided_by_the_status_and_never_by_what_nobody_knows(
    code, status, http_status, outcome
):
    found = outcome_of_enquiry(code, status=status, http_status=http_status, has_receipt=True)

    assert found is outcome


@pytest.mark.parametrize(
    ("code", "status", "http_status", "outcome"),
    [
        ("DP00800001006", "SUCCESS", 200, Outcome.PENDING),
        ("DP00800001001", "SUCCESS", 200, Outcome.PENDING),
        ("DP00800001001", "", 200, Outcome.PENDING),
        ("DP00800001002", "", 200, Outcome.FAILED),
        ("DP00800001002", "TS", 200, Outcome.UNKNOWN),
        ("DP00800001002", "", 503, Outcome.UNKNOWN),
        ("", "", 429, Outcome.UNKNOWN),
        ("DP00800001024", "", 200, Outcome.UNKNOWN),
    ],
)
def test_a_request_fails_only_by_a_listed_code(code, status, http_status, outcome):
    found = outcome_of_request(code, status=status, http_status=http_status, has_receipt=True)

    assert found is outcome


# --- Refunds ---


def test_a_refund_counts_when_the_payment_says_that_it_is_given_back(airtel, adapter):
    pay(adapter)
    airtel.settle()
    receipt = airtel.entry(REFERENCE).receipt

    answer = refund(adapter, receipt)
    again = refund(adapter, receipt, "REF00000002")

    assert answer.outcome is Outcome.SUCCEEDED
    assert answer.receipt
    assert answer.receipt != receipt
    assert again.outcome is Outcome.SUCCEEDED
    assert len(airtel.book.entries("refund")) == 1


@pytest.mark.parametrize(
    ("digits", "at_once", "later"),
    [
        ("961", Outcome.FAILED, Outcome.NOT_FOUND),
        ("962", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("963", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("964", Outcome.FAILED, Outcome.NOT_FOUND),
        ("965", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("966", Outcome.SUCCEEDED, Outcome.SUCCEEDED),
    ],
)
def test_a_refund_can_go_wrong(airtel, adapter, digits, at_once, later):
    number = airtel.number(digits)
    pay(adapter, msisdn=number)
    airtel.settle()

    answer = refund(adapter, airtel.entry(REFERENCE).receipt, msisdn=number)
    airtel.settle()
    found = adapter.enquire(
        reference="REF00000001", subject=Subject.REFUND, payment_reference=REFERENCE
    )

    assert (answer.outcome, found.outcome) == (at_once, later)
