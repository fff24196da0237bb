"""Where racers meet: the threads of a test, or the processes forked from it.

No race depends on how fast the machine is. A racer waits until the others have come as far or have ended,
or until the database shows that they wait for a lock: then they cannot come before it goes on.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import RawArray

from tests import servers
from tests.patience import looks

PATIENCE_S = 20
LOOK_EVERY_S = 0.015
_ENDED = 1_000_000
_here = threading.local()


class Race:
    """How often each racer has come to a place where they meet; seen by all, forked or not."""

    def __init__(self, racers: int) -> None:
        self._times = RawArray("i", racers)

    @contextmanager
    def runs(self, racer: int) -> Iterator[None]:
        """Inside, the calling thread is this racer; behind it, nobody waits for it any more."""
        _here.race, _here.racer = self, racer
        try:
            yield
        finally:
            self._times[racer] = _ENDED

    def wait_for_others(self, racer: int) -> None:
        self._times[racer] += 1
        mine = self._times[racer]
        come_or_held(lambda: sum(others < mine for others in self._times))


def meet() -> None:
    """The first call of each racer waits for the first of all others, the second for the second, and so on.

    Who runs in no race has nobody to wait for.
    """
    race: Race | None = getattr(_here, "race", None)
    if race:
        race.wait_for_others(_here.racer)


def come_or_held(missing: Callable[[], int]) -> None:
    """Wait until nobody is missing, or as many as are missing wait for a lock and cannot come."""
    held: set[object] = set()
    count = 0
    for _look in looks(PATIENCE_S, every_s=LOOK_EVERY_S):
        count = missing()
        if not count:
            return
        # Locks that last for a moment are no reason: who waits does so at two looks.
        before, held = held, _waits_for_locks()
        if len(held & before) >= count:
            return
    raise AssertionError(f"{count} neither came nor were held for {PATIENCE_S} s")


def _waits_for_locks() -> set[object]:
    """Which sessions of this database wait, and since when each has."""
    with servers.superuser() as connection:
        return set(
            connection.execute(
                "SELECT pid, waitstart FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database() AND waitstart IS NOT NULL"
            )
        )
