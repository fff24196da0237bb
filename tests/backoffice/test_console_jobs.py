"""The page of background jobs: what waits, runs, is scheduled and failed, and what may be done about it."""

import sys
from datetime import timedelta
from functools import partial

import pytest
import redis
from django.urls import reverse
from django_q.models import Failure
from django_q.tasks import async_task

from marketplace.shared import clock, outbox
from marketplace.shared.models import Delivery, DeliveryStatus, LoggedEvent
from tasks import at_work
from tasks.brokers import broker
from tasks.outbox import DELIVER
from tasks.queued import backlog
from tasks.schedules import SWEEPS, sync_schedules
from tests.backoffice.console_pages import decide, said, signed_in
from tests.factories.system import a_dead_letter, a_failed_job
from tests.patience import wait_until
from tests.proof.test_kills_of_workers import COUNTING, a_cluster, is_at_work, something_happens

pytestmark = pytest.mark.django_db
JOBS = "/console/jobs/"
FIRST = SWEEPS[0].name
QUERIES_MAX = 15


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


def page_of_jobs(client):
    return client.get(JOBS).context["page"]


def notices(client) -> str:
    return " ".join(str(text) for _level, text in page_of_jobs(client).notices)


def table(client, title: str) -> list[list[str]]:
    found = next(one for one in page_of_jobs(client).main if str(one.title) == title)
    return [[str(value) for value in row] for row in found.rows]


def failing(**changes) -> Delivery:
    return a_dead_letter(status=DeliveryStatus.PENDING, finished_at=None, attempts=7, **changes)


# --- What it shows ---


def test_what_waits_in_valkey_is_shown_with_its_depth_and_age_and_stays_there(client):
    letter = a_dead_letter()
    async_task(DELIVER, letter.pk, broker=broker("default"), save=False)
    async_task(DELIVER, letter.pk, broker=broker("bulk"), save=False)
    signed_in(client, "operations_lead")

    depths = {row[0]: row[2] for row in table(client, "Queues")}
    waiting = table(client, "Waiting in the queues")

    assert depths == {"default": "1", "bulk": "1"}
    assert [letter.handler in row[0] for row in waiting] == [True, True]
    assert backlog("default").depth == backlog("bulk").depth == 1


def test_a_queue_without_a_living_worker_is_said_in_red(client):
    signed_in(client, "operations_lead")

    assert "No worker of the queue default gives a sign of life" in notices(client)
    at_work._me.begin_beating()
    assert "queue default" not in notices(client)
    assert "No worker of the queue bulk gives a sign of life" in notices(client)


def test_a_jam_is_said_with_how_long_the_oldest_waits(client, monkeypatch):
    async_task(DELIVER, 1, broker=broker("default"), save=False)
    signed_in(client, "operations_lead")
    assert "waits for" not in notices(client)

    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=12))

    assert "The oldest job of the queue default waits for 12" in notices(client)


def test_what_failed_and_is_tried_again_stands_there_and_a_dead_letter_does_not(client):
    waits = failing(handler="payouts.open_earnings")
    a_dead_letter(handler="notifications.welcome")
    signed_in(client, "operations_lead")

    (row,) = table(client, "Failed and tried again by itself")

    assert waits.handler in row[0]
    assert row[3] == "ValueError: boom"


def test_the_page_stands_while_valkey_is_away(client, monkeypatch):
    sync_schedules()
    signed_in(client, "operations_lead")
    monkeypatch.setattr("backoffice.jobs.backlog", partial(_away))

    assert "Valkey does not answer" in notices(client)
    assert len(table(client, "Schedules")) == len(SWEEPS)


def _away(queue: str) -> None:
    raise redis.ConnectionError


def test_the_page_asks_the_database_as_often_for_much_as_for_little(
    client, django_assert_max_num_queries
):
    sync_schedules()
    for _time in range(20):
        failing()
        letter = a_dead_letter()
        async_task(DELIVER, letter.pk, broker=broker("default"), save=False)
        at_work.watched(at_work.DELIVERIES, [letter.pk], lambda: 1)
    signed_in(client, "administrator")
    client.get(JOBS)

    with django_assert_max_num_queries(QUERIES_MAX):
        assert client.get(JOBS).status_code == 200


# --- Schedules ---


def test_a_schedule_is_started_once_by_who_has_the_duty(client):
    sync_schedules()
    address = reverse("admin:shared_heartbeat_decide", args=[FIRST, "run"])
    signed_in(client, "operations_lead")

    assert client.get(JOBS).content.decode().count(f'action="{address}"') == 1
    assert "as soon as a worker is free" in said(client.post(address, {"next": JOBS}))
    assert "It was asked for a moment ago" in said(client.post(address, {"next": JOBS}))
    assert backlog("default").depth == 1
    assert LoggedEvent.objects.filter(name="tasks.sweep_asked.v1").count() == 1


