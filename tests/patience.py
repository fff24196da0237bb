"""How long a test waits for others: counted in looks, because a machine may stand still for a minute.

A deadline passes while nobody runs; a look is only lost by whoever looked.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

PATIENCE_S = 60
LOOK_EVERY_S = 0.02
# A day ends at midnight in Tanzania, and for what is dated in UTC three hours later.
DAYS_END_UTC = (21, 24)


def looks(patience_s: float = PATIENCE_S, *, every_s: float = LOOK_EVERY_S) -> Iterator[None]:
    """As many as there are in that time, with a pause behind each."""
    for _look in range(round(patience_s / every_s)):
        yield
        time.sleep(every_s)


def wait_until(
    is_so: Callable[[], Any],
    *,
    patience_s: float = PATIENCE_S,
    every_s: float = LOOK_EVERY_S,
    complaint: Callable[[], str] | None = None,
) -> None:
    """Raises AssertionError, with the complaint if there is one, where it does not become so."""
    for _look in looks(patience_s, every_s=every_s):
        if is_so():
            return
    raise AssertionError(complaint() if complaint else f"not so after {patience_s} s")


def until_the_next_day(now: datetime, *, within_s: float) -> float:
    """Seconds until a day has ended, if one ends so soon after `now` (aware, UTC); else 0."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    left = min(
        (end - now).total_seconds()
        for hour in DAYS_END_UTC
        if (end := midnight + timedelta(hours=hour)) > now
    )
    return left if left <= within_s else 0
