"""Decisions about many rows in the background: chosen, tried, made once each whatever happens, cancelled."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import Group

from marketplace.accounts.models import User
from marketplace.casework.commands import (
    bulk,
    cancel_bulk,
    drop_drafts,
    forget_bulk_runs,
    start_bulk,
    try_rows,
)
from marketplace.casework.errors import BulkEmpty, BulkNotYours, BulkTooLarge
from marketplace.casework.models import BulkRow, BulkRun
from marketplace.casework.states import BulkStatus, RowOutcome
from marketplace.listings.commands import approve_listing
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, LoggedEvent
from marketplace.shared.outbox import run_delivery
from marketplace.shared.states import IllegalTransition
from tasks.brokers import broker
from tasks.bulk import ACTIONS, QUICK, WAITING_MAX, _Backlog, may_decide, try_out
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import a_staff_member
from tests.factories.bulk import (
    approvals,
    approve,
    chosen,
    moderator,
    outcomes,
    started,
    waiting_listings,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


# --- Choosing and trying ---


def test_what_is_chosen_is_written_down_in_order_and_nothing_is_decided():
    listings = waiting_listings(3)

    run = chosen(moderator())

    assert (run.status, run.total) == (BulkStatus.DRAFT, 3)
    assert [row.label for row in run.rows.order_by("id")] == [one.reference for one in listings]
    assert approvals() == 0
    assert deliver_all() == 0


def test_nothing_and_too_much_are_refused(monkeypatch):
    actor = moderator()
    with pytest.raises(BulkEmpty):
        chosen(actor)
    waiting_listings(3)
    monkeypatch.setattr(bulk, "BULK_ROWS_MAX", 2)

    with pytest.raises(BulkTooLarge):
        chosen(actor)

    assert not BulkRow.objects.exists()


def test_a_try_says_who_would_be_refused_and_why_and_leaves_nothing_behind():
    listings, actor = waiting_listings(4), moderator()
    run = chosen(actor)
    approve_listing(listing_id=listings[1].pk, actor=actor)
    before = (LoggedEvent.objects.count(), Delivery.objects.count())

    try_out(run.pk, actor)

    run.refresh_from_db()
    assert run.trial["tried"] == 4
    ((label, why),) = run.trial["refused"]
    assert label == listings[1].reference
    assert "Live" in why
    assert (LoggedEvent.objects.count(), Delivery.objects.count()) == before
    assert outcomes(run) == [RowOutcome.WAITING] * 4


def test_a_try_of_a_few_is_spread_over_all_of_them():
    waiting_listings(10)
    run, tried = chosen(moderator()), []

    try_rows(run_id=run.pk, act=tried.append, most=3)

    places = [row.thing_id for row in run.rows.order_by("id")]
    assert [places.index(one) for one in tried] == [0, 3, 6]


# --- Deciding ---


def test_each_row_goes_through_the_command_in_the_name_of_who_asked():
    waiting_listings(3)
    actor = moderator()
    run = started(actor, "listings.reject", reason="No pictures.")

    deliver_all()

    run.refresh_from_db()
    assert (run.status, run.done, run.refused, run.failed) == (BulkStatus.FINISHED, 3, 0, 0)
    assert set(Listing.objects.values_list("status", "moderation_note")) == {
        (ListingStatus.REJECTED, "No pictures.")
    }
    events = LoggedEvent.objects.filter(name="listings.status_changed.v1")
    assert {event.actor_label for event in events} == {actor.label}
    assert failures() == []


def test_what_was_decided_meanwhile_is_a_refused_row_and_no_failure():
    listings, actor = waiting_listings(3), moderator()
    run = started(actor)
    approve_listing(listing_id=listings[1].pk, actor=moderator())

    deliver_all()

    run.refresh_from_db()
    assert outcomes(run) == [RowOutcome.DONE, RowOutcome.REFUSED, RowOutcome.DONE]
    assert (run.status, run.done, run.refused) == (BulkStatus.FINISHED, 2, 1)
    assert "Live" in run.rows.get(outcome=RowOutcome.REFUSED).said


def test_a_fault_of_ours_in_one_row_keeps_no_other_waiting(monkeypatch):
    listings, actor = waiting_listings(3), moderator()
    run = started(actor)

    def stumble(row, answers, actor):
        if row == listings[0].pk:
            raise ZeroDivisionError
        approve_listing(listing_id=row, actor=actor)

    _replace(monkeypatch, "listings.approve", stumble)
    deliver_all()

    run.refresh_from_db()
    assert outcomes(run) == [RowOutcome.FAILED, RowOutcome.DONE, RowOutcome.DONE]
    assert run.failed == 1


def test_who_lost_the_duty_meanwhile_decides_nothing_more():
    waiting_listings(3)
    person = a_staff_member("catalogue_moderator")
    run = started(Actor.staff(person.pk, person.name))
    person.groups.clear()

    deliver_all()

    run.refresh_from_db()
    assert (run.status, run.done, run.refused) == (BulkStatus.FINISHED, 0, 3)
    assert "may no longer decide" in run.rows.first().said
    assert approvals() == 0


def test_both_duties_are_needed():
    person = a_staff_member("operations_agent")
    assert not may_decide("listings.approve", person.pk)

    person.groups.add(Group.objects.get(name="catalogue_moderator"))

    assert may_decide("listings.approve", User.objects.get(pk=person.pk).pk)


def test_a_long_one_is_cut_into_steps_and_each_goes_on_where_the_last_one_ended(monkeypatch):
    waiting_listings(4)
    run = started(moderator())
    monkeypatch.setattr(bulk, "STEP_S", -1)
    started_event = LoggedEvent.objects.get(name="casework.bulk_started.v1")
    for delivery in started_event.deliveries.all():
        run_delivery(delivery.pk)
    assert LoggedEvent.objects.filter(name="casework.bulk_stepped.v1").count() == 1
    assert outcomes(run) == [RowOutcome.WAITING] * 4

    monkeypatch.setattr(bulk, "STEP_S", 40)
    deliver_all()

    run.refresh_from_db()
    assert (run.status, run.done) == (BulkStatus.FINISHED, 4)


def test_it_rests_while_others_wait_and_goes_on_when_they_do_not(monkeypatch):
    """Payments share the queue on which the rows' own consequences wait."""
    waiting_listings(3)
    actor = moderator()
    run = started(actor)
    monkeypatch.setattr(bulk, "REST_S", 0)
    told = iter([False, True, True, False])

    rested = []

    def others_wait() -> bool:
        is_full = next(told, False)
        rested.append(is_full)
        assert not is_full or approvals() == 1
        return is_full

    bulk.work_on_bulk(
        run_id=run.pk,
        act=partial(approve, actor),
        may=lambda: True,
        others_wait=others_wait,
        actor=actor,
    )

    assert rested.count(True) == 2
    assert approvals() == 3


