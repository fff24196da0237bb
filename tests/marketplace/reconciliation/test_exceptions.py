"""A person closes a difference: with a reason, once, and with the ledger entry it needs."""

from datetime import timedelta

import pytest

from marketplace.ledger import chart
from marketplace.reconciliation.commands import resolve_exception
from marketplace.reconciliation.errors import (
    ExceptionNotFound,
    ReasonMissing,
    ResolutionNotPossible,
)
from marketplace.reconciliation.models import StatementLine
from marketplace.reconciliation.queries import possible_resolutions
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.reconciliation import NOON, Row, a_payment, a_receipt, charge, paid
from tests.marketplace.reconciliation.books import (
    CLEARING,
    an_imported_statement,
    broken_invariants,
    money,
    the_exception,
)

pytestmark = pytest.mark.django_db


def resolved(row, resolution, reason="Spoke to the provider"):
    return resolve_exception(
        exception_id=row.pk, resolution=resolution, reason=reason, actor=staff_actor()
    )


@pytest.mark.parametrize(
    ("resolution", "account"),
    [("to_suspense", chart.SUSPENSE), ("write_off", chart.WRITE_OFFS), ("no_action", None)],
)
def test_unknown_money_is_booked_where_the_resolution_says(resolution, account):
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    before = money()

    resolved(the_exception("missing_in_books"), resolution)

    booked = {
        name: value - before[name] for name, value in money().items() if value != before[name]
    }
    assert booked == ({CLEARING: 12_000_00, account: -12_000_00} if account else {})
    assert StatementLine.objects.get().state == "resolved"
    assert broken_invariants() == {}


def test_an_unexpected_charge_becomes_a_fee_of_its_full_amount():
    payment = a_payment(20_000_00)
    an_imported_statement([paid(payment), charge(payment.receipt, 1_500_00)])

    resolved(the_exception("fee_unexpected"), "as_fee")

    assert money()[chart.PROVIDER_FEES] == 1_500_00
    assert money()[CLEARING] == 18_500_00


def test_of_an_amount_that_differs_only_the_difference_is_booked():
    payment = a_payment(25_000_00)
    an_imported_statement([paid(payment, amount_minor=24_000_00)])

    resolved(the_exception("amount_differs"), "write_off")

    assert money()[chart.WRITE_OFFS] == 1_000_00
    assert money()[CLEARING] == 24_000_00


def test_money_that_never_came_leaves_the_clearing_account():
    a_payment(25_000_00)
    an_imported_statement([])

    resolved(the_exception("missing_in_statement"), "write_off")

    assert money()[CLEARING] == 0
    assert money()[chart.WRITE_OFFS] == 25_000_00


def test_what_was_written_off_and_comes_after_all_is_shown_again_and_can_be_undone():
    payment = a_payment(25_000_00)
    an_imported_statement([])
    resolved(the_exception("missing_in_statement"), "write_off")

    an_imported_statement([paid(payment)], since=NOON - timedelta(hours=11))
    resolved(the_exception("duplicate"), "write_off")

    assert money()[CLEARING] == 25_000_00
    assert money()[chart.WRITE_OFFS] == 0
    assert broken_invariants() == {}


def test_a_resolution_needs_a_reason_and_must_fit():
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    row = the_exception("missing_in_books")

    with pytest.raises(ReasonMissing):
        resolved(row, "to_suspense", reason="  ")
    for unfitting in ("as_fee", "arrived_later", "invented"):
        with pytest.raises(ResolutionNotPossible):
            resolved(row, unfitting)
    with pytest.raises(ExceptionNotFound):
        resolve_exception(
            exception_id=uuid7(), resolution="no_action", reason="-", actor=staff_actor()
        )
    assert [r.value for r in possible_resolutions(row)] == ["no_action", "to_suspense", "write_off"]


def test_only_a_statement_may_say_that_a_missing_movement_has_come():
    """By a person's word it would leave the queue, and a difference that nobody could name."""
    payment = a_payment(25_000_00)
    an_imported_statement([])
    gap = the_exception("missing_in_statement")

    with pytest.raises(ResolutionNotPossible):
        resolved(gap, "arrived_later")

    an_imported_statement([paid(payment)], since=NOON - timedelta(hours=11))
    gap.refresh_from_db()
    assert (gap.status, gap.resolution) == ("resolved", "arrived_later")


def test_an_exception_is_closed_once_and_says_who_did_it():
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    row = the_exception("missing_in_books")
    neema = a_staff_member(name="Neema")
    resolve_exception(
        exception_id=row.pk, resolution="to_suspense", reason="Till", actor=staff_actor(neema)
    )
    booked = money()

    with pytest.raises(IllegalTransition):
        resolved(row, "to_suspense")

    row.refresh_from_db()
    assert row.resolved_by == neema
    assert money() == booked
    event = LoggedEvent.objects.get(name="reconciliation.exception_resolved.v1")
    assert event.actor_id == str(neema.pk)
    assert possible_resolutions(row) == []
