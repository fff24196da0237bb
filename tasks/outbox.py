"""The outbox over django-q2: hints go through Valkey, the truth stays in `Delivery`."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from django_q.brokers import Broker, get_broker
from django_q.tasks import async_task

from marketplace.shared import clock
from marketplace.shared.outbox import due_deliveries, run_delivery

SWEEP_MAX = 2_000


def wake(hints: Sequence[tuple[int, str]]) -> None:
    """Tell the workers of each queue which deliveries wait: `settings.OUTBOX_WAKE`."""
    by_queue = defaultdict(list)
    for delivery_id, queue in hints:
        by_queue[queue].append(delivery_id)
    for queue, delivery_ids in by_queue.items():
        basket = _Basket(broker(queue).list_key)
        for delivery_id in delivery_ids:
            async_task("tasks.outbox.deliver", delivery_id, broker=basket, save=False)
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


def deliver(delivery_id: int) -> bool:
    """What a worker runs for one hint; a hint that came twice or too late does nothing."""
    return run_delivery(delivery_id)


def sweep() -> int:
    """Hint again whatever is due: lost hints, killed workers, retries. Returns how many."""
    due = due_deliveries(now=clock.now(), limit=SWEEP_MAX)
    wake(due)
    return len(due)
