"""Real races: the same calls at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

LATENESS_S = 0.6  # How far one thread may be behind another on a busy machine, and still race.


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned, or the exception that it raised, in the order of the calls."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def work(index: int) -> None:
        barrier.wait()
        try:
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


def meet(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Once it has called this function, each of two threads waits for the other to come as far.

    Where a lock holds the other one, it waits in vain.
    """
    real, barrier = getattr(module, name), threading.Barrier(2, timeout=LATENESS_S)

    def slowly(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            barrier.wait()
        return found

    monkeypatch.setattr(module, name, slowly)


def refused(outcomes: Sequence[Any]) -> list[Exception]:
    """The exceptions among the outcomes."""
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
