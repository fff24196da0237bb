"""However the same movements are cut into files and in whatever order these come, the result is the same."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.reconciliation.commands import look_again
from marketplace.shared import clock
from marketplace.shared.models import Delivery
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import SYSTEM
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    a_payout,
    a_receipt,
    a_refund,
    an_uploaded_statement,
    charge,
    given_back,
    paid,
    paid_out,
    sweep,
)
from tests.marketplace.reconciliation.books import (
    an_imported_statement,
    broken_invariants,
    everything,
    matches,
)

pytestmark = pytest.mark.django_db

DAY = {"since": NOON - timedelta(hours=12), "until": NOON + timedelta(hours=12)}


def a_day() -> list[Row]:
    """One movement of every sort, right and wrong."""
    first, second, third = a_payment(), a_payment(40_000_00), a_payment(receipt="")
    refund, payout = a_refund(second, 10_000_00), a_payout()
    a_payment(settled_at=NOON + timedelta(minutes=3))  # settled, and in no file
    return [
        paid(first),
        charge(first.receipt),
        paid(second, amount_minor=39_000_00),
        charge(second.receipt, 3_000_00),
        paid(third, receipt=a_receipt()),
        paid(third, receipt=a_receipt(), at=NOON + timedelta(minutes=9)),
        paid(first, receipt=a_receipt(), at=NOON - timedelta(minutes=9)),
        given_back(refund),
        paid_out(payout),
        Row(a_receipt(), 7_000_00, account="TILL"),
        Row(a_receipt(), -500_00, reason="Adjustment"),
        sweep(20_000_00),
    ]


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_cut_and_order_of_files_gives_the_same_result(data):
    with transaction.atomic():
        rows = a_day()
        files = data.draw(
            st.lists(
                st.lists(st.sampled_from(range(len(rows))), min_size=1, unique=True),
                min_size=1,
                max_size=4,
            )
        )
        files = data.draw(st.permutations([*files, list(range(len(rows)))]))
        outcomes = [_outcome([rows]), _outcome([[rows[n] for n in file] for file in files])]
        transaction.set_rollback(True)

    assert outcomes[0] == outcomes[1]


def _outcome(files: list[list[Row]]) -> object:
    """What the books say after these files; then as if they had never come."""
    point = transaction.savepoint()
    for number, file in enumerate(files):
        closing = f"{number}.00"  # No two files have the same bytes.
        an_imported_statement(file, closing=closing, **DAY)
    result = everything()
    assert broken_invariants() == {}
    transaction.savepoint_rollback(point)
    return result


def test_a_delivery_that_is_repeated_books_nothing_twice():
    payment = a_payment()
    an_uploaded_statement([paid(payment), charge(payment.receipt), sweep(5_000_00)])
    deliver_all()
    before = everything()

    _repeat_all_deliveries()
    look_again(provider="mpesa", actor=SYSTEM)

    assert failures() == []
    assert everything() == before
    assert matches().keys() == {payment.reference}


def _repeat_all_deliveries() -> None:
    from_the_start = {"status": "pending", "attempts": 0, "finished_at": None}
    Delivery.objects.update(**from_the_start, next_attempt_at=clock.now())
    deliver_all()
