"""Recording events and running their deliveries: at-least-once transport, exactly-once effect.

`record` writes the event and one `Delivery` per subscribed handler in the caller's transaction and
hints the queue after commit. `run_delivery` claims a delivery in a transaction of its own (so that
a worker's death counts as an attempt), runs the handler and marks it done in the handler's own
transaction. What a lost hint, a killed worker or a failure leaves behind, the sweeper finds by
`next_attempt_at`. This module knows no queue: `settings.OUTBOX_WAKE` names the function that hints.
"""

import logging
import random
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.events import (
    REGISTRY,
    DeliveryDiscarded,
    DeliveryRetried,
    Event,
    EventMeta,
)
from marketplace.shared.heartbeat import heartbeat
from marketplace.shared.models import Delivery, DeliveryStatus, LoggedEvent
from marketplace.shared.request_context import current_request_id
from marketplace.shared.rows import change, fetch, insert

logger = logging.getLogger(__name__)

type Handler = Callable[[Any, EventMeta], None]
# Deliveries that one worker runs in turn, and their queue.
type Hint = tuple[Sequence[int], str]

ATTEMPTS_MAX = 8
BACKOFF_FIRST_S = 5
BACKOFF_LONGEST_S = 3600
# While a handler runs, its delivery looks undue for this long; a dead worker's comes due then. Work
# outside a transaction may take longer: a heartbeat renews it.
LEASE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A handler's place in `tasks/subscriptions.py`.

    `external` handlers call the outside world: they run outside any transaction, open their own,
    and must be safe to repeat (`EventMeta.delivery_key` is the idempotency key to send along).
    """

    handler: Handler
    queue: str = "default"
    external: bool = False

    @property
    def name(self) -> str:
        """`payouts.open_earnings` for `marketplace.payouts.handlers.open_earnings`."""
        module = self.handler.__module__.removeprefix("marketplace.").removesuffix(".handlers")
        return f"{module}.{self.handler.__name__}"


def record(
    event: Event,
    *,
    actor: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    occurred_at: datetime | None = None,
    due_at: datetime | None = None,
) -> LoggedEvent:
    """Write the fact and what it owes to its handlers; must run in the command's transaction.

    `due_at` postpones the deliveries (a step to be taken later); the fact itself is true now.
    """
    instant = clock.now()
    logged = LoggedEvent(
        name=event.name,
        aggregate=event.aggregate,
        aggregate_id=event.aggregate_id,
        payload=event.payload(),
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        request_id=current_request_id.get(),
        occurred_at=occurred_at or instant,
    )
    owed = subscriptions().get(event.name, ())
    deliveries = [
        Delivery(
            event_id=logged.pk, handler=s.name, queue=s.queue, next_attempt_at=due_at or instant
        )
        for s in owed
    ]
    insert([logged], numbered=deliveries)
    if deliveries and (due_at is None or due_at <= instant):
        transaction.on_commit(lambda: _wake(_hints(deliveries, owed)))
    return logged


def _hints(deliveries: Sequence[Delivery], owed: Sequence[Subscription]) -> list[Hint]:
    """Quick handlers of one fact share a hint; whoever calls the outside keeps nobody waiting."""
    hints: dict[tuple[str, int | None], list[int]] = {}
    for delivery, subscription in zip(deliveries, owed, strict=True):
        alone = delivery.pk if subscription.external else None
        hints.setdefault((delivery.queue, alone), []).append(delivery.pk)
    return [(ids, queue) for (queue, _alone), ids in hints.items()]


def due_deliveries(
    *,
    now: datetime,
    limit: int,
    besides: Collection[int] = (),
    besides_queues: Collection[str] = (),
) -> list[tuple[int, str]]:
    """Deliveries that nobody works on and whose time has come, oldest first: (id, queue).

    Those with the ids `besides`, and those of some queues, are left out.
    """
    rows = Delivery.objects.filter(status=DeliveryStatus.PENDING, next_attempt_at__lte=now)
    rows = rows.exclude(queue__in=besides_queues) if besides_queues else rows
    oldest = rows.order_by("next_attempt_at").values_list("pk", "queue")
    # Read past them: thousands of ids in a statement cost more than the rows that they leave out.
    found = oldest[: limit + len(besides)]
    return [(pk, queue) for pk, queue in found if pk not in besides][:limit]


def run_delivery(delivery_id: int) -> bool:
    """Run one delivery if it is due; True where its handler's effect is now committed."""
    claimed = _claim(delivery_id)
    if claimed is None:
        return False
    delivery, subscription = claimed
    logged = delivery.event
    event = REGISTRY[logged.name].from_payload(logged.payload)
    meta = EventMeta(
        event_id=logged.pk,
        occurred_at=logged.occurred_at,
        actor=Actor(ActorKind(logged.actor_kind), logged.actor_id, logged.actor_label),
        request_id=logged.request_id,
        delivery_key=f"{logged.pk}:{delivery.handler}",
    )
    token = current_request_id.set(logged.request_id or f"delivery-{delivery.pk}")
    try:
        if subscription.external:
            with heartbeat(partial(_renew, delivery), every=LEASE / 3):
                subscription.handler(event, meta)
            with transaction.atomic():
                _mark_done(delivery)
        else:
            with transaction.atomic():
                if _mark_done(delivery):
                    subscription.handler(event, meta)
    except Exception:  # A handler may fail in any way; its failure is kept, shown and retried.
        _mark_failed(delivery, traceback.format_exc(limit=20))
        return False
    finally:
        current_request_id.reset(token)
    return True


