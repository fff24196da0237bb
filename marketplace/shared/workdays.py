"""Working time in Tanzania: Monday to Friday without public holidays, where a whole day counts 24 hours.

The days of Eid and Maulid follow the moon: until they are announced the calendar has an estimate.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import takewhile

from holidays import country_holidays

from marketplace.shared.clock import EAT, midnight

DAY = timedelta(days=1)
SATURDAY = 5


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _holidays_of(day.year)


def after_working_time(start: datetime, span: timedelta) -> datetime:
    """The instant at which `span` of working time has passed since `start`."""
    stretches, left = _working_stretches(start), span
    begin, until = next(stretches)
    while left > until - begin:
        left -= until - begin
        begin, until = next(stretches)
    return begin + left


def working_time(start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two instants; none where they are the wrong way round."""
    before_end = takewhile(lambda stretch: stretch[0] < end, _working_stretches(start))
    return sum((min(until, end) - begin for begin, until in before_end), timedelta())


def _working_stretches(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What is left of the day of `start`, then each working day, as (begin, end)."""
    day, begin = start.astimezone(EAT).date(), start
    while True:
        tomorrow = midnight(day + DAY)
        if is_working_day(day):
            yield begin, tomorrow
        day, begin = day + DAY, tomorrow


@cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(country_holidays("TZ", years=[year]))
