"""The outbox over django-q2: hints go through Valkey, the truth stays in `Delivery`."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from django_q.brokers import Broker, get_broker
from django_q.tasks import async_task

from marketplace.shared import clock
from marketplace.shared.outbox import Hint, due_deliveries, run_delivery

SWEEP_MAX = 2_000


def wake(hints: Sequence[Hint]) -> None:
    """Tell the workers of each queue which deliveries wait: `settings.OUTBOX_WAKE`."""
    by_queue = defaultdict(list)
    for delivery_ids, queue in hints:
        by_queue[queue].append(delivery_ids)
    for queue, tasks in by_queue.items():
        basket = _Basket(broker(queue).list_key)
        for delivery_ids in tasks:
            async_task("tasks.outbox.deliver", *delivery_ids, broker=basket, save=False)
        broker(queue).connection.rpush(basket.list_key, *basket.packs)


class _Basket:
    """Stands before a broker while q2 packs hints, so that they leave in one command."""

    def __init__(self, list_key: str) -> None:
        self.list_key = list_key
        self.packs: list[str] = []

    def enqueue(self, pack: str) -> int:
        self.packs.append(pack)
        return len(self.packs)


@cache
def broker(queue: str) -> Broker:
    """The process's own, with its connections; q2 would open a new one for every hint."""
    return get_broker(queue)


def deliver(*delivery_ids: int) -> int:
    """What a worker runs for one hint; returns how many it delivered.

    A hint that came twice or too late does nothing, and one that fails stops no other. What a
    worker that is killed here has not begun, the sweeper hints again.
    """
    return sum(run_delivery(delivery_id) for delivery_id in delivery_ids)


def sweep() -> int:
    """Hint again whatever is due: lost hints, killed workers, retries. Returns how many."""
    due = due_deliveries(now=clock.now(), limit=SWEEP_MAX)
    wake([([delivery_id], queue) for delivery_id, queue in due])
    return len(due)
