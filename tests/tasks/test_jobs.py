"""Background work as people see and steer it: told by workers, run again, given up, started by hand."""

from datetime import timedelta

import pytest
import redis
from django_q.models import Failure, Schedule, Task
from django_q.tasks import async_task

from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import Heartbeat, LoggedEvent
from tasks import at_work, jobs, schedules
from tasks.brokers import broker
from tasks.errors import JobGone, QueueAway, SweepAlreadyAsked, SweepUnknown
from tasks.outbox import DELIVER, deliver
from tasks.queued import backlog
from tasks.schedules import SWEEPS, run_sweep, sync_schedules
from tests.factories.accounts import a_staff_member
from tests.factories.system import a_failed_job

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("tests")
FIRST = SWEEPS[0].name


@pytest.fixture(autouse=True)
def _fresh_worker(monkeypatch):
    """This process as a worker that has not told of itself yet; its heart stops with the test."""
    me = at_work._Me()
    monkeypatch.setattr(at_work, "_me", me)
    yield
    me._beats.close()


@pytest.fixture(autouse=True)
def _empty_queues():
    yield
    for queue in at_work.queues():
        broker(queue).purge_queue()


def waiting() -> list[tuple]:
    return [(one.function, one.arguments) for one in backlog("default").first]


def events(name: str) -> list[LoggedEvent]:
    return list(LoggedEvent.objects.filter(name=name))


# --- What waits ---


def test_looking_at_a_queue_takes_nothing_out_of_it_and_finds_the_oldest_first():
    async_task(DELIVER, 1, broker=broker("default"), save=False)
    async_task(DELIVER, 2, 3, broker=broker("default"), save=False)

    looks = [backlog("default", shown_max=1) for _time in range(3)]

    assert [(one.depth, one.first[0].arguments) for one in looks] == [(2, (1,))] * 3
    assert clock.now() - looks[0].oldest_at < timedelta(minutes=1)
    assert waiting() == [(DELIVER, (1,)), (DELIVER, (2, 3))]


def test_a_message_that_we_did_not_sign_is_shown_as_such_and_never_unpacked():
    broker("default").enqueue(b"gANjcG9zaXgKc3lzdGVtCg==:1abc:forged")

    assert waiting() == [("", ())]


# --- What workers tell ---


def test_a_worker_tells_what_it_did_and_how_long_it_took():
    deliver(4711)

    (ended,) = at_work.lately()
    assert (ended.job, ended.about, ended.is_failed, ended.said) == (
        at_work.DELIVERIES, (4711,), False, "0",
    )  # fmt: skip
    hour = at_work.last_hour()["default"]
    assert (hour.done, hour.failed, hour.by_minute[-1]) == (1, 0, 1)


def test_while_it_is_busy_others_see_with_what_and_since_when():
    seen = []

    at_work.watched(at_work.SWEEP, ["x"], lambda: seen.extend(at_work.workers()))

    (busy,) = seen
    assert (busy.job, busy.about, busy.queue) == ("sweep", ("x",), "default")
    assert not busy.is_silent(clock.now())
    assert at_work.workers() == []


def test_what_a_job_died_of_is_told_even_of_a_timeout():
    def hang() -> None:
        raise SystemExit("Task exceeded maximum timeout value")

    with pytest.raises(SystemExit):
        at_work.watched(at_work.SWEEP, ["x"], hang)

    assert at_work.lately()[0].said == "SystemExit: Task exceeded maximum timeout value"
    assert at_work.last_hour()["default"].failed == 1


def test_a_worker_that_died_while_busy_stays_in_sight_for_an_hour_and_an_idle_one_does_not(
    monkeypatch,
):
    now = clock.now()
    at_work._me.begin_beating()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=5))
    assert at_work.workers() == []

    monkeypatch.setattr(clock, "now", lambda: now)
    at_work._me._doing = {"job": "sweep", "about": ["x"], "since": now.isoformat()}
    at_work._me._beat()
    at_work._me._doing = {}
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=5))
    (dead,) = at_work.workers()
    assert dead.is_silent(clock.now())
    assert at_work.forget_the_dead() == 0

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    assert at_work.forget_the_dead() == 1
    assert at_work.workers() == []


def test_work_goes_on_untold_where_valkey_is_away(monkeypatch):
    away = redis.Redis(port=1)
    monkeypatch.setattr(at_work, "_valkey", lambda: away)

    assert deliver(4711) == 0