@transaction.atomic
def retry(*, delivery_id: int, actor: Actor) -> None:
    """Give a dead delivery a new life; a no-op where it is not dead any more."""
    revived = Delivery.objects.filter(pk=delivery_id, status=DeliveryStatus.DEAD).update(
        status=DeliveryStatus.PENDING,
        attempts=0,
        next_attempt_at=clock.now(),
        finished_at=None,
        closing_reason=f"retried by {actor.label or actor.id}",
    )
    if revived:
        record(DeliveryRetried(delivery_id=delivery_id), actor=actor)
        _hint_again(delivery_id)


@transaction.atomic
def hasten(*, delivery_id: int, actor: Actor) -> None:
    """Try a delivery that failed at once, instead of when its time comes; a no-op where it is near.

    Only one whose next attempt is further away than a lease: no worker can be busy with it.
    """
    now = clock.now()
    waiting = Delivery.objects.filter(
        pk=delivery_id, status=DeliveryStatus.PENDING, next_attempt_at__gt=now + LEASE
    )
    if waiting.exclude(last_error="").update(next_attempt_at=now):
        record(DeliveryRetried(delivery_id=delivery_id), actor=actor)
        _hint_again(delivery_id)


def _hint_again(delivery_id: int) -> None:
    queue = Delivery.objects.values_list("queue", flat=True).get(pk=delivery_id)
    transaction.on_commit(lambda: _wake([([delivery_id], queue)]))


@transaction.atomic
def discard(*, delivery_id: int, actor: Actor, reason: str) -> None:
    """Give a dead delivery up, saying why; a no-op where it is not dead any more."""
    discarded = Delivery.objects.filter(pk=delivery_id, status=DeliveryStatus.DEAD).update(
        status=DeliveryStatus.DISCARDED,
        closing_reason=f"{actor.label or actor.id}: {reason}",
        finished_at=clock.now(),
    )
    if discarded:
        record(DeliveryDiscarded(delivery_id=delivery_id, reason=reason), actor=actor)


def is_given_up(event: type[Event], *, aggregate_id: str) -> bool:
    """Whether no delivery of such a fact about this thing is done or will be: all are dead or discarded."""
    owed = Delivery.objects.filter(
        event__aggregate=event.aggregate, event__aggregate_id=aggregate_id, event__name=event.name
    )
    return not owed.exclude(status__in=[DeliveryStatus.DEAD, DeliveryStatus.DISCARDED]).exists()


