"""What a task looks like that relies on the queue alone; for a control."""

import signal

from marketplace.shared.models import Heartbeat

BEGUN = 7


def announce_and_hang() -> None:
    """Say that it has begun, and be killed before its effect."""
    Heartbeat.objects.create(name="effects", interval_s=BEGUN)
    signal.pause()
    Heartbeat.objects.filter(name="effects").update(interval_s=1)
