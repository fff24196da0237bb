"""A subscription table for the outbox's own tests: handlers that count, fail, or are slow."""

import os
import signal
import time

from django.db import connection
from django.db.models import F

from marketplace.shared.events import EventMeta
from marketplace.shared.models import Heartbeat
from marketplace.shared.outbox import Hint, Subscription
from tests.factories.ledger import SomethingHappened

PAUSE_S = 0.3


def count_effect(event: SomethingHappened, meta: EventMeta) -> None:
    """One effect in the database; `note` says how to go wrong after it."""
    _created = Heartbeat.objects.get_or_create(name="effects", defaults={"interval_s": 0})
    Heartbeat.objects.filter(name="effects").update(interval_s=F("interval_s") + 1)
    if event.note == "fail":
        raise RuntimeError("the handler failed after its effect")
    if event.note == "slow":
        time.sleep(PAUSE_S)
    if os.environ.get("HANG_IN_HANDLER"):
        signal.pause()


def call_outside(event: SomethingHappened, meta: EventMeta) -> None:
    """An external effect must not hold a transaction open."""
    if connection.in_atomic_block and event.note == "outside":
        raise RuntimeError("called inside a transaction")


def effects() -> int:
    beat = Heartbeat.objects.filter(name="effects").first()
    return beat.interval_s if beat else 0


def count_again(event: SomethingHappened, meta: EventMeta) -> None:
    """A second effect of the same fact, which never fails."""
    _created = Heartbeat.objects.get_or_create(name="again", defaults={"interval_s": 0})
    Heartbeat.objects.filter(name="again").update(interval_s=F("interval_s") + 1)


def effects_again() -> int:
    beat = Heartbeat.objects.filter(name="again").first()
    return beat.interval_s if beat else 0


hinted: list[Hint] = []


def remember(hints: list[Hint]) -> None:
    """In place of a queue: what it would have been told."""
    hinted.extend(hints)


TABLE = {SomethingHappened: [Subscription(count_effect)]}
EXTERNAL_TABLE = {SomethingHappened: [Subscription(call_outside, queue="bulk", external=True)]}
MIXED_TABLE = {
    SomethingHappened: [
        Subscription(count_effect),
        Subscription(call_outside, external=True),
        Subscription(count_again),
    ]
}
