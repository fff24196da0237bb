"""What the adapter reads in a callback, and what it does not believe."""

import json

import pytest

from marketplace.payments.ports import CallbackUnreadable, Outcome
from tests.marketplace.payments.mpesa_calls import pay


@pytest.fixture
def adapter(mpesa):
    return mpesa.adapter()


def test_repeated_callbacks_have_one_key(mpesa, adapter):
    pay(adapter, msisdn=mpesa.number("923"))

    mpesa.settle()

    keys = [
        adapter.parse_callback(body=sent.body, headers={}).dedupe_key for sent in mpesa.callbacks
    ]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_forged_callback_is_not_taken_for_a_repetition(mpesa, adapter):
    answer = pay(adapter, msisdn=mpesa.number("925"))

    mpesa.settle()

    forged, real = (adapter.parse_callback(body=sent.body, headers={}) for sent in mpesa.callbacks)
    assert forged.reference == real.reference
    assert forged.dedupe_key != real.dedupe_key
    assert forged.conversation_id != answer.conversation_id == real.conversation_id
    assert adapter.enquire(reference=real.reference).outcome is Outcome.FAILED


def test_a_callback_may_overtake_the_answer(mpesa, adapter):
    answer = pay(adapter, msisdn=mpesa.number("921"))

    (sent,) = mpesa.callbacks
    callback = adapter.parse_callback(body=sent.body, headers={})
    assert callback.conversation_id == answer.conversation_id
    assert callback.outcome is Outcome.SUCCEEDED


def test_a_decline_may_turn_into_money(mpesa, adapter):
    pay(adapter, msisdn=mpesa.number("927"))

    mpesa.settle()

    callbacks = [adapter.parse_callback(body=sent.body, headers={}) for sent in mpesa.callbacks]
    assert [callback.outcome for callback in callbacks] == [Outcome.FAILED, Outcome.SUCCEEDED]
    assert callbacks[0].dedupe_key != callbacks[1].dedupe_key


def test_the_direct_debit_spelling_of_a_result_is_understood(adapter):
    body = {"input_ThirdPartyConversationID": "A1", "input_ResponseCode": "INS-6"}

    callback = adapter.parse_callback(body=json.dumps(body).encode(), headers={})

    assert (callback.outcome, callback.code) == (Outcome.FAILED, "INS-6")


def test_a_success_without_a_receipt_is_unknown(adapter):
    body = {"input_ThirdPartyConversationID": "A1", "input_ResultCode": "INS-0"}

    callback = adapter.parse_callback(body=json.dumps(body).encode(), headers={})

    assert callback.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"3", b"\xff\xfe", b"{}", b'{"input_ResultCode": "INS-0"}',
        b'{"input_ThirdPartyConversationID": "A1"}', b"[" * 10_000, b'"' + b"x" * 20_000 + b'"',
        b'{"input_ThirdPartyConversationID": {"a": 1}, "input_ResultCode": "INS-0"}',
        b'{"input_ThirdPartyConversationID": "' + b"x" * 65 + b'", "input_ResultCode": "INS-0"}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_callback_is_refused_and_acknowledged_all_the_same(adapter, body):
    with pytest.raises(CallbackUnreadable):
        adapter.parse_callback(body=body, headers={})

    assert json.loads(adapter.acknowledgement(body=body).body)["output_ResponseCode"] == "0"


def test_an_acknowledgement_echoes_the_ids(mpesa, adapter):
    answer = pay(adapter)
    (sent,) = mpesa.wait_for_callbacks()

    assert json.loads(adapter.acknowledgement(body=sent.body).body) == {
        "output_OriginalConversationID": answer.conversation_id,
        "output_ResponseCode": "0",
        "output_ResponseDesc": "Successfully Accepted Result",
        "output_ThirdPartyConversationID": "ATT00000001",
    }
