"""What stands on the system page and among the dead letters."""

from typing import Any

from marketplace.shared import clock
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
