"""The adapter and the simulator over real HTTP: what each answer, silence and oddity means for the money."""

import socket

import pytest

from fixtures.simulators.core.protocol import Response
from marketplace.payments.ports import Outcome, ProviderUnavailable
from tests.marketplace.payments.mpesa_calls import ASHA, paid, pay, payout, refund


@pytest.fixture
def adapter(mpesa):
    return mpesa.adapter()


# --- Payments ---


def test_a_push_is_accepted_and_its_result_comes_by_callback(mpesa, adapter):
    answer = pay(adapter)

    callback = adapter.parse_callback(body=mpesa.wait_for_callbacks()[0].body, headers={})
    assert (answer.outcome, answer.code, answer.receipt) == (Outcome.PENDING, "INS-0", "")
    assert (callback.outcome, callback.reference) == (Outcome.SUCCEEDED, "ATT00000001")
    assert callback.conversation_id == answer.conversation_id != ""
    assert callback.receipt == mpesa.entry("ATT00000001").receipt


def test_a_push_says_what_the_provider_wants_to_hear(mpesa, adapter):
    pay(adapter, amount_minor=2_500_000)

    (request,) = mpesa.requests("c2bPayment")
    assert request.fields == {
        "input_Amount": "25000",
        "input_Country": "TZN",
        "input_Currency": "TZS",
        "input_CustomerMSISDN": "255754000123",
        "input_PurchasedItemsDesc": "Order ORD 1",
        "input_ServiceProviderCode": "000000",
        "input_ThirdPartyConversationID": "ATT00000001",
        "input_TransactionReference": "ATT00000001",
    }


@pytest.mark.parametrize("amount_minor", [0, -100, 150, 99])
def test_only_whole_shillings_leave_the_house(mpesa, adapter, amount_minor):
    with pytest.raises(ValueError, match="whole shillings"):
        pay(adapter, amount_minor=amount_minor)

    assert mpesa.requests() == []


@pytest.mark.parametrize(
    ("digits", "outcome", "code"),
    [
        ("901", Outcome.UNKNOWN, ""),
        ("902", Outcome.UNKNOWN, ""),
        ("903", Outcome.UNKNOWN, ""),
        ("905", Outcome.UNKNOWN, ""),
        ("906", Outcome.UNKNOWN, ""),
        ("907", Outcome.UNKNOWN, "INS-1"),
        ("908", Outcome.UNKNOWN, "INS-1"),
        ("909", Outcome.UNKNOWN, "INS-9"),
        ("910", Outcome.UNKNOWN, "INS-9"),
        ("911", Outcome.UNKNOWN, "INS-777"),
        ("912", Outcome.SUCCEEDED, "INS-0"),
        ("931", Outcome.PENDING, "INS-0"),
        ("932", Outcome.FAILED, "INS-6"),
        ("934", Outcome.FAILED, "INS-2006"),
        ("936", Outcome.FAILED, "INS-990"),
        ("937", Outcome.FAILED, "INS-2051"),
    ],
)
def test_an_answer_is_final_only_if_it_is_certain(mpesa, adapter, digits, outcome, code):
    answer = pay(adapter, msisdn=mpesa.number(digits))

    assert (answer.outcome, answer.code) == (outcome, code)


def test_an_answer_that_comes_too_late_is_unknown(mpesa):
    answer = pay(mpesa.adapter(read_timeout_s=0.2), msisdn=mpesa.number("904"))

    assert answer.outcome is Outcome.UNKNOWN
    assert "ReadTimeout" in answer.message


def test_nothing_is_sent_without_a_connection(mpesa):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        adapter = mpesa.adapter(base_url=f"http://127.0.0.1:{taken.getsockname()[1]}/sandbox")

        with pytest.raises(ProviderUnavailable, match="cannot be reached"):
            pay(adapter)


def test_the_same_reference_never_pays_twice(mpesa, adapter):
    pay(adapter)

    again = pay(adapter)

    assert (again.outcome, again.code) == (Outcome.UNKNOWN, "INS-10")
    assert len(mpesa.book.entries()) == 1


@pytest.mark.parametrize(
    ("digits", "outcome", "code"),
    [
        ("931", Outcome.FAILED, "INS-6"),
        ("933", Outcome.FAILED, "INS-2006"),
        # That a prompt expired does not prove that nobody paid.
        ("935", Outcome.UNKNOWN, "INS-9"),
    ],
)
def test_a_callback_tells_what_the_customer_did(mpesa, adapter, digits, outcome, code):
    pay(adapter, msisdn=mpesa.number(digits))

    mpesa.settle()

    (sent,) = mpesa.callbacks
    callback = adapter.parse_callback(body=sent.body, headers={})
    assert (callback.outcome, callback.code, callback.receipt) == (outcome, code, "")


# --- Enquiries ---


def test_an_enquiry_knows_pending_paid_and_never_heard_of(mpesa):
    adapter = mpesa.adapter()
    mpesa.set_fault("935", msisdn=ASHA)
    before = adapter.enquire(reference="ATT00000001")
    pay(adapter)
    waiting = adapter.enquire(reference="ATT00000001")
    mpesa.settle()
    expired = adapter.enquire(reference="ATT00000001")

    assert (before.outcome, before.code) == (Outcome.NOT_FOUND, "INS-23")
    assert waiting.outcome is Outcome.PENDING
    assert (expired.outcome, expired.message) == (Outcome.FAILED, "Expired")


