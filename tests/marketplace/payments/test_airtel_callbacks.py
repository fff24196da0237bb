"""What Airtel tells us by callback, and whether it proves who sent it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.adapters.airtel_signing import callback_hash, compact, hash_fits
from marketplace.payments.ports import Authenticity, CallbackUnreadable, Outcome
from tests.marketplace.payments.airtel_calls import REFERENCE, pay

HEADER = "X-Signature"


def told(airtel, adapter, digits="000"):
    """The callbacks of a payment, as the adapter reads them."""
    pay(adapter, msisdn=airtel.number(digits))
    airtel.settle()
    headers = airtel.book.dialect.callback_headers
    return [
        adapter.parse_callback(body=sent.body, headers=headers(sent.body.decode()))
        for sent in airtel.callbacks
    ]


@pytest.mark.parametrize("canonical", ["transaction", "body"])
@pytest.mark.parametrize("header", ["", HEADER])
@pytest.mark.parametrize("key", ["a-key-of-its-own", ""])
def test_a_callback_proves_itself_in_every_way_that_airtel_hashes(airtel, canonical, header, key):
    account = {
        "callback_canonical": canonical, "callback_header": header, "callback_key": key,
    }  # fmt: skip
    airtel.change(**account)

    (callback,) = told(airtel, airtel.adapter(**account))

    assert callback.authenticity is Authenticity.VERIFIED
    assert (callback.outcome, callback.reference) == (Outcome.SUCCEEDED, REFERENCE)
    assert callback.receipt == airtel.entry(REFERENCE).receipt


@pytest.mark.parametrize("header", ["", HEADER])
@pytest.mark.parametrize("digits", ["925", "928"])
def test_a_callback_with_a_wrong_hash_or_none_is_forged(airtel, digits, header):
    airtel.change(callback_header=header)

    forged, true = told(airtel, airtel.adapter(callback_header=header), digits)

    assert forged.authenticity is Authenticity.FORGED
    assert (true.authenticity, true.outcome) == (Authenticity.VERIFIED, Outcome.FAILED)


def test_a_forged_callback_does_not_take_the_true_ones_place(airtel):
    adapter = airtel.adapter()
    (true,) = told(airtel, adapter)
    body = json.loads(airtel.callbacks[0].body)

    forged = adapter.parse_callback(body=json.dumps(body | {"hash": "x"}).encode(), headers={})

    assert forged.authenticity is Authenticity.FORGED
    assert forged.dedupe_key != true.dedupe_key


def test_where_authentication_is_off_a_callback_proves_nothing(airtel):
    airtel.change(callbacks_are_signed=False)

    (callback,) = told(airtel, airtel.adapter(callbacks_are_signed=False))

    assert callback.authenticity is Authenticity.UNSIGNED


def test_the_older_form_in_a_wrapper_is_read_too(airtel):
    (callback,) = told(airtel, airtel.adapter(), "929")

    assert (callback.outcome, callback.authenticity) == (Outcome.SUCCEEDED, Authenticity.VERIFIED)


def test_the_same_callback_again_is_the_same(airtel):
    assert len({callback.dedupe_key for callback in told(airtel, airtel.adapter(), "923")}) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"transaction": []}', b'{"transaction": {"id": "ATT1"}}'],
)
def test_what_is_no_callback_is_told_apart_and_acknowledged_all_the_same(airtel, body):
    adapter = airtel.adapter()

    with pytest.raises(CallbackUnreadable):
        adapter.parse_callback(body=body, headers={})

    assert adapter.acknowledgement(body=body).body == b"success"


VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    transaction=st.dictionaries(VALUES, VALUES | st.integers(), max_size=6),
    secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    other=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
)
def test_a_hash_fits_its_own_message_and_key_and_survives_json(transaction, secret, other):
    message = compact(transaction)
    found = callback_hash(message, secret)

    assert hash_fits(compact(json.loads(json.dumps(transaction))), secret, found)
    assert not hash_fits(message + b" ", secret, found)
    assert not hash_fits(message, secret + "x", found)
    assert hash_fits(message, other, found) == (other == secret)
