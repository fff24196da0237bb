"""At-least-once transport, exactly-once effect."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from marketplace.shared import clock, outbox
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus, LoggedEvent
from marketplace.shared.outbox import ATTEMPTS_MAX, record, run_delivery
from tasks.outbox import deliver, sweep
from tests import servers
from tests.deliveries import deliver_all
from tests.factories.ledger import SomethingHappened
from tests.marketplace.shared.outbox_table import effects, effects_again, hinted
from tests.patience import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = Actor.system("tests")


@pytest.fixture(autouse=True)
def _counting_handlers(settings):
    settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.TABLE"
    outbox.subscriptions.cache_clear()
    yield
    outbox.subscriptions.cache_clear()


def a_delivery(note: str = "") -> Delivery:
    with transaction.atomic():
        logged = record(SomethingHappened(thing_id="1", note=note), actor=ACTOR)
    return Delivery.objects.get(event=logged)


def make_due(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=clock.now())


def test_fact_and_delivery_live_or_die_with_the_transaction():
    with transaction.atomic():
        record(SomethingHappened(thing_id="1"), actor=ACTOR)
        transaction.set_rollback(True)

    assert not LoggedEvent.objects.exists()
    assert not Delivery.objects.exists()


def test_a_delivery_takes_effect_once_however_often_it_is_run():
    delivery = a_delivery()

    assert run_delivery(delivery.pk) is True
    assert run_delivery(delivery.pk) is False

    delivery.refresh_from_db()
    assert effects() == 1
    assert delivery.status == DeliveryStatus.DONE


def test_a_failing_handler_leaves_no_effect_but_its_error_and_a_later_time():
    delivery = a_delivery("fail")
    now = clock.now()

    with clock.at(now):
        assert run_delivery(delivery.pk) is False

    delivery.refresh_from_db()
    assert effects() == 0
    assert delivery.status == DeliveryStatus.PENDING
    assert "failed after its effect" in delivery.last_error
    assert delivery.next_attempt_at > now


def test_it_waits_longer_after_each_failure_and_ends_as_a_dead_letter():
    delivery = a_delivery("fail")
    waits = []

    with clock.at(clock.now()):
        for _attempt in range(ATTEMPTS_MAX):
            make_due(delivery)
            run_delivery(delivery.pk)
            delivery.refresh_from_db()
            waits.append(delivery.next_attempt_at - clock.now())

    assert delivery.status == DeliveryStatus.DEAD
    *after_failures, _dead = waits
    assert after_failures == sorted(after_failures)
    assert effects() == 0


def test_a_dead_letter_can_be_retried_or_discarded_with_a_reason():
    revived, given_up = a_delivery(), a_delivery()
    Delivery.objects.update(status=DeliveryStatus.DEAD, finished_at=clock.now(), attempts=8)

    outbox.retry(delivery_id=revived.pk, actor=ACTOR)
    outbox.discard(delivery_id=given_up.pk, actor=ACTOR, reason="sent by hand")
    deliver_all()

    given_up.refresh_from_db()
    assert effects() == 1
    assert given_up.status == DeliveryStatus.DISCARDED
    assert "sent by hand" in given_up.closing_reason


def test_the_sweeper_finds_what_was_never_hinted(settings):
    settings.OUTBOX_WAKE = "tests.no_such_queue.wake"

    delivery = a_delivery()

    settings.OUTBOX_WAKE = "tasks.outbox.wake"
    assert sweep() == 1
    assert run_delivery(delivery.pk) is True


def test_quick_handlers_of_a_fact_share_a_hint_and_one_that_calls_outside_has_its_own(settings):
    settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.MIXED_TABLE"
    settings.OUTBOX_WAKE = "tests.marketplace.shared.outbox_table.remember"
    outbox.subscriptions.cache_clear()
    hinted.clear()

    with transaction.atomic():
        logged = record(SomethingHappened(thing_id="1"), actor=ACTOR)

    quick, outside, again = logged.deliveries.order_by("pk").values_list("pk", flat=True)
    assert hinted == [([quick, again], "default"), ([outside], "default")]


def test_a_delivery_that_fails_stops_none_that_shares_its_hint(settings):
    settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.MIXED_TABLE"
    outbox.subscriptions.cache_clear()
    with transaction.atomic():
        logged = record(SomethingHappened(thing_id="1", note="fail"), actor=ACTOR)
    quick, _outside, again = logged.deliveries.order_by("pk").values_list("pk", flat=True)

    assert deliver(quick, again) == 1

    assert (effects(), effects_again()) == (0, 1)
    assert Delivery.objects.get(pk=quick).status == DeliveryStatus.PENDING


def test_an_external_handler_runs_outside_any_transaction(settings):
    settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.EXTERNAL_TABLE"
    outbox.subscriptions.cache_clear()

    delivery = a_delivery("outside")

    assert run_delivery(delivery.pk) is True


def test_a_postponed_delivery_waits_for_its_time():
    with transaction.atomic():
        record(
            SomethingHappened(thing_id="1"), actor=ACTOR, due_at=clock.now() + timedelta(hours=1)
        )

    assert deliver_all() == 0
    assert deliver_all(ahead=timedelta(hours=2)) == 1


def run_in_threads(delivery: Delivery, workers: int = 4) -> None:
    barrier = threading.Barrier(workers)

    def work() -> None:
        barrier.wait()
        try:
            run_delivery(delivery.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_workers_that_race_for_one_delivery_take_effect_once():
    delivery = a_delivery("slow")

    run_in_threads(delivery)

    assert effects() == 1


def test_control_without_claim_and_done_mark_the_race_takes_effect_more_than_once(monkeypatch):
    delivery = a_delivery("slow")
    subscription = outbox.subscriptions()[SomethingHappened.name][0]
    monkeypatch.setattr(outbox, "_claim", lambda _id: (delivery, subscription))
    monkeypatch.setattr(outbox, "_mark_done", lambda _delivery: True)

    run_in_threads(delivery)

    assert effects() > 1


WORKER = """
import django; django.setup()
from django.conf import settings
settings.OUTBOX_SUBSCRIPTIONS = "tests.marketplace.shared.outbox_table.TABLE"
from marketplace.shared.outbox import run_delivery
run_delivery({delivery_id})
"""


def is_past_its_effect() -> bool:
    """Its last statement is the effect, and its transaction stands open."""
    with servers.superuser() as postgres:
        rows = postgres.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction' AND query LIKE 'UPDATE%heartbeat%'"
        )
        return bool(rows.fetchone())


def kill_a_worker_in_the_middle_of(delivery: Delivery) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER.format(delivery_id=delivery.pk)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"HANG_IN_HANDLER": "1"},
    )
    wait_until(is_past_its_effect)
    worker.kill()
    worker.wait()


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_loses_nothing():
    delivery = a_delivery()
    kill_a_worker_in_the_middle_of(delivery)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, effects()) == (DeliveryStatus.PENDING, 1, 0)
    with clock.at(delivery.next_attempt_at - timedelta(seconds=1)):
        assert not run_delivery(delivery.pk), "its lease keeps others away for a while"

    make_due(delivery)
    assert run_delivery(delivery.pk)
    assert effects() == 1


def test_control_with_the_done_mark_before_the_handler_a_killed_worker_loses_the_effect():
    delivery = a_delivery()
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.DONE, finished_at=clock.now()
    )  # What marking first, in a transaction of its own, leaves when the worker dies after it.

    make_due(delivery)

    assert not run_delivery(delivery.pk)
    assert effects() == 0