def test_who_only_sees_the_system_starts_nothing_and_reads_no_traceback(client, monkeypatch):
    sync_schedules()
    job = a_failed_job()
    person = signed_in(client, "operations_lead")
    duties = person.groups.get().permissions
    duties.remove(duties.get(codename="run_jobs"))

    page = client.get(f"/console/django_q/task/{job.pk}/change/").content.decode()

    assert "ValueError: boom" in page
    assert "Traceback (most recent call last)" not in page
    assert decide(client, job, "retry").status_code == 403
    address = reverse("admin:shared_heartbeat_decide", args=[FIRST, "run"])
    assert address not in client.get(JOBS).content.decode()
    assert client.post(address).status_code == 403
    assert backlog("default").depth == 0


# --- Failed jobs ---


def test_a_failed_job_shows_its_traceback_and_is_run_again(client):
    job, other = a_failed_job(), a_failed_job()
    signed_in(client, "operations_lead")
    address = f"/console/django_q/task/{job.pk}/change/"
    assert "Traceback (most recent call last)" in client.get(address).content.decode()

    response = decide(client, job, "retry", next=address)

    assert str(other.pk) in response["Location"]
    assert backlog("default").depth == 1
    again = decide(client, job, "retry", next=address)
    assert again.status_code == 302
    assert "Somebody else has decided" in said(again)
    assert backlog("default").depth == 1


def test_the_last_failed_job_leads_back_to_the_list_and_not_to_where_it_was(client):
    job = a_failed_job()
    signed_in(client, "operations_lead")
    address = f"/console/django_q/task/{job.pk}/change/"

    response = decide(client, job, "give_up", reason="A mistake of ours.", next=address)

    assert client.get(response["Location"]).status_code == 200
    assert not Failure.objects.exists()


def test_many_failed_jobs_are_given_up_with_one_reason(client):
    chosen = [a_failed_job(), a_failed_job()]
    kept = a_failed_job()
    signed_in(client, "administrator")
    address = reverse("admin:backoffice_failedjob_many", args=["give_up"])
    answers = {"chosen": [one.pk for one in chosen], "decided": "1", "reason": "An outage."}

    assert "2 are done." in said(client.post(address, answers))

    assert [one.pk for one in Failure.objects.all()] == [kept.pk]
    events = LoggedEvent.objects.filter(name="tasks.job_given_up.v1")
    assert {event.payload["reason"] for event in events} == {"An outage."}


# --- Deliveries that wait long for their next attempt ---


def test_a_delivery_that_waits_long_is_tried_at_once_and_the_log_says_by_whom(client):
    delivery = failing(next_attempt_at=clock.now() + timedelta(minutes=40))
    signed_in(client, "operations_lead")

    decide(client, delivery, "hasten")
    decide(client, delivery, "hasten")

    delivery.refresh_from_db()
    assert delivery.next_attempt_at <= clock.now()
    assert delivery.attempts == 7
    assert LoggedEvent.objects.filter(name="shared.delivery_retried.v1").count() == 1


def test_one_that_a_worker_may_be_busy_with_is_left_alone(client):
    delivery = failing(next_attempt_at=clock.now() + timedelta(seconds=100))
    signed_in(client, "operations_lead")

    decide(client, delivery, "hasten")

    delivery.refresh_from_db()
    assert delivery.next_attempt_at > clock.now() + timedelta(seconds=90)


# --- With real workers ---


@pytest.fixture
def _handlers_that_hang(settings):
    settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.TABLE"
    outbox.subscriptions.cache_clear()
    yield
    outbox.subscriptions.cache_clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_handlers_that_hang")
def test_a_real_worker_is_seen_alive_then_busy_and_killed_it_is_seen_dead(client, monkeypatch):
    signed_in(client, "operations_lead")
    with a_cluster([sys.executable, "-c", COUNTING], HANG_IN_HANDLER="1"):
        wait_until(at_work.workers)
        assert "No worker of the queue default" not in notices(client)
        delivery = something_happens()
        wait_until(partial(is_at_work, delivery))
        (row,) = table(client, "Running now")
        assert "Running" in row[1]
        # Leaving the block kills the cluster and all its workers, as a power cut does.

    monkeypatch.setattr(at_work, "SILENT_AFTER", timedelta(0))
    (row,) = table(client, "Running now")
    assert "No sign of life" in row[1]
    assert f"in the middle of a job: {row[3]}" in notices(client)
    assert "No worker of the queue default" in notices(client)
