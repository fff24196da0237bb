"""Business months: they begin at midnight in Tanzania, and are named by their first day."""

from datetime import date, datetime

from marketplace.shared.clock import EAT, midnight, now

MONTHS_A_YEAR = 12


def month_of(instant: datetime) -> date:
    """The month that an instant lies in."""
    return instant.astimezone(EAT).date().replace(day=1)


def this_month() -> date:
    return month_of(now())


def month_after(month: date, count: int = 1) -> date:
    """So many months later; earlier where `count` is negative."""
    years, number = divmod(month.year * MONTHS_A_YEAR + month.month - 1 + count, MONTHS_A_YEAR)
    return date(years, number + 1, 1)


def bounds(month: date) -> tuple[datetime, datetime]:
    """The instants [since, until) of a month."""
    return midnight(month), midnight(month_after(month))
