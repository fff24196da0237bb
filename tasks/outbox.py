"""The outbox over django-q2: hints go through Valkey, the truth stays in `Delivery`."""

from collections.abc import Sequence
from functools import cache

from django_q.brokers import Broker, get_broker
from django_q.tasks import async_task

from marketplace.shared import clock
from marketplace.shared.outbox import due_deliveries, run_delivery

SWEEP_MAX = 2_000


def wake(hints: Sequence[tuple[int, str]]) -> None:
    """Tell the workers of each queue that a delivery waits: `settings.OUTBOX_WAKE`."""
    for delivery_id, queue in hints:
        async_task("tasks.outbox.deliver", delivery_id, broker=broker(queue), save=False)


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