def test_the_queue_of_payments_is_full_beyond_a_hundred_hints():
    quick = broker(QUICK)
    for _time in range(WAITING_MAX + 1):
        quick.enqueue(b"x")
    try:
        assert _Backlog()()
        quick.connection.lpop(quick.list_key)
        assert not _Backlog()()
    finally:
        quick.purge_queue()


# --- Stopping ---


def test_cancelled_before_it_begins_nothing_is_decided_and_after_it_nothing_is_taken_back():
    waiting_listings(2)
    actor = moderator()
    run = started(actor)

    cancel_bulk(run_id=run.pk, reason="A mistake.", actor=actor)
    deliver_all()

    run.refresh_from_db()
    assert (run.status, run.done) == (BulkStatus.CANCELLED, 0)
    assert outcomes(run) == [RowOutcome.SKIPPED] * 2
    assert approvals() == 0
    with pytest.raises(IllegalTransition):
        cancel_bulk(run_id=run.pk, reason="Again.", actor=actor)


def test_cancelled_in_the_middle_what_is_decided_stays_decided(monkeypatch):
    waiting_listings(3)
    actor = moderator()
    run = started(actor)

    def approve_then_cancel(row, answers, who):
        approve_listing(listing_id=row, actor=who)
        if approvals() == 2:
            BulkRun.objects.filter(pk=run.pk).update(
                status=BulkStatus.CANCELLED, finished_at=clock.now()
            )

    _replace(monkeypatch, "listings.approve", approve_then_cancel)
    deliver_all()

    assert outcomes(run) == [RowOutcome.DONE, RowOutcome.DONE, RowOutcome.WAITING]


def test_only_who_chose_starts_and_cancels():
    waiting_listings(1)
    run = chosen(moderator())

    with pytest.raises(BulkNotYours):
        start_bulk(run_id=run.pk, answers={}, actor=moderator())
    with pytest.raises(BulkNotYours):
        cancel_bulk(run_id=run.pk, reason="", actor=moderator())


def test_a_second_press_on_start_starts_nothing():
    waiting_listings(1)
    actor = moderator()
    run = started(actor)

    with pytest.raises(IllegalTransition):
        start_bulk(run_id=run.pk, answers={}, actor=actor)

    assert LoggedEvent.objects.filter(name="casework.bulk_started.v1").count() == 1


def test_what_nobody_started_for_a_day_is_let_go():
    waiting_listings(1)
    actor = moderator()
    old, young = chosen(actor), chosen(actor)
    BulkRun.objects.filter(pk=old.pk).update(requested_at=clock.now() - timedelta(hours=25))

    assert drop_drafts() == "1 dropped"

    assert BulkRun.objects.get(pk=old.pk).status == BulkStatus.CANCELLED
    assert BulkRun.objects.get(pk=young.pk).status == BulkStatus.DRAFT


def test_what_was_decided_long_ago_is_forgotten_rows_first_and_what_is_younger_or_runs_is_not(
    monkeypatch, settings
):
    waiting_listings(3)
    actor = moderator()
    old, young, running = (chosen(actor) for _time in range(3))
    for run in (old, young):
        cancel_bulk(run_id=run.pk, reason="x", actor=actor)
    long_ago = clock.now() - timedelta(days=settings.BULK_KEPT_DAYS, seconds=1)
    BulkRun.objects.filter(pk=old.pk).update(finished_at=long_ago)
    BulkRun.objects.filter(pk=running.pk).update(requested_at=long_ago)
    monkeypatch.setattr(bulk, "FORGOTTEN_ROWS_MAX", 2)

    assert forget_bulk_runs() == "0 forgotten, 2 rows"
    assert forget_bulk_runs() == "1 forgotten, 1 rows"
    assert forget_bulk_runs() == "0 forgotten, 0 rows"

    assert set(BulkRun.objects.all()) == {young, running}
    assert BulkRow.objects.count() == 6
    assert LoggedEvent.objects.filter(aggregate="bulk", aggregate_id=str(old.pk)).exists()
    assert broken_invariants() == []


def test_every_action_names_a_duty_and_a_model_with_a_page():
    for action in ACTIONS.values():
        assert action.duty
        assert action.model.count(".") == 1


def _replace(monkeypatch, name: str, decide) -> None:
    action = ACTIONS[name]
    replaced = type(action)(action.label, action.duty, action.model, decide)
    monkeypatch.setitem(ACTIONS, name, replaced)  # type: ignore[arg-type]
