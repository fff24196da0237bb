"""What a person decided, a person may undo: by a counter-entry, with a reason, and both remain to be read."""

from datetime import timedelta

import pytest

from marketplace.ledger import chart
from marketplace.ledger.commands import close_month
from marketplace.ledger.models import Entry
from marketplace.reconciliation.commands import (
    confirm_suggestion,
    reopen_exception,
    resolve_exception,
    take_back_suggestion,
)
from marketplace.reconciliation.errors import (
    ClaimedSince,
    ExceptionNotFound,
    NotClosedByHand,
    ReasonMissing,
    SuggestionNotFound,
)
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    StatementLine,
    Suggestion,
)
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.ledger import a_fact
from tests.factories.reconciliation import NOON, Row, a_payment, a_receipt, paid
from tests.marketplace.reconciliation.books import (
    an_imported_statement,
    broken_invariants,
    everything,
    matches,
    money,
    the_exception,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _invariants_hold():
    yield
    assert broken_invariants() == {}


def resolved(row, resolution="to_suspense"):
    return resolve_exception(
        exception_id=row.pk, resolution=resolution, reason="Nobody knows", actor=staff_actor()
    )


def reopened(row, reason="Asha found the payer", actor=None):
    return reopen_exception(exception_id=row.pk, reason=reason, actor=actor or staff_actor())


def from_wallet(payment, **changes) -> Row:
    """A line without any id, from the payment's wallet."""
    digits = payment.msisdn.lstrip("+")
    party = f"{digits[:5]}****{digits[-3:]} - ASHA M."
    return paid(payment, receipt=a_receipt(), account="TILL", party=party, **changes)


# --- Resolutions ---


@pytest.mark.parametrize("resolution", ["to_suspense", "write_off", "no_action"])
def test_a_reopened_exception_leaves_the_books_as_if_nothing_had_been_decided(resolution):
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    before = everything()

    reopened(resolved(the_exception("missing_in_books"), resolution))

    assert everything() == before
    row = the_exception("missing_in_books")
    assert (row.resolution, row.reason, row.resolved_by, row.resolved_at) == ("", "", None, None)


def test_the_entry_stands_and_a_counter_entry_of_its_own_event_takes_it_back():
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    row = resolved(the_exception("missing_in_books"))
    reopened(row)

    entries = Entry.objects.filter(postings__reference=row.reference).distinct().order_by("pk")
    assert [entry.event.name for entry in entries] == [
        "reconciliation.exception_resolved.v1",
        "reconciliation.exception_reopened.v1",
    ]
    first, second = (dict(e.postings.values_list("account__code", "amount_minor")) for e in entries)
    assert second == {account: -amount for account, amount in first.items()}
    event = LoggedEvent.objects.get(name="reconciliation.exception_reopened.v1")
    assert event.before == {
        "status": "resolved", "resolution": "to_suspense", "reason": "Nobody knows",
    }  # fmt: skip
    assert event.payload["reason"] == "Asha found the payer"


def test_it_can_be_resolved_another_way_and_reopened_again():
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    before = money()
    row = resolved(the_exception("missing_in_books"))

    reopened(row)
    resolved(row, "write_off")
    reopened(row)
    resolved(row, "write_off")

    assert money()[chart.SUSPENSE] == before[chart.SUSPENSE]
    assert money()[chart.WRITE_OFFS] - before[chart.WRITE_OFFS] == -12_000_00
    assert StatementLine.objects.get().state == "resolved"


def test_a_gap_that_was_written_off_by_mistake_waits_for_its_line_again():
    payment = a_payment(25_000_00)
    an_imported_statement([])
    before = money()

    reopened(resolved(the_exception("missing_in_statement"), "write_off"))
    assert money() == before
    an_imported_statement([paid(payment)], since=NOON - timedelta(hours=11))

    assert list(matches()) == [payment.reference]
    assert not ReconciliationException.objects.filter(status="open").exists()


def test_a_gap_is_not_reopened_once_its_line_has_come():
    payment = a_payment(25_000_00)
    an_imported_statement([])
    gap = resolved(the_exception("missing_in_statement"), "write_off")
    an_imported_statement([paid(payment)], since=NOON - timedelta(hours=11))
    booked = money()

    with pytest.raises(ClaimedSince):
        reopened(gap)

    assert money() == booked


def test_reopening_needs_a_reason_a_person_and_something_that_is_closed():
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    row = the_exception("missing_in_books")

    with pytest.raises(IllegalTransition):
        reopened(row)
    resolved(row)
    with pytest.raises(ReasonMissing):
        reopened(row, reason=" ")
    with pytest.raises(TransitionNotYours):
        reopened(row, actor=SYSTEM)
    with pytest.raises(ExceptionNotFound):
        reopen_exception(exception_id=uuid7(), reason="-", actor=staff_actor())

    row.refresh_from_db()
    assert row.status == "resolved"


def test_what_a_later_statement_closed_stays_closed():
    payment = a_payment(25_000_00)
    an_imported_statement([])
    gap = the_exception("missing_in_statement")
    an_imported_statement([paid(payment)], since=NOON - timedelta(hours=11))

    with pytest.raises(NotClosedByHand):
        reopened(gap)


# --- Confirmed matches ---


def test_a_confirmed_match_is_taken_back_as_if_it_had_never_been_confirmed():
    payment = a_payment()
    an_imported_statement([from_wallet(payment, at=NOON + timedelta(minutes=2))])
    before = everything()
    suggestion = Suggestion.objects.get()
    confirm_suggestion(suggestion_id=suggestion.pk, actor=staff_actor())

    take_back_suggestion(suggestion_id=suggestion.pk, reason="Another Asha", actor=staff_actor())

    assert everything() == before
    suggestion.refresh_from_db()
    assert (suggestion.status, suggestion.decided_by, suggestion.decided_at) == (
        "proposed", None, None,
    )  # fmt: skip
    confirm_suggestion(suggestion_id=suggestion.pk, actor=staff_actor())
    assert list(matches()) == [payment.reference]


def test_a_match_by_sums_lets_go_of_its_movements():
    first = a_payment(20_000_00)
    second = a_payment(5_000_00)
    type(second).objects.filter(pk=second.pk).update(msisdn=first.msisdn)
    an_imported_statement([from_wallet(first, amount_minor=25_000_00)])
    before = everything()
    suggestion = Suggestion.objects.get()
    confirm_suggestion(suggestion_id=suggestion.pk, actor=staff_actor())
    assert suggestion.targets.filter(is_held=True).count() == 2

    take_back_suggestion(suggestion_id=suggestion.pk, reason="Too many", actor=staff_actor())

    assert everything() == before
    assert not suggestion.targets.filter(is_held=True).exists()


def test_what_the_match_had_superseded_waits_again():
    first, second = a_payment(), a_payment()
    type(second).objects.filter(pk=second.pk).update(msisdn=first.msisdn)
    an_imported_statement([from_wallet(first, at=NOON + timedelta(minutes=1))])
    candidates = list(Suggestion.objects.order_by("pk"))
    assert len(candidates) == 2
    confirm_suggestion(suggestion_id=candidates[0].pk, actor=staff_actor())

    take_back_suggestion(suggestion_id=candidates[0].pk, reason="The other", actor=staff_actor())
    confirm_suggestion(suggestion_id=candidates[1].pk, actor=staff_actor())

    statuses = dict(Suggestion.objects.values_list("pk", "status"))
    assert statuses == {candidates[0].pk: "superseded", candidates[1].pk: "confirmed"}
    assert Match.objects.count() == 1


def test_taking_back_needs_a_reason_and_something_confirmed():
    an_imported_statement([from_wallet(a_payment(), at=NOON + timedelta(minutes=2))])
    suggestion = Suggestion.objects.get()
    actor = staff_actor()

    with pytest.raises(IllegalTransition):
        take_back_suggestion(suggestion_id=suggestion.pk, reason="x", actor=actor)
    with pytest.raises(ReasonMissing):
        take_back_suggestion(suggestion_id=suggestion.pk, reason=" ", actor=actor)
    with pytest.raises(SuggestionNotFound):
        take_back_suggestion(suggestion_id=uuid7(), reason="x", actor=actor)


def test_an_exception_that_a_confirmed_match_closed_opens_by_the_match_only():
    an_imported_statement([from_wallet(a_payment(), at=NOON + timedelta(minutes=2))])
    confirm_suggestion(suggestion_id=Suggestion.objects.get().pk, actor=staff_actor())

    for row in ReconciliationException.objects.all():
        with pytest.raises(NotClosedByHand):
            reopened(row)


def test_the_counter_entry_stands_where_the_entry_did_or_today_where_that_month_is_closed():
    an_imported_statement([Row(a_receipt(), 12_000_00)])
    row = resolved(the_exception("missing_in_books"))
    reopened(row)
    first, second = Entry.objects.filter(postings__reference=row.reference).distinct()
    assert first.posted_at == second.posted_at == row.happened_at

    resolved(row)
    close_month(month=row.happened_at.astimezone(clock.EAT).date().replace(day=1), event=a_fact())
    reopened(row)

    latest = Entry.objects.filter(postings__reference=row.reference).latest("posted_at")
    assert latest.posted_at > row.happened_at
