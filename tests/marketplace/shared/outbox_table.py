"""A subscription table for the outbox's own tests: handlers that count, fail, or are slow."""

import os
import time

from django.db import connection
from django.db.models import F

from marketplace.shared.events import EventMeta
from marketplace.shared.models import Heartbeat
from marketplace.shared.outbox import Subscription
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
        time.sleep(60)


def call_outside(event: SomethingHappened, meta: EventMeta) -> None:
    """An external effect must not hold a transaction open."""
    if connection.in_atomic_block and event.note == "outside":
        raise RuntimeError("called inside a transaction")


def effects() -> int:
    beat = Heartbeat.objects.filter(name="effects").first()
    return beat.interval_s if beat else 0


TABLE = {SomethingHappened: [Subscription(count_effect)]}
EXTERNAL_TABLE = {SomethingHappened: [Subscription(call_outside, queue="bulk", external=True)]}
