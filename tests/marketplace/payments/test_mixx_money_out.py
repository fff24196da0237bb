"""Mixx's refunds, payouts and statements, by the adapter and over real HTTP."""

import logging
from io import BytesIO

import pytest

from fixtures.simulators.core.faults import Product
from fixtures.simulators.core.protocol import Response
from marketplace.payments.ports import Outcome, ProviderUnavailable, StatementKind
from tests.marketplace.payments.mixx_calls import REFERENCE, paid, payout, refund


@pytest.fixture
def adapter(mixx):
    return mixx.adapter()


# --- Refunds ---


def test_a_refund_gives_the_payment_back_by_its_own_id(mixx, adapter):
    receipt = paid(mixx, adapter)

    answer = refund(adapter, receipt)
    again = refund(adapter, receipt, "REF00000002")

    assert answer.outcome is Outcome.SUCCEEDED
    assert answer.receipt == mixx.entry("MKTREF00000001").receipt != receipt
    assert (again.outcome, again.code) == (Outcome.FAILED, "BILLER-18-3019-E")
    (request, _) = mixx.requests("refund")
    assert request.fields["PurchaseReferenceID"] == "MKTATT00000001"
    assert request.fields["ChannelPIN"] == "****"


@pytest.mark.parametrize(
    ("digits", "outcome", "is_done"),
    [
        ("961", Outcome.FAILED, False),
        ("962", Outcome.UNKNOWN, True),
        ("963", Outcome.UNKNOWN, False),
        ("964", Outcome.UNKNOWN, True),
    ],
)
def test_a_refund_can_go_wrong(mixx, adapter, digits, outcome, is_done):
    number = mixx.number(digits)
    receipt = paid(mixx, adapter, msisdn=number)

    answer = refund(adapter, receipt, msisdn=number)

    assert answer.outcome is outcome
    assert bool(mixx.book.entries(Product.REFUND)) == is_done


def test_a_refund_with_a_wrong_pin_is_not_admitted(mixx, adapter):
    receipt = paid(mixx, adapter)

    with pytest.raises(ProviderUnavailable, match="BILLER-18-3021-E"):
        refund(mixx.adapter(account={"channel_pin": "0"}), receipt)


# --- Payouts ---


def test_a_payout_arrives(mixx, adapter):
    answer = payout(adapter)

    assert (answer.outcome, answer.code) == (Outcome.SUCCEEDED, "200")
    assert answer.receipt == mixx.entry("POY00000001").receipt
    (request,) = mixx.requests("payout")
    assert request.fields == {
        "TYPE": "REQMFCI",
        "REFERENCEID": "POY00000001",
        "MSISDN": "255650000997",
        "PIN": "****",
        "MSISDN1": "255713000123",
        "AMOUNT": "18000",
        "SENDERNAME": "ZETUTECH",
        "LANGUAGE1": "EN",
        "BRAND_ID": "0000",
    }


@pytest.mark.parametrize(
    ("digits", "outcome", "is_done"),
    [
        ("981", Outcome.FAILED, False),
        ("982", Outcome.UNKNOWN, True),
        ("983", Outcome.UNKNOWN, False),
        ("984", Outcome.FAILED, False),
        ("985", Outcome.UNKNOWN, True),
        ("986", Outcome.UNKNOWN, True),
        ("992", Outcome.SUCCEEDED, True),
    ],
)
def test_a_payout_can_go_wrong(mixx, adapter, digits, outcome, is_done):
    answer = payout(adapter, mixx.number(digits))

    assert answer.outcome is outcome
    assert answer.is_float_empty == (digits == "984")
    assert bool(mixx.book.entries(Product.PAYOUT)) == is_done


def test_a_payout_without_an_id_is_no_failure_where_the_settings_doubt_it(mixx):
    adapter = mixx.adapter(account={"payout_without_id_failed": False})

    assert payout(adapter, mixx.number("981")).outcome is Outcome.UNKNOWN


