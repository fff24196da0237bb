"""The one clock. Commands take `now` or call this, so that time is testable."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

EAT = ZoneInfo("Africa/Dar_es_Salaam")
_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set_to.get() or timezone.now()


def today() -> date:
    """The present business day in Tanzania (EAT has no daylight saving)."""
    return now().astimezone(EAT).date()


def midnight(day: date) -> datetime:
    """The instant at which a business day begins in Tanzania."""
    return datetime(day.year, day.month, day.day, tzinfo=EAT)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let it be `instant` inside the block: how the demo marketplace gets its past."""
    token = _set_to.set(instant)
    try:
        yield
    finally:
        _set_to.reset(token)
