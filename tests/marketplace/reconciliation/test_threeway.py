"""Statement, documents and ledger side by side: they agree where all is well, and say where not."""

from datetime import timedelta

import pytest

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.payments.models import Attempt
from marketplace.reconciliation.commands import confirm_suggestion, resolve_exception
from marketplace.reconciliation.models import ReconciliationException, StatementLine, Suggestion
from marketplace.reconciliation.threeway import three_way, three_way_of, wallet_days
from marketplace.shared import clock
from tests.factories.accounts import staff_actor
from tests.factories.ledger import a_fact_about
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
from tests.marketplace.reconciliation.books import an_imported_statement

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = {"since": clock.midnight(TODAY), "until": clock.midnight(TODAY + timedelta(days=1))}


def kinds():
    return {one.name: one for one in three_way(provider="mpesa", **DAY)}


def behind(kind, limit=50):
    return three_way_of(provider="mpesa", kind=kind, limit=limit, **DAY)


@pytest.fixture
def a_day():
    """One of everything, all on both sides."""
    payment = a_payment(20_000_00)
    refund, payout = a_refund(payment, 5_000_00), a_payout(9_000_00)
    an_imported_statement(
        [paid(payment), charge(payment.receipt, 250_00), given_back(refund), paid_out(payout),
         sweep(3_000_00)]
    )  # fmt: skip
    return payment, refund, payout


def test_where_all_is_well_all_three_agree(a_day):
    found = kinds()

    assert {name: (one.theirs.minor, one.ledger.minor) for name, one in found.items()} == {
        "payment": (20_000_00, 20_000_00),
        "refund": (-5_000_00, -5_000_00),
        "payout": (-9_000_00, -9_000_00),
        "fee": (-250_00, -250_00),
        "sweep": (-3_000_00, -3_000_00),
    }
    assert all(one.agrees for one in found.values())
    assert [found[kind].ours.count for kind in ("payment", "refund", "payout", "fee")] == [
        1,
        1,
        1,
        0,
    ]
    assert not found["fee"].has_documents


def test_each_thing_stands_in_one_row_and_what_differs_stands_first(a_day):
    payment, _refund, _payout = a_day
    short, missing = a_payment(7_000_00), a_payment(6_000_00)
    unknown = Row(a_receipt(), 4_000_00)
    an_imported_statement(
        [paid(short, amount_minor=6_500_00), unknown], since=NOON - timedelta(hours=11)
    )
    nobody = ReconciliationException.objects.get(kind="missing_in_books")

    rows = behind("payment")

    assert {row.name: row.difference_minor for row in rows} == {
        short.reference: -500_00,
        missing.reference: -6_000_00,
        nobody.reference: 4_000_00,
        payment.reference: 0,
    }
    assert rows[-1].name == payment.reference
    assert [row.agrees for row in rows] == [False, False, False, True]
    assert len(behind("payment", limit=2)) == 2


def test_a_payment_that_the_ledger_booked_wrongly_differs_though_statement_and_document_agree():
    payment = a_payment(20_000_00)
    post(
        event=a_fact_about("attempt", payment.pk),
        memo="twice",
        lines=[
            Line(chart.provider_clearing("mpesa"), 20_000_00, payment.reference),
            Line(chart.SUSPENSE, -20_000_00, payment.reference),
        ],
        posted_at=NOON,
    )
    an_imported_statement([paid(payment)])

    row = next(row for row in behind("payment") if row.name == payment.reference)

    assert (row.theirs.minor, row.ours.minor, row.ledger.minor) == (20_000_00, 20_000_00, 40_000_00)
    assert not row.agrees


def test_lines_and_movements_of_a_confirmed_sum_stand_in_one_row():
    first, second = a_payment(20_000_00), a_payment(5_000_00)
    Attempt.objects.filter(pk=second.pk).update(msisdn=first.msisdn)
    digits = first.msisdn.lstrip("+")
    party = f"{digits[:5]}****{digits[-3:]} - ASHA M."
    an_imported_statement(
        [paid(first, receipt=a_receipt(), account="TILL", party=party, amount_minor=25_000_00)]
    )
    suggestion = Suggestion.objects.get()
    confirm_suggestion(suggestion_id=suggestion.pk, actor=staff_actor())

    row = next(row for row in behind("payment") if row.name == suggestion.reference)

    assert (row.theirs.count, row.ours.count) == (1, 2)
    assert row.theirs.minor == row.ours.minor == 25_000_00


def test_what_a_person_booked_is_a_correction():
    an_imported_statement([Row(a_receipt(), 4_000_00)])
    resolve_exception(
        exception_id=ReconciliationException.objects.get().pk,
        resolution="to_suspense",
        reason="-",
        actor=staff_actor(),
    )

    found = kinds()

    assert found["correction"].ledger.minor == found["payment"].theirs.minor == 4_000_00
    assert sum(one.difference_minor for one in found.values()) == 0


# --- Day by day ---


def days(count: int = 2):
    return wallet_days(provider="mpesa", since=TODAY, until=TODAY + timedelta(days=count))


def test_each_day_opens_with_what_the_day_before_closed_with(a_day):
    first, second = days()

    assert (first.opening_minor, first.moved_minor) == (0, 2_750_00)
    assert second.opening_minor == first.closing_minor == 2_750_00
    assert (first.booked_minor, first.difference_minor, first.rest_minor) == (2_750_00, 0, 0)
    assert (second.lines, second.moved_minor, second.stated_minor) == (0, 0, None)


def test_open_exceptions_name_a_days_difference():
    an_imported_statement([Row(a_receipt(), 4_000_00)])

    (day,) = days(1)

    assert (day.difference_minor, day.open_minor, day.rest_minor) == (4_000_00, 4_000_00, 0)


def test_a_balance_that_does_not_follow_from_the_lines_is_a_gap_of_that_day_only():
    payment = a_payment(20_000_00)
    an_imported_statement([paid(payment, balance="26,000.00")])
    tomorrow = a_payment(1_000_00, settled_at=NOON + timedelta(days=1))
    an_imported_statement(
        [paid(tomorrow, balance="27,000.00")],
        since=NOON + timedelta(hours=12),
        until=NOON + timedelta(hours=36),
    )

    first, second = days()

    assert (first.closing_minor, first.stated_minor, first.gap_minor) == (
        20_000_00, 26_000_00, 6_000_00,
    )  # fmt: skip
    assert (second.opening_minor, second.gap_minor) == (26_000_00, 0)


def test_of_lines_of_one_second_the_balance_that_fits_counts():
    rows = [paid(a_payment(1_000_00), balance="1,000.00"), paid(a_payment(2_000_00))]
    an_imported_statement([rows[0], rows[1].with_(balance="3,000.00")])

    assert StatementLine.objects.exclude(balance_minor=None).count() == 2
    assert days(1)[0].gap_minor == 0


def test_a_month_of_days_asks_four_questions(a_day, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert len(days(31)) == 31
    with django_assert_num_queries(1):
        kinds()
