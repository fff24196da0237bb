"""Airtel's payouts, signatures and statements, by the adapter and over real HTTP."""

import logging
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.simulators.airtel.protocol import AirtelProtocol
from fixtures.simulators.core.protocol import Call
from marketplace.payments.adapters.airtel_signing import signature_headers
from marketplace.payments.ports import Outcome, StatementKind, Subject
from tests.marketplace.payments.airtel_calls import paid, payout, refund

KEY = generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("padding", ["pkcs1", "oaep-sha256"])
def test_a_payout_arrives_and_nobody_reads_its_pin_or_our_balance(airtel, caplog, version, padding):
    caplog.set_level(logging.DEBUG)
    account = {"disbursement_version": version, "pin_padding": padding}
    airtel.change(**account)
    adapter = airtel.adapter(**account)

    answer = payout(adapter)
    found = adapter.enquire(reference="POY00000001", subject=Subject.PAYOUT)

    assert (answer.outcome, answer.code) == (Outcome.SUCCEEDED, "DP00900001001")
    assert answer.receipt == found.receipt == airtel.entry("POY00000001").receipt
    assert "Balance" not in answer.message
    (request,) = airtel.requests("payout")
    assert request.fields["pin"] == "****"
    assert "4711" not in caplog.text
    assert "4711" not in repr(adapter._account)


@pytest.mark.parametrize(
    ("digits", "at_once", "later"),
    [
        ("981", Outcome.FAILED, Outcome.NOT_FOUND),
        ("982", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("983", Outcome.UNKNOWN, Outcome.NOT_FOUND),
        ("984", Outcome.FAILED, Outcome.NOT_FOUND),
        ("985", Outcome.PENDING, Outcome.SUCCEEDED),
        ("986", Outcome.PENDING, Outcome.FAILED),
        ("987", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("988", Outcome.SUCCEEDED, Outcome.SUCCEEDED),
        ("989", Outcome.UNKNOWN, Outcome.SUCCEEDED),
    ],
)
def test_a_payout_can_go_wrong(airtel, digits, at_once, later):
    adapter = airtel.adapter()

    answer = payout(adapter, airtel.number(digits))
    airtel.settle()
    found = adapter.enquire(reference="POY00000001", subject=Subject.PAYOUT)

    assert (answer.outcome, found.outcome) == (at_once, later)
    assert answer.is_float_empty == (digits == "984")


def test_a_payout_sent_twice_is_paid_once_and_takes_the_original_outcome(airtel):
    adapter = airtel.adapter()

    first, again = payout(adapter), payout(adapter)

    assert first.receipt == again.receipt != ""
    assert len(airtel.book.entries("payout")) == 1


@pytest.mark.parametrize("account", [{"pin": "0"}, {"pin_padding": "oaep-sha256"}])
def test_a_payout_with_a_wrong_pin_fails(airtel, account):
    answer = payout(airtel.adapter(**account))

    # What was padded otherwise decrypts to a PIN that nobody chose.
    assert (answer.outcome, answer.code) == (Outcome.FAILED, "ROUTER115")


@settings(max_examples=30)
@given(body=st.binary(max_size=300))
def test_a_signature_fits_the_very_bytes_that_were_signed(body):
    headers = signature_headers(body, KEY.public_key())
    provider = AirtelProtocol.__new__(AirtelProtocol)
    provider.key = KEY

    assert provider._signature_fits(Call("POST", "/", headers=headers, body=body))
    assert not provider._signature_fits(Call("POST", "/", headers=headers, body=body + b" "))
    assert not provider._signature_fits(Call("POST", "/", body=body))


def test_the_statement_lists_payments_charges_refunds_payouts_and_sweeps(airtel):
    adapter = airtel.adapter()
    receipt = paid(airtel, adapter)
    refund(adapter, receipt)
    payout(adapter)
    airtel.book.sweep(500_000)

    parsed = adapter.parse_statement(file=BytesIO(airtel.statement()))
    rows = list(parsed.rows)

    by_kind = {row.kind: row for row in rows if row.kind is not StatementKind.FEE}
    assert by_kind[StatementKind.PAYMENT].third_party_id == "ATT00000001"
    assert by_kind[StatementKind.PAYMENT].amount_minor == 2_500_000
    assert by_kind[StatementKind.REFUND].linked_receipt == receipt
    assert by_kind[StatementKind.REFUND].amount_minor == -2_500_000
    assert by_kind[StatementKind.PAYOUT].third_party_id == "POY00000001"
    assert by_kind[StatementKind.SWEEP].amount_minor == -500_000
    assert sum(row.amount_minor for row in rows) == (parsed.closing_minor or 0)