def test_the_type_and_the_status_of_payouts_are_settings(mixx):
    mixx.simulator.protocol.operations["payout"] = lambda call: Response(
        200, body=b"<COMMAND><REFERENCEID>POY00000001</REFERENCEID><TXNID>6</TXNID>"
        b"<TXNSTATUS>0</TXNSTATUS></COMMAND>",
    )  # fmt: skip
    adapter = mixx.adapter(account={"payout_type": "REQMFICI", "payout_done": ["0"]})

    assert payout(adapter).outcome is Outcome.SUCCEEDED
    assert mixx.requests("payout")[0].fields["TYPE"] == "REQMFICI"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html/>", b"<COMMAND>",
        b'<!DOCTYPE COMMAND [<!ENTITY a "200">]><COMMAND><TXNSTATUS>&a;</TXNSTATUS></COMMAND>',
        b"<COMMAND><REFERENCEID>POY00000002</REFERENCEID><TXNID>6</TXNID><TXNSTATUS>200</TXNSTATUS></COMMAND>",
        b"<COMMAND><REFERENCEID>POY00000001</REFERENCEID><TXNSTATUS>200</TXNSTATUS></COMMAND>",
        b"<COMMAND><REFERENCEID>POY00000001</REFERENCEID><TXNID>6</TXNID></COMMAND>",
    ],
)  # fmt: skip
def test_an_answer_that_proves_nothing_is_unknown(mixx, adapter, body):
    mixx.simulator.protocol.operations["payout"] = lambda _call: Response(200, body=body)

    assert payout(adapter).outcome is Outcome.UNKNOWN


def test_no_pin_is_ever_written_down(mixx, caplog):
    caplog.set_level(logging.DEBUG)
    adapter = mixx.adapter(account={"payout_pin": "PIN-7788", "channel_pin": "PIN-7788"})
    receipt = paid(mixx, adapter)
    payout(adapter, mixx.number("982"))
    with pytest.raises(ProviderUnavailable):
        refund(adapter, receipt)

    assert "PIN-7788" not in caplog.text + repr(adapter._account) + repr(mixx.requests())


# --- The statement ---


def test_the_statement_lists_payments_fees_refunds_payouts_and_sweeps(mixx, adapter):
    receipt = paid(mixx, adapter)
    refund(adapter, receipt)
    payout(adapter)
    mixx.book.sweep(10_000)

    parsed = adapter.parse_statement(file=BytesIO(mixx.statement()))
    rows = list(parsed.rows)

    assert [(row.kind, row.amount_minor, row.third_party_id) for row in rows] == [
        (StatementKind.PAYMENT, 2_500_000, REFERENCE),
        (StatementKind.FEE, -12_500, REFERENCE),
        (StatementKind.REFUND, -2_500_000, "REF00000001"),
        (StatementKind.PAYOUT, -1_800_000, "POY00000001"),
        (StatementKind.FEE, -5_400, "POY00000001"),
        (StatementKind.SWEEP, -10_000, ""),
    ]
    assert rows[0].receipt == rows[1].receipt == rows[2].linked_receipt == receipt
    assert parsed.account == "255650000999"
    assert (parsed.opening_minor, parsed.closing_minor) == (
        0,
        sum(row.amount_minor for row in rows),
    )


@pytest.mark.parametrize(
    ("digits", "amounts"),
    [
        ("952", [2_400_000, -12_500]),
        ("953", []),
        ("954", [2_500_000, -12_500, 2_500_000]),
        ("955", [2_500_000, -12_500, -2_500_000]),
    ],
)
def test_the_books_can_disagree(mixx, adapter, digits, amounts):
    paid(mixx, adapter, msisdn=mixx.number(digits))

    rows = adapter.parse_statement(file=BytesIO(mixx.statement())).rows

    assert [row.amount_minor for row in rows] == amounts
