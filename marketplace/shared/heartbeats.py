"""The pulse of scheduled sweeps: a sweep that did not run must be seen, not missed."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from marketplace.shared import clock
from marketplace.shared.models import Heartbeat

# A sweep may skip a beat (a restart, a long predecessor); missing more is an alarm.
BEATS_MISSED_MAX = 3
# A wish that no worker heard in this time is lost; it may be said again.
ASKED_FOR = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pulse:
    name: str
    interval_s: int
    last_started_at: datetime | None
    last_succeeded_at: datetime | None
    last_result: str
    last_error: str
    is_overdue: bool


def run_with_pulse(*, name: str, sweep: Callable[[], object]) -> object:
    """Run a sweep and keep when it started, when it last succeeded, and what it said."""
    Heartbeat.objects.filter(name=name).update(last_started_at=clock.now())
    try:
        result = sweep()
    except Exception:
        Heartbeat.objects.filter(name=name).update(last_error=traceback.format_exc(limit=20))
        raise
    Heartbeat.objects.filter(name=name).update(
        last_succeeded_at=clock.now(), last_result=str(result)[:200], last_error=""
    )
    return result


def ask(*, name: str) -> bool:
    """Somebody wants the sweep to run now; False where an earlier wish still waits for a worker."""
    now = clock.now()
    granted = Q(asked_at=None) | Q(asked_at__lte=F("last_started_at"))
    forgotten = Q(asked_at__lt=now - ASKED_FOR)
    return bool(Heartbeat.objects.filter(granted | forgotten, name=name).update(asked_at=now))


def is_expected(name: str) -> bool:
    return Heartbeat.objects.filter(name=name).exists()


def is_failing(name: str) -> bool:
    """Whether its last run failed."""
    return Heartbeat.objects.filter(name=name).exclude(last_error="").exists()


def expect(intervals_s: dict[str, int]) -> None:
    """From now on exactly these sweeps are expected; a new one counts from this moment."""
    now = clock.now()
    Heartbeat.objects.exclude(name__in=intervals_s).delete()
    Heartbeat.objects.bulk_create(
        [
            Heartbeat(name=name, interval_s=s, last_succeeded_at=now)
            for name, s in intervals_s.items()
        ],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["interval_s"],
    )


def pulses(*, now: datetime) -> list[Pulse]:
    """All expected sweeps, by name."""
    return [pulse_of(beat, now=now) for beat in Heartbeat.objects.order_by("name")]


def pulse_of(beat: Heartbeat, *, now: datetime) -> Pulse:
    return Pulse(
        beat.name,
        beat.interval_s,
        beat.last_started_at,
        beat.last_succeeded_at,
        beat.last_result,
        beat.last_error,
        _is_overdue(beat, now),
    )


def _is_overdue(beat: Heartbeat, now: datetime) -> bool:
    if beat.last_succeeded_at is None:
        return True
    return now - beat.last_succeeded_at > timedelta(seconds=beat.interval_s * BEATS_MISSED_MAX)