# --- Schedules ---


def test_a_sweep_started_by_hand_is_queued_once_however_often_the_button_is_pressed():
    sync_schedules()

    jobs.run_sweep_now(name=FIRST, actor=ACTOR)
    with pytest.raises(SweepAlreadyAsked):
        jobs.run_sweep_now(name=FIRST, actor=ACTOR)

    assert waiting() == [(jobs.RUN_SWEEP, (FIRST,))]
    assert [event.aggregate_id for event in events("tasks.sweep_asked.v1")] == [FIRST]


def test_once_it_ran_or_nobody_heard_it_may_be_asked_for_again():
    sync_schedules()
    jobs.run_sweep_now(name=FIRST, actor=ACTOR)
    run_sweep(FIRST)
    jobs.run_sweep_now(name=FIRST, actor=ACTOR)
    Heartbeat.objects.update(asked_at=clock.now() - timedelta(minutes=3))

    jobs.run_sweep_now(name=FIRST, actor=ACTOR)

    assert len(waiting()) == 3


def test_a_schedule_that_does_not_exist_cannot_be_started():
    with pytest.raises(SweepUnknown):
        jobs.run_sweep_now(name="no.such", actor=ACTOR)


def test_where_the_queue_is_away_nothing_is_written(monkeypatch):
    def away(*args, **kwargs):
        raise redis.ConnectionError

    sync_schedules()
    monkeypatch.setattr("tasks.jobs.async_task", away)

    with pytest.raises(QueueAway):
        jobs.run_sweep_now(name=FIRST, actor=ACTOR)

    assert not events("tasks.sweep_asked.v1")
    assert Heartbeat.objects.get(name=FIRST).asked_at is None


def test_the_schedules_of_q2_say_when_they_strike_next():
    sync_schedules()

    assert jobs.next_runs() == dict(Schedule.objects.values_list("name", "next_run"))


# --- Failed jobs ---


def test_a_failed_job_is_queued_once_more_and_by_one_person_only():
    job = a_failed_job(func=jobs.RUN_SWEEP, args=(FIRST,), group=FIRST)

    jobs.retry_job(job_id=job.pk, actor=ACTOR)
    with pytest.raises(JobGone):
        jobs.retry_job(job_id=job.pk, actor=ACTOR)
    with pytest.raises(JobGone):
        jobs.give_up_job(job_id=job.pk, reason="Late.", actor=ACTOR)

    assert waiting() == [(jobs.RUN_SWEEP, (FIRST,))]
    assert not Failure.objects.exists()
    (event,) = events("tasks.job_retried.v1")
    assert (event.aggregate_id, event.payload["error"]) == (job.pk, "ValueError: boom")


def test_a_job_given_up_leaves_its_reason_in_the_log():
    job = a_failed_job()

    jobs.give_up_job(
        job_id=job.pk, reason=" Not  needed. ", actor=Actor.staff(a_staff_member().pk, "Asha")
    )

    assert not Failure.objects.exists()
    (event,) = events("tasks.job_given_up.v1")
    assert (event.payload["reason"], event.actor_label) == ("Not needed.", "Asha")
    assert waiting() == []


def test_a_sweep_that_works_again_settles_its_own_failures_and_no_others(monkeypatch):
    def explode() -> None:
        raise RuntimeError("no network")

    sync_schedules()
    mine = a_failed_job(func=jobs.RUN_SWEEP, args=(FIRST,), group=FIRST)
    other = a_failed_job(func=jobs.RUN_SWEEP, args=("else",), group="else")
    works = schedules._BY_NAME[FIRST]
    monkeypatch.setitem(schedules._BY_NAME, FIRST, schedules.Sweep(FIRST, explode, 1, ""))
    with pytest.raises(RuntimeError):
        run_sweep(FIRST)
    assert Failure.objects.filter(pk=mine.pk).exists()

    monkeypatch.setitem(schedules._BY_NAME, FIRST, works)
    run_sweep(FIRST)

    assert [one.pk for one in Failure.objects.all()] == [other.pk]


def test_failures_are_forgotten_after_a_month():
    a_failed_job(stopped=clock.now() - timedelta(days=31))
    kept = a_failed_job()

    assert jobs.forget_failures().startswith("1 failures")

    assert [one.pk for one in Task.objects.all()] == [kept.pk]
