"""The queues in Valkey, as this process reaches them."""

from functools import cache

from django_q.brokers import Broker, get_broker


@cache
def broker(queue: str) -> Broker:
    """The process's own, with its connections; q2 would open a new one for every hint."""
    return get_broker(queue)