@lru_cache(maxsize=1)
def subscriptions() -> dict[str, tuple[Subscription, ...]]:
    """The subscription table by event name, from `settings.OUTBOX_SUBSCRIPTIONS`."""
    table: Mapping[type[Event], Sequence[Subscription]] = import_string(
        settings.OUTBOX_SUBSCRIPTIONS
    )
    return {event.name: tuple(owed) for event, owed in table.items()}


_EVENT_COLUMNS = (
    "id", "name", "payload", "actor_kind", "actor_id", "actor_label", "request_id", "occurred_at",
)  # fmt: skip
_CLAIM = """
    UPDATE shared_delivery d SET attempts = d.attempts + 1, next_attempt_at = %(until)s
    FROM shared_loggedevent e
    WHERE e.id = d.event_id AND d.id = (
        SELECT id FROM shared_delivery
        WHERE id = %(id)s AND status = 'pending' AND next_attempt_at <= %(now)s
        FOR UPDATE SKIP LOCKED
    )
    RETURNING d.handler, d.attempts, d.last_error,
        e.id, e.name, e.payload, e.actor_kind, e.actor_id, e.actor_label, e.request_id, e.occurred_at
"""


def _claim(delivery_id: int) -> tuple[Delivery, Subscription] | None:
    """Take the delivery for `LEASE`, counting the attempt before it is made."""
    now = clock.now()
    claimed = fetch(_CLAIM, id=delivery_id, now=now, until=now + LEASE)
    if not claimed:
        return None
    handler, attempts, last_error, *event = claimed[0]
    delivery = Delivery(pk=delivery_id, handler=handler, attempts=attempts, last_error=last_error)
    delivery.event = LoggedEvent(**dict(zip(_EVENT_COLUMNS, event, strict=True)))
    delivery.event.payload = orjson.loads(delivery.event.payload)
    owed = subscriptions().get(delivery.event.name, ())
    subscription = next((s for s in owed if s.name == handler), None)
    if subscription is None or attempts > ATTEMPTS_MAX:
        reason = last_error or "the worker died at every attempt"
        _bury(delivery, reason if subscription else f"no handler is called {handler}")
        return None
    return delivery, subscription


def _renew(delivery: Delivery) -> None:
    """Its worker lives: nobody else takes it for another LEASE."""
    Delivery.objects.filter(
        pk=delivery.pk, status=DeliveryStatus.PENDING, attempts=delivery.attempts
    ).update(next_attempt_at=clock.now() + LEASE)


def _mark_done(delivery: Delivery) -> bool:
    """Mark it done unless somebody else did; the row stays locked until the handler's commit."""
    done = """
        UPDATE shared_delivery SET status = 'done', finished_at = %s, last_error = ''
        WHERE id = %s AND status = 'pending' AND attempts = %s
    """
    return bool(change(done, clock.now(), delivery.pk, delivery.attempts))


def _mark_failed(delivery: Delivery, error: str) -> None:
    logger.warning("delivery %s to %s failed\n%s", delivery.pk, delivery.handler, error)
    if delivery.attempts >= ATTEMPTS_MAX:
        _bury(delivery, error)
        return
    delay_s = min(BACKOFF_FIRST_S * 2 ** (delivery.attempts - 1), BACKOFF_LONGEST_S)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
    Delivery.objects.filter(
        pk=delivery.pk, status=DeliveryStatus.PENDING, attempts=delivery.attempts
    ).update(last_error=error, next_attempt_at=clock.now() + timedelta(seconds=delay_s * jitter))


def _bury(delivery: Delivery, error: str) -> None:
    Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.PENDING).update(
        status=DeliveryStatus.DEAD,
        attempts=min(delivery.attempts, ATTEMPTS_MAX),
        last_error=error,
        finished_at=clock.now(),
    )


def _wake(hints: list[Hint]) -> None:
    """Hint the queue. A queue that is down must not undo or slow what is already committed."""
    try:
        import_string(settings.OUTBOX_WAKE)(hints)
    except (
        Exception
    ):  # Whatever the broker's client raises: the sweeper delivers what was not hinted.
        logger.warning("the queue did not take a hint; the sweeper will", exc_info=True)
