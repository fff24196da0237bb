"""Colleagues at the same moment: one takes an exception, one undoes it, and nobody waits for ever."""

from datetime import timedelta
from uuid import UUID

import pytest

from marketplace.ledger.models import Entry
from marketplace.reconciliation.commands import (
    claim_exception,
    confirm_suggestion,
    desk,
    reopen_exception,
    resolve_exception,
    resolve_exceptions,
    suggestions,
    take_back_suggestion,
    undo,
)
from marketplace.reconciliation.errors import AlreadyTaken
from marketplace.reconciliation.models import Match, ReconciliationException, Suggestion
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import staff_actor
from tests.factories.reconciliation import NOON, Row, a_payment, a_receipt, paid
from tests.marketplace.reconciliation.books import (
    an_imported_statement,
    broken_invariants,
    the_exception,
)
from tests.processes import dwell, without_row_locks
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db(transaction=True)


def an_exception() -> UUID:
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    return the_exception("missing_in_books").pk


def a_suggestion() -> Suggestion:
    payment = a_payment()
    digits = payment.msisdn.lstrip("+")
    party = f"{digits[:5]}****{digits[-3:]} - ASHA M."
    at = NOON + timedelta(minutes=2)
    an_imported_statement([paid(payment, receipt=a_receipt(), account="TILL", party=party, at=at)])
    return Suggestion.objects.get()


def takers(exception_id: UUID):
    actors = [staff_actor() for _ in range(3)]
    return [
        lambda actor=actor: claim_exception(exception_id=exception_id, actor=actor)
        for actor in actors
    ]


def test_of_three_who_take_an_exception_one_has_it_and_the_others_are_told(monkeypatch):
    exception_id = an_exception()
    dwell(monkeypatch, desk, "_open")

    outcomes = at_once(*takers(exception_id))

    assert [type(error) for error in refused(outcomes)] == [AlreadyTaken] * 2
    assert LoggedEvent.objects.filter(name="reconciliation.exception_claimed.v1").count() == 1


def test_control_without_the_lock_all_three_believe_that_they_have_it(monkeypatch):
    exception_id = an_exception()
    dwell(monkeypatch, desk, "_open")
    without_row_locks(monkeypatch)

    outcomes = at_once(*takers(exception_id))

    assert refused(outcomes) == []
    assert LoggedEvent.objects.filter(name="reconciliation.exception_claimed.v1").count() == 3


def reopeners(exception_id: UUID):
    actor = staff_actor()
    return [lambda: reopen_exception(exception_id=exception_id, reason="Found", actor=actor)] * 2


def resolved() -> ReconciliationException:
    return resolve_exception(
        exception_id=an_exception(), resolution="to_suspense", reason="-", actor=staff_actor()
    )


def test_of_two_who_reopen_an_exception_one_books_it_back(monkeypatch):
    row = resolved()
    dwell(monkeypatch, undo, "_required")

    outcomes = at_once(*reopeners(row.pk))

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert Entry.objects.filter(postings__reference=row.reference).distinct().count() == 2
    assert broken_invariants() == {}


def test_control_without_lock_and_guard_it_is_booked_back_twice(monkeypatch):
    row = resolved()
    dwell(monkeypatch, undo, "_required")
    dwell(monkeypatch, undo, "postings_for")
    without_row_locks(monkeypatch)
    monkeypatch.setattr(undo, "one_at_a_time", lambda _name: None)
    monkeypatch.setattr(undo, "move", lambda row, wanted, *_args, **_changes: row.status)

    at_once(*reopeners(row.pk))

    assert "reconciliation.resolutions_booked" in broken_invariants()


def test_who_confirms_and_who_resolves_the_same_do_not_wait_for_each_other(monkeypatch):
    suggestion = a_suggestion()
    row = ReconciliationException.objects.get(line__isnull=False)
    actor = staff_actor()
    dwell(monkeypatch, suggestions, "lock_rows")

    outcomes = at_once(
        lambda: confirm_suggestion(suggestion_id=suggestion.pk, actor=actor),
        lambda: resolve_exceptions(
            exception_ids=[row.pk], resolution="to_suspense", reason="-", actor=actor
        ),
    )

    assert {type(error).__name__ for error in refused(outcomes)} <= {"SuggestionOutdated"}
    row.refresh_from_db()
    assert row.status == "resolved"
    assert broken_invariants() == {}


def test_of_two_who_take_a_match_back_one_does():
    suggestion = a_suggestion()
    confirm_suggestion(suggestion_id=suggestion.pk, actor=staff_actor())
    actor = staff_actor()

    outcomes = at_once(
        *[lambda: take_back_suggestion(suggestion_id=suggestion.pk, reason="Another", actor=actor)]
        * 2
    )

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert not Match.objects.exists()
    assert broken_invariants() == {}
