"""What stands on the pages of the system and of its jobs, and among the dead letters."""

from typing import Any

from django_q.models import Task

from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from marketplace.shared.models import Delivery, DeliveryStatus, Heartbeat, InvariantResult
from tests.factories.ledger import a_fact


def a_dead_letter(**changes: Any) -> Delivery:
    now = clock.now()
    values = {
        "event": a_fact(),
        "handler": "payouts.open_earnings",
        "status": DeliveryStatus.DEAD,
        "attempts": 8,
        "next_attempt_at": now,
        "finished_at": now,
        "last_error": "Traceback\nValueError: boom",
    }
    return Delivery.objects.create(**{**values, **changes})


def a_running_system() -> None:
    now = clock.now()
    Heartbeat.objects.create(
        name="outbox.sweep", interval_s=60, last_succeeded_at=now, last_result="0"
    )
    InvariantResult.objects.create(
        name="ledger.entries_balanced", counted=10, differing=0, checked_at=now
    )


def a_failed_job(**changes: Any) -> Task:
    """As django-q2 keeps one that raised."""
    now = clock.now()
    values = {
        "id": uuid7().hex,
        "name": "quiet-zebra",
        "func": "tasks.schedules.run_sweep",
        "args": ("ledger.seal",),
        "kwargs": {},
        "group": "ledger.seal",
        "started": now,
        "stopped": now,
        "success": False,
        "result": 'boom : Traceback (most recent call last):\n  File "x.py", line 1\nValueError: boom\n',
    }
    return Task.objects.create(**{**values, **changes})
