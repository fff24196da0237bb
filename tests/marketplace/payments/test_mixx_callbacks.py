"""What Mixx tells us by callback, and what we answer."""

import json

import pytest

from marketplace.payments.ports import CallbackUnreadable, Outcome


@pytest.fixture
def adapter(mixx):
    return mixx.adapter()


def callback(adapter, **changes):
    body = {
        "Status": True, "Description": "Paid", "MFSTransactionID": "61234567890",
        "ReferenceID": "MKTATT00000001", "Amount": "25000",
    } | changes  # fmt: skip
    kept = {name: value for name, value in body.items() if value is not None}
    return adapter.parse_callback(body=json.dumps(kept).encode(), headers={})


@pytest.mark.parametrize(
    ("amount", "amount_minor"),
    [
        ("25000", 2_500_000), ("25000.00", 2_500_000), ("25,000", 2_500_000), (25000, 2_500_000),
        (25000.5, 2_500_050), ("", None), ("many", None), ("-5", None), ("1e9", None), (None, None),
    ],
)  # fmt: skip
def test_an_amount_is_compared_as_a_number(adapter, amount, amount_minor):
    assert callback(adapter, Amount=amount).amount_minor == amount_minor


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.SUCCEEDED),
        ({"Status": "True"}, Outcome.SUCCEEDED),
        ({"Status": False}, Outcome.FAILED),
        ({"Status": "false", "MFSTransactionID": None}, Outcome.FAILED),
        ({"MFSTransactionID": ""}, Outcome.UNKNOWN),
        ({"MFSTransactionID": None}, Outcome.UNKNOWN),
    ],
)
def test_a_callback_says_paid_or_not_and_a_success_that_cannot_be_traced_is_neither(
    adapter, changes, outcome
):
    assert callback(adapter, **changes).outcome is outcome


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"{}", b'{"ReferenceID": "MKT1"}', b'{"Status": true}',
        b'{"Status": 1, "ReferenceID": "MKT1"}', b'{"Status": true, "ReferenceID": "' + b"x" * 90 + b'"}',
        b"{" * 20_000,
    ],
)  # fmt: skip
def test_what_is_no_callback_is_told_apart_and_answered_as_failed(adapter, body):
    with pytest.raises(CallbackUnreadable):
        adapter.parse_callback(body=body, headers={})

    acknowledged = json.loads(adapter.acknowledgement(body=b"<html>").body)
    assert (acknowledged["ResponseCode"], acknowledged["ResponseStatus"]) == (
        "BILLER-30-3030-E",
        False,
    )


def test_a_callback_is_acknowledged_in_the_words_that_are_set(mixx, adapter):
    body = b'{"Status": false, "ReferenceID": "MKTATT1"}'
    other = mixx.adapter(account={"acknowledged_code": "BILLER-18-0000-S"})

    assert json.loads(adapter.acknowledgement(body=body).body) == {
        "ResponseCode": "BILLER-30-0000-S",
        "ResponseStatus": True,
        "ResponseDescription": "Callback accepted",
        "ReferenceID": "MKTATT1",
    }
    assert b"BILLER-18-0000-S" in other.acknowledgement(body=body).body


def test_repetitions_have_one_key_and_different_news_have_their_own(adapter):
    key = callback(adapter).dedupe_key

    assert callback(adapter, Amount="25000.00", Description="again").dedupe_key == key
    others = [{"Status": False}, {"MFSTransactionID": "6"}, {"Amount": "24000"}]
    assert len({key, *(callback(adapter, **other).dedupe_key for other in others)}) == 4
