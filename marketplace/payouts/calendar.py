"""On which days a seller is paid. Pure: days go in, days come out."""

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.payouts.states import Frequency, RiskTier

DAYS_AHEAD = 62


@dataclass(frozen=True, slots=True)
class Terms:
    """How a seller is paid: ISO weekday (Monday is 1), day of the month 1–28, minor units."""

    tier: RiskTier
    frequency: Frequency
    weekday: int
    month_day: int
    minimum_minor: int

    def is_due(self, day: date) -> bool:
        match self.frequency:
            case Frequency.DAILY:
                return True
            case Frequency.WEEKLY:
                return day.isoweekday() == self.weekday
            case Frequency.MONTHLY:
                return day.day == self.month_day
            case _:
                return False

    def is_due_within(self, *, after: date, until: date) -> bool:
        """Whether a day of payment lies in (after, until]: a run that was missed is made up for."""
        days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
        return any(self.is_due(day) for day in days)

    def next_due(self, *, since: date) -> date | None:
        """The first day of payment from `since` on; None for who is paid by hand."""
        days = (since + timedelta(days=n) for n in range(DAYS_AHEAD))
        return next((day for day in days if self.is_due(day)), None)
