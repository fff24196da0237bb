"""What the sweep hints: what is due and stands in no queue; what merely waits for its turn is let be."""

from datetime import timedelta

import pytest
from django_q.tasks import async_task

from marketplace.shared import clock
from marketplace.shared.models import Delivery, DeliveryStatus
from tasks import at_work, outbox
from tasks.brokers import broker
from tasks.outbox import DELIVER, sweep, wake
from tasks.queued import backlog, depth
from tests.factories.system import a_dead_letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_queues():
    yield
    for queue in at_work.queues():
        broker(queue).purge_queue()


def a_delivery(*, due_s: int = 0, queue: str = "default") -> int:
    """One that waits, due so many seconds from now."""
    return a_dead_letter(
        status=DeliveryStatus.PENDING,
        attempts=0,
        finished_at=None,
        last_error="",
        queue=queue,
        next_attempt_at=clock.now() + timedelta(seconds=due_s),
    ).pk


def hinted(queue: str = "default") -> list[tuple]:
    return [one.arguments for one in backlog(queue).first]


def test_what_waits_in_its_queue_is_not_hinted_twice_however_often_it_sweeps():
    waits, lost, later = a_delivery(due_s=-9), a_delivery(due_s=-5), a_delivery(due_s=60)
    elsewhere = a_delivery(due_s=-9, queue="bulk")
    wake([([waits], "default"), ([elsewhere], "bulk")])

    assert [sweep() for _time in range(3)] == [1, 0, 0]

    assert hinted() == [(waits,), (lost,)]
    assert hinted("bulk") == [(elsewhere,)]
    assert (later,) not in hinted()


def test_a_hint_that_was_lost_is_given_again_whatever_else_stands_in_the_queue():
    lost, queue = a_delivery(due_s=-1), broker("default")
    wake([([lost], "default")])
    queue.purge_queue()
    queue.connection.rpush(queue.list_key, b"no pack of ours")

    assert sweep() == 1
    assert hinted() == [(), (lost,)]


def test_older_ones_that_wait_keep_no_lost_one_from_being_found(monkeypatch):
    waiting = [a_delivery(due_s=-100) for _time in range(3)]
    lost = a_delivery(due_s=-1)
    wake([(waiting, "default")])
    monkeypatch.setattr(outbox, "SWEEP_MAX", 1)

    assert sweep() == 1
    assert hinted()[-1] == (lost,)


def test_a_queue_longer_than_it_reads_is_left_alone_and_another_is_not(monkeypatch):
    monkeypatch.setattr(outbox, "OPENED_MAX", 2)
    for number in range(3):
        async_task(DELIVER, -number, broker=broker("bulk"), save=False)
    a_delivery(due_s=-9, queue="bulk")
    here = a_delivery(due_s=-9)

    assert sweep() == 1
    assert hinted() == [(here,)]
    assert depth("bulk") == 3


def test_deliveries_that_are_done_are_not_hinted():
    Delivery.objects.filter(pk=a_delivery(due_s=-9)).update(
        status=DeliveryStatus.DONE, finished_at=clock.now()
    )

    assert sweep() == 0
