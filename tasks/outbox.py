"""The outbox over django-q2: hints go through Valkey, the truth stays in `Delivery`."""

from collections import defaultdict
from collections.abc import Sequence

from django_q.tasks import async_task

from marketplace.shared import clock
from marketplace.shared.models import Delivery
from marketplace.shared.outbox import Hint, due_deliveries, run_delivery
from tasks.at_work import DELIVERIES, queues, watched
from tasks.brokers import broker
from tasks.queued import arguments_of

DELIVER = "tasks.outbox.deliver"
SWEEP_MAX = 2_000
# Of a queue's hints the sweeper opens so many; one is opened in some 20 µs.
OPENED_MAX = 10_000


def wake(hints: Sequence[Hint]) -> None:
    """Tell the workers of each queue which deliveries wait: `settings.OUTBOX_WAKE`."""
    by_queue = defaultdict(list)
    for delivery_ids, queue in hints:
        by_queue[queue].append(delivery_ids)
    for queue, tasks in by_queue.items():
        basket = _Basket(broker(queue).list_key)
        for delivery_ids in tasks:
            async_task(DELIVER, *delivery_ids, broker=basket, save=False)
        broker(queue).connection.rpush(basket.list_key, *basket.packs)


class _Basket:
    """Stands before a broker while q2 packs hints, so that they leave in one command."""

    def __init__(self, list_key: str) -> None:
        self.list_key = list_key
        self.packs: list[str] = []

    def enqueue(self, pack: str) -> int:
        self.packs.append(pack)
        return len(self.packs)


def deliver(*delivery_ids: int) -> int:
    """What a worker runs for one hint; returns how many it delivered.

    A hint that came twice or too late does nothing, and one that fails stops no other. What a
    worker that is killed here has not begun, the sweeper hints again.
    """
    return watched(DELIVERIES, delivery_ids, lambda: sum(map(run_delivery, delivery_ids)))


def hint_again(delivery_ids: Sequence[int]) -> None:
    """Hint deliveries once more, on their own queues; those that are settled do nothing."""
    rows = Delivery.objects.filter(pk__in=delivery_ids).values_list("pk", "queue")
    wake([([delivery_id], queue) for delivery_id, queue in rows])


def sweep() -> int:
    """Hint again whatever is due and waits in no queue: lost hints, killed workers, retries.

    What merely waits for its turn is not hinted twice: a backlog would feed itself. A queue that is
    longer than the sweeper reads is left alone until its workers are through with the most of it.
    Returns how many.
    """
    waiting: set[int] = set()
    full: set[str] = set()
    for queue in queues():
        hinted = arguments_of(queue, function=DELIVER, most=OPENED_MAX)
        if hinted is None:
            full.add(queue)
        else:
            waiting |= hinted
    due = due_deliveries(now=clock.now(), limit=SWEEP_MAX, besides=waiting, besides_queues=full)
    wake([([delivery_id], queue) for delivery_id, queue in due])
    return len(due)