def test_an_enquiry_gives_the_receipt(mpesa, adapter):
    answer = paid(mpesa, adapter)

    assert answer.outcome is Outcome.SUCCEEDED
    assert answer.receipt == mpesa.entry("ATT00000001").receipt
    assert not answer.is_reversed


@pytest.mark.parametrize("digits", ["901", "902", "904", "905", "907", "909", "922", "924"])
def test_an_enquiry_finds_the_money_that_the_answer_hid(mpesa, digits):
    adapter = mpesa.adapter(read_timeout_s=0.5)

    answer = paid(mpesa, adapter, msisdn=mpesa.number(digits))

    assert answer.outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize("digits", ["903", "906", "908", "910", "911"])
def test_an_enquiry_finds_nothing_of_what_never_arrived(mpesa, adapter, digits):
    answer = paid(mpesa, adapter, msisdn=mpesa.number(digits))

    assert answer.outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    ("digits", "at_first"),
    [("941", Outcome.NOT_FOUND), ("942", Outcome.PENDING), ("943", Outcome.UNKNOWN)],
)
def test_an_enquiry_may_need_patience(mpesa, adapter, digits, at_first):
    first = paid(mpesa, adapter, msisdn=mpesa.number(digits))
    later = [adapter.enquire(reference="ATT00000001").outcome for _ in range(2)]

    assert [first.outcome, *later] == [at_first, at_first, Outcome.SUCCEEDED]


def test_an_enquiry_without_an_answer_is_unknown(mpesa, adapter):
    paid(mpesa, adapter)
    mpesa.simulator.protocol.operations["GET", "queryTransactionStatus"] = lambda _fields: Response(
        0, {}, is_dropped=True
    )

    assert adapter.enquire(reference="ATT00000001").outcome is Outcome.UNKNOWN


def test_a_payment_that_the_provider_took_back_is_told(mpesa, adapter):
    answer = paid(mpesa, adapter, msisdn=mpesa.number("955"))

    assert (answer.outcome, answer.is_reversed) == (Outcome.SUCCEEDED, True)


# --- Refunds ---


def test_a_refund_gives_back_a_part_and_then_the_rest(mpesa, adapter):
    receipt = paid(mpesa, adapter).receipt

    part = refund(adapter, receipt)
    after_part = adapter.enquire(reference="ATT00000001")
    rest = refund(adapter, receipt, "REF00000002", amount_minor=2_000_000)
    after_rest = adapter.enquire(reference="ATT00000001")
    too_much = refund(adapter, receipt, "REF00000003", amount_minor=100)

    assert [part.outcome, rest.outcome] == [Outcome.SUCCEEDED, Outcome.SUCCEEDED]
    assert len({receipt, part.receipt, rest.receipt}) == 3
    assert [after_part.is_reversed, after_rest.is_reversed] == [False, True]
    assert (too_much.outcome, too_much.code) == (Outcome.FAILED, "INS-15")


def test_a_refund_can_be_enquired_about_by_our_reference(mpesa, adapter):
    receipt = paid(mpesa, adapter).receipt
    given_back = refund(adapter, receipt)

    answer = adapter.enquire(reference="REF00000001")

    assert (answer.outcome, answer.receipt) == (Outcome.SUCCEEDED, given_back.receipt)


def test_an_unknown_payment_cannot_be_refunded(adapter):
    answer = refund(adapter, "NOSUCHONE1")

    assert (answer.outcome, answer.code) == (Outcome.FAILED, "INS-18")


@pytest.mark.parametrize(
    ("digits", "answered", "enquired"),
    [
        ("961", Outcome.FAILED, Outcome.FAILED),
        ("962", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("963", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("964", Outcome.FAILED, Outcome.FAILED),
        ("965", Outcome.PENDING, Outcome.SUCCEEDED),
    ],
)
def test_a_refund_can_go_wrong(mpesa, adapter, digits, answered, enquired):
    receipt = paid(mpesa, adapter, msisdn=mpesa.number(digits)).receipt

    answer = refund(adapter, receipt)
    mpesa.settle()

    assert answer.outcome is answered
    assert adapter.enquire(reference="REF00000001").outcome is enquired


# --- Payouts ---


def test_a_payout_arrives(mpesa, adapter):
    answer = payout(adapter, ASHA)

    assert answer.outcome is Outcome.SUCCEEDED
    assert adapter.enquire(reference="POY00000001").receipt == answer.receipt
    assert mpesa.entry("POY00000001").amount_minor == 1_800_000


def test_the_path_of_payouts_can_be_configured(mpesa):
    answer = payout(mpesa.adapter(b2c_path="/b2cPayment/singleStage"), ASHA)

    assert answer.outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize(
    ("digits", "answered", "enquired"),
    [
        ("981", Outcome.FAILED, Outcome.FAILED),
        ("982", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("983", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("984", Outcome.FAILED, Outcome.FAILED),
        ("985", Outcome.PENDING, Outcome.SUCCEEDED),
        ("986", Outcome.PENDING, Outcome.FAILED),
        ("987", Outcome.FAILED, Outcome.FAILED),
        ("988", Outcome.UNKNOWN, Outcome.SUCCEEDED),
    ],
)
def test_a_payout_can_go_wrong(mpesa, adapter, digits, answered, enquired):
    answer = payout(adapter, mpesa.number(digits))
    mpesa.settle()

    assert answer.outcome is answered
    assert adapter.enquire(reference="POY00000001").outcome is enquired
