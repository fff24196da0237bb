"""What each kind of line becomes, and which differences a person gets to see."""

from datetime import timedelta

import pytest

from marketplace.ledger import chart
from marketplace.ledger.models import Entry
from marketplace.payments.models import RefundEvidence
from marketplace.payments.states import PaidFrom
from marketplace.reconciliation.commands import look_again
from marketplace.reconciliation.models import Match, ReconciliationException, StatementLine
from tests.factories.accounts import SYSTEM
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    a_payout,
    a_receipt,
    a_refund,
    charge,
    given_back,
    paid,
    paid_out,
    sweep,
)
from tests.marketplace.reconciliation.books import (
    CLEARING,
    an_imported_statement,
    broken_invariants,
    matches,
    money,
    the_exception,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _invariants_hold():
    yield
    assert broken_invariants() == {}


def test_a_payment_a_refund_and_a_payout_match_by_receipt():
    payment = a_payment()
    refund, payout = a_refund(payment), a_payout()

    an_imported_statement([paid(payment, account=""), given_back(refund), paid_out(payout)])

    assert matches() == {
        payment.reference: (payment.receipt, "receipt"),
        refund.reference: (refund.receipt, "receipt"),
        payout.reference: (payout.receipt, "receipt"),
    }
    assert not ReconciliationException.objects.exists()


def test_a_payment_without_receipt_matches_by_our_reference_with_the_rule_on_record():
    payment = a_payment(receipt="")
    row = paid(payment, receipt=a_receipt())

    an_imported_statement([row])

    assert matches() == {payment.reference: (row.receipt, "reference")}
    wire = payment.reference.replace("-", "")
    assert Match.objects.get().explanation == f"Our reference {wire}"


def test_our_reference_is_found_in_the_details_too():
    payment = a_payment(receipt="")
    wire = payment.reference.replace("-", "")
    details = f"Pay Utility from 25576****321 - ASHA M. Acc. {wire.lower()}"

    an_imported_statement([paid(payment, receipt=a_receipt(), account="", details=details)])

    assert payment.reference in matches()


def test_a_reference_that_looks_like_a_repeated_one_is_read_whole():
    payment = a_payment(receipt="")
    type(payment).objects.filter(pk=payment.pk).update(reference="ATT-7K3M9QT2")
    row = Row(a_receipt(), payment.amount_minor, account="ATT7K3M9QT2")

    an_imported_statement([row])

    assert list(matches()) == ["ATT-7K3M9QT2"]


def test_a_reversal_without_receipt_of_ours_matches_the_refund_of_its_payment():
    payment = a_payment(50_000_00)
    part = a_refund(payment, 20_000_00, receipt="")
    other = a_refund(payment, 5_000_00, receipt="")

    row = given_back(part, receipt=a_receipt())
    an_imported_statement([paid(payment), row, given_back(other, receipt=a_receipt())])

    assert matches()[part.reference] == (row.receipt, "linked_receipt")
    assert other.reference in matches()


def test_two_equal_reversals_stand_for_two_equal_refunds():
    payment = a_payment(50_000_00)
    refunds = [a_refund(payment, 10_000_00, receipt="") for _ in range(2)]
    rows = [
        given_back(refund, receipt=a_receipt(), at=NOON + timedelta(hours=1, minutes=n))
        for n, refund in enumerate(refunds)
    ]

    an_imported_statement([paid(payment), *rows])

    assert {refund.reference for refund in refunds} <= matches().keys()
    assert not ReconciliationException.objects.exists()


def test_charges_and_transfers_are_booked_with_one_entry_each():
    first, second = a_payment(), a_payment()
    entries = Entry.objects.count()

    statement = an_imported_statement(
        [
            paid(first), charge(first.receipt), paid(second), charge(second.receipt),
            sweep(30_000_00), sweep(5_000_00),
        ]
    )  # fmt: skip

    assert Entry.objects.count() == entries + 2
    assert money()[chart.PROVIDER_FEES] == 500_00
    assert money()[chart.BANK] == 35_000_00
    assert money()[CLEARING] == 50_000_00 - 500_00 - 35_000_00
    assert set(
        Entry.objects.filter(memo__contains=statement.reference).values_list(
            "postings__reference", flat=True
        )
    ) == {statement.reference}


def test_a_transfer_of_all_that_came_in_says_so():
    payment = a_payment(30_000_00)
    partial = sweep(1_000_00, at=NOON + timedelta(hours=2))

    an_imported_statement(
        [paid(payment), charge(payment.receipt, 250_00), sweep(29_750_00, at=NOON + timedelta(hours=1)), partial]
    )  # fmt: skip

    full, other = Match.objects.filter(target_kind="sweep").order_by("line__completed_at")
    assert full.explanation == "Transfer to the bank of all 2 lines since the beginning"
    assert other.explanation == "Transfer to the bank"


def test_a_charge_that_is_out_of_line_is_not_booked_but_shown():
    payment = a_payment(20_000_00)

    an_imported_statement([paid(payment), charge(payment.receipt, 1_000_01)])

    row = the_exception("fee_unexpected")
    assert payment.reference in row.explanation
    assert money()[chart.PROVIDER_FEES] == 0


def test_a_charge_that_brings_money_is_shown():
    an_imported_statement([charge(a_receipt()).with_(amount_minor=100_00)])

    the_exception("fee_unexpected")


def test_money_that_our_books_do_not_know_is_missing_in_the_books():
    an_imported_statement([Row(a_receipt(), 12_000_00, account="MKT10023")])

    row = the_exception("missing_in_books")
    assert row.difference_minor == 12_000_00
    assert row.line.state == "exception"


def test_a_reversal_that_we_never_asked_for_names_the_payment():
    payment = a_payment()
    row = Row(
        a_receipt(), -payment.amount_minor, reason="Utility Payment Reversal",
        linked=payment.receipt,
    )  # fmt: skip

    an_imported_statement([paid(payment), row])

    assert payment.reference in the_exception("reversed").explanation


@pytest.mark.parametrize("carries", ["receipt", "reference"])
def test_another_amount_than_in_our_books_is_shown_with_both(carries):
    payment = a_payment(25_000_00)
    row = paid(payment, amount_minor=24_000_00)
    row = row.with_(account="") if carries == "receipt" else row.with_(receipt=a_receipt())

    an_imported_statement([row])

    found = the_exception("amount_differs")
    assert (found.expected_minor, found.actual_minor) == (25_000_00, 24_000_00)
    assert found.target_reference == payment.reference
    assert found.difference_minor == -1_000_00


def test_a_payment_that_stands_twice_is_a_duplicate():
    payment = a_payment()

    an_imported_statement([paid(payment, balance="25,000.00"), paid(payment, balance="50,000.00")])

    assert the_exception("duplicate").difference_minor == 25_000_00
    assert matches().keys() == {payment.reference}


def test_a_second_payment_under_our_reference_is_a_duplicate_whatever_its_amount():
    payment = a_payment(25_000_00)
    second = paid(payment, receipt=a_receipt(), amount_minor=10_000_00)

    an_imported_statement([second, paid(payment)])

    row = the_exception("duplicate")
    assert row.line.receipt == second.receipt
    assert row.difference_minor == 10_000_00


def test_a_line_that_fits_better_takes_the_match_from_an_earlier_file():
    payment = a_payment(25_000_00)
    worse = paid(payment, receipt=a_receipt())
    an_imported_statement([worse])
    assert matches()[payment.reference] == (worse.receipt, "reference")

    an_imported_statement([paid(payment)])

    assert matches()[payment.reference] == (payment.receipt, "receipt")
    assert the_exception("duplicate").line.receipt == worse.receipt


def test_a_line_of_the_right_amount_displaces_one_that_differed():
    payment = a_payment(25_000_00)
    an_imported_statement([paid(payment, receipt=a_receipt(), amount_minor=24_000_00)])
    the_exception("amount_differs")

    an_imported_statement([paid(payment)])

    assert the_exception("duplicate").difference_minor == 24_000_00


@pytest.mark.parametrize("reason", ["Adjustment", "Something New"])
def test_a_kind_of_line_that_nobody_knows_is_shown(reason):
    an_imported_statement([Row(a_receipt(), -700_00, reason=reason)])

    the_exception("unknown")


def test_what_we_settled_and_the_statement_does_not_show_is_missing_there():
    payment, payout = a_payment(), a_payout()

    an_imported_statement([paid(payment)])

    row = the_exception("missing_in_statement")
    assert row.target_reference == payout.reference
    assert row.difference_minor == 90_000_00


def test_a_refund_that_was_paid_from_our_bank_is_not_sought_in_the_wallet():
    payment = a_payment()
    for paid_from in (PaidFrom.BANK, PaidFrom.WALLET):
        refund = a_refund(payment, 1_000_00)
        RefundEvidence.objects.create(
            refund=refund, paid_from=paid_from, size_bytes=1, uploaded_at=NOON
        )

    an_imported_statement([paid(payment)])

    assert the_exception("missing_in_statement").target_reference == refund.reference


def test_the_edges_of_a_statement_are_no_place_to_miss_anything():
    a_payment(settled_at=NOON - timedelta(minutes=10))
    a_payment(settled_at=NOON + timedelta(hours=1, minutes=-10))
    a_payment(settled_at=NOON + timedelta(hours=3))

    an_imported_statement([], since=NOON, until=NOON + timedelta(hours=1))

    assert not ReconciliationException.objects.exists()


def test_a_line_that_comes_later_closes_the_gap_by_itself():
    payment = a_payment()
    an_imported_statement([])
    gap = the_exception("missing_in_statement")

    an_imported_statement([paid(payment)], since=NOON - timedelta(hours=11))

    gap.refresh_from_db()
    assert (gap.status, gap.resolution) == ("resolved", "arrived_later")
    assert gap.resolved_by_id is None
    assert matches().keys() == {payment.reference}


def test_a_gap_is_reported_once_however_many_files_miss_it():
    a_payment()
    an_imported_statement([])

    an_imported_statement([], since=NOON - timedelta(hours=11))

    assert ReconciliationException.objects.count() == 1


def test_a_payment_that_our_books_learn_of_later_is_matched_then():
    wire, receipt = "ATT7K3M9QX2", a_receipt()
    an_imported_statement([Row(receipt, 25_000_00, account=wire)])
    waiting = the_exception("missing_in_books")
    assert look_again(provider="mpesa", actor=SYSTEM) == 0

    payment = a_payment(25_000_00, receipt=receipt)

    assert look_again(provider="mpesa", actor=SYSTEM) == 1
    waiting.refresh_from_db()
    assert (waiting.status, waiting.resolution) == ("resolved", "arrived_later")
    assert matches() == {payment.reference: (receipt, "receipt")}
    assert StatementLine.objects.get().state == "matched"
