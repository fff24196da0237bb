"""The one clock. Commands take `now` or call this, so that time is testable."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

EAT = ZoneInfo("Africa/Dar_es_Salaam")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The present business day in Tanzania (EAT has no daylight saving)."""
    return now().astimezone(EAT).date()
