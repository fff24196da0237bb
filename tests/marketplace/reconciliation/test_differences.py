"""Each difference between wallet and books has a name, at the edges of periods too; what has none shows."""

from datetime import timedelta

import pytest
import time_machine

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, close_month, post
from marketplace.reconciliation.commands import confirm_suggestion, resolve_exception
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    StatementLine,
    Suggestion,
)
from marketplace.reconciliation.queries import Proof, proof
from tests.factories.accounts import staff_actor
from tests.factories.ledger import a_fact, a_fact_about
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
    the_exception,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MIDNIGHT = NOON - DAY / 2
BEFORE_THE_EDGE, AFTER_THE_EDGE = MIDNIGHT + DAY - timedelta(seconds=5), MIDNIGHT + DAY


def the_day(number: int = 0) -> Proof:
    """4 October and the days after it."""
    since = MIDNIGHT + number * DAY
    return proof(provider="mpesa", since=since, until=since + DAY)


def named(number: int = 0) -> dict[str, int]:
    """Cause -> minor units, where all that the day differs by has a name."""
    found = the_day(number)
    assert found.unexplained_minor == 0
    return {cause.cause: cause.minor for cause in found.named}


def two_days(rows: list[Row]) -> None:
    an_imported_statement(rows, until=NOON + 3 * DAY / 2)


def resolved(resolution: str) -> None:
    row = ReconciliationException.objects.get(status="open")
    resolve_exception(
        exception_id=row.pk, resolution=resolution, reason="Agreed", actor=staff_actor()
    )


def test_a_day_that_reconciles_needs_no_names():
    payment = a_payment()
    an_imported_statement([paid(payment), charge(payment.receipt), sweep(10_000_00)])

    assert named() == {}
    assert the_day().difference_minor == 0


def test_a_payment_that_settles_on_both_sides_of_midnight_is_named_on_either_day():
    payment = a_payment(settled_at=AFTER_THE_EDGE)
    two_days([paid(payment, at=BEFORE_THE_EDGE)])

    assert named(0) == {"other_period": payment.amount_minor}
    assert named(1) == {"other_period": -payment.amount_minor}


def test_charges_and_transfers_are_booked_at_the_statements_last_line_and_named_so():
    payment = a_payment()
    two_days(
        [
            paid(payment), charge(payment.receipt, at=NOON), sweep(5_000_00, at=NOON),
            charge(a_receipt(), at=NOON + DAY), sweep(1_000_00, at=NOON + DAY),
        ]
    )  # fmt: skip

    assert named(0) == {"charges": -5_250_00}
    assert named(1) == {"charges": 5_250_00}
    assert proof(provider="mpesa", since=MIDNIGHT, until=MIDNIGHT + 2 * DAY).difference_minor == 0


def test_what_is_settled_after_the_last_statement_waits_for_the_next():
    payment = a_payment()
    an_imported_statement([paid(payment)], until=NOON + timedelta(hours=3))
    late = a_payment(40_000_00, settled_at=NOON + timedelta(hours=4))

    assert named() == {"not_stated": -late.amount_minor}

    an_imported_statement([paid(late)], since=NOON + timedelta(hours=3), name="later.csv")
    assert named() == {}


def test_a_file_says_nothing_of_what_was_settled_after_it_was_taken():
    with time_machine.travel(NOON):
        an_imported_statement([])
    late = a_payment(settled_at=NOON + timedelta(hours=1))

    assert named() == {"not_stated": -late.amount_minor}


def test_what_a_person_explained_without_a_booking_keeps_its_name():
    an_imported_statement([Row(a_receipt(), 7_000_00)])
    resolved("no_action")

    assert named() == {"no_action": 7_000_00}


def test_what_never_came_and_was_explained_keeps_its_name():
    payment = a_payment()
    an_imported_statement([])
    assert the_exception("missing_in_statement")
    assert named() == {}
    resolved("no_action")

    assert named() == {"no_action": -payment.amount_minor}


@pytest.mark.parametrize("resolution", ["to_suspense", "write_off"])
def test_a_correction_of_a_closed_month_is_named_in_it_and_in_the_month_of_its_booking(resolution):
    payment = a_payment()
    an_imported_statement([paid(payment, amount_minor=payment.amount_minor - 1_000_00)])
    with time_machine.travel(NOON + 30 * DAY):
        close_month(month=MIDNIGHT.date().replace(day=1), event=a_fact())
        resolved(resolution)

    assert named(0) == {"corrections": -1_000_00}
    assert named(30) == {"corrections": 1_000_00}


