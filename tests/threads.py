"""Real races: the same calls at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from tests.meeting import Race


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned, or the exception that it raised, in the order of the calls."""
    barrier, race = threading.Barrier(len(calls)), Race(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def work(index: int) -> None:
        barrier.wait()
        try:
            with race.runs(index):
                outcomes[index] = calls[index]()
        except Exception as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def refused(outcomes: Sequence[Any]) -> list[Exception]:
    """The exceptions among the outcomes."""
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