def test_charges_of_a_closed_month_are_named_in_it_and_in_the_month_of_their_booking():
    payment = a_payment()
    with time_machine.travel(NOON + 30 * DAY):
        close_month(month=MIDNIGHT.date().replace(day=1), event=a_fact())
        an_imported_statement([paid(payment), charge(payment.receipt)])

    assert named(0) == {"charges": -250_00}
    assert named(30) == {"charges": 250_00}


def test_an_amount_that_differs_beyond_the_edge_is_two_differences():
    payment = a_payment(settled_at=AFTER_THE_EDGE)
    two_days([paid(payment, amount_minor=payment.amount_minor - 1_00, at=BEFORE_THE_EDGE)])

    assert named(0) == {"other_period": payment.amount_minor}
    assert the_day(0).explained_minor == -1_00
    assert named(1) == {"other_period": -payment.amount_minor}


def test_sums_that_a_person_confirmed_agree_over_the_edge():
    wallet = "+255754777888"
    first, second = (a_payment(10_000_00, receipt="", settled_at=NOON) for _ in range(2))
    type(first).objects.filter(pk__in=[first.pk, second.pk]).update(msisdn=wallet)
    two_days([Row(a_receipt(), 20_000_00, party="255754777888 - ASHA")])
    confirm_suggestion(suggestion_id=Suggestion.objects.get().pk, actor=staff_actor())
    assert named() == {}

    StatementLine.objects.update(completed_at=AFTER_THE_EDGE)

    assert named(0) == {"other_period": -20_000_00}
    assert named(1) == {"other_period": 20_000_00}


def test_a_refund_that_the_provider_lists_as_money_sent_counts_as_the_refund_that_it_is():
    payment = a_payment()
    refund = a_refund(payment)
    sent = given_back(refund, reason="Business Payment to Customer via API", linked="")
    an_imported_statement([paid(payment), sent])

    assert {kind.kind: (kind.statement_minor, kind.books_minor) for kind in the_day().kinds} == {
        "payment": (payment.amount_minor, payment.amount_minor),
        "refund": (-refund.amount_minor, -refund.amount_minor),
    }


def test_a_payout_that_came_back_is_in_our_books_what_it_is():
    payout = a_payout()
    an_imported_statement([paid_out(payout)])
    lines = [Line(CLEARING, 90_000_00, "x"), Line(chart.SUSPENSE, -90_000_00, "x")]
    post(event=a_fact_about("payout", payout.pk), memo="back", lines=lines, posted_at=NOON + DAY)

    (kind,) = the_day(1).kinds
    assert (kind.kind, kind.books_minor) == ("return", payout.amount_minor)
    assert named(1) == {"not_stated": -payout.amount_minor}


# --- What has no name ---


def test_a_posting_that_stands_for_nothing_is_not_explained():
    a_payment()
    an_imported_statement([paid(a_payment())])
    before = the_day().unexplained_minor
    lines = [Line(CLEARING, 1_00, "ODD"), Line(chart.SUSPENSE, -1_00, "ODD")]
    post(event=a_fact(), memo="odd", lines=lines, posted_at=NOON)

    assert the_day().unexplained_minor == before - 1_00


def test_a_line_that_is_lost_leaves_its_payment_unexplained():
    payment = a_payment()
    an_imported_statement([paid(payment)])
    Match.objects.all().delete()
    StatementLine.objects.all().delete()

    assert the_day().unexplained_minor == -payment.amount_minor


def test_a_line_of_another_amount_than_its_match_is_unexplained():
    payment = a_payment()
    an_imported_statement([paid(payment)])
    StatementLine.objects.update(amount_minor=payment.amount_minor + 1_00)

    assert the_day().unexplained_minor == 1_00


def test_an_exception_that_is_gone_leaves_its_line_unexplained():
    an_imported_statement([Row(a_receipt(), 7_000_00)])
    ReconciliationException.objects.all().delete()

    assert the_day().unexplained_minor == 7_000_00


def test_charges_that_were_booked_otherwise_than_they_stand_are_unexplained():
    payment = a_payment()
    an_imported_statement([paid(payment), charge(payment.receipt)])
    StatementLine.objects.filter(kind="fee").update(amount_minor=-251_00)

    assert the_day().unexplained_minor == -1_00
