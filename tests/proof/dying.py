"""Dying at a chosen point: before or after the n-th thing that lasts (a commit, a statement of its own, a
question to a provider).

The points need not be named in the code: whatever a road commits or asks is one, and a road that grows has
more of them.
"""

import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any

import httpx
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.patience import PATIENCE_S
from tests.processes import _fork, _start, die, kill_9

WRITES = ("INSERT", "UPDATE", "DELETE")
DIED, FINISHED = "died", "finished"


def worker_dies() -> None:
    """kill -9 of the process."""
    die()


def backend_dies() -> None:
    """PostgreSQL ends the connection's own server process; ours learns it from its next statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


DEATHS: dict[str, Callable[[], None]] = {"worker": worker_dies, "backend": backend_dies}


class Doom:
    """Counts what lasts, and strikes at one count: each has a moment before and one after."""

    def __init__(self, point: int, death: Callable[[], None], passed: Any) -> None:
        self.point, self.death, self.passed = point, death, passed
        self.seen = 0
        self.is_over = False

    @contextmanager
    def around(self) -> Iterator[None]:
        self._tick()
        yield
        self._tick()

    def _tick(self) -> None:
        self.passed.value += 1
        if self.is_over:
            return
        self.seen += 1
        if self.seen == self.point:
            self.is_over = True
            self.death()


def until_death(work: Callable[[], Any], *, point: int, death: str = "worker") -> str:
    """`work` in a process that dies at that point: DIED, or FINISHED where it has fewer points.

    What the process refuses or cannot do any more because its connection is gone is its death, too.
    """
    connections.close_all()
    told, tells = _fork.Pipe(duplex=False)
    passed = _fork.Value("i", 0)
    worker = _fork.Process(target=_doomed, args=(work, point, death, passed, tells))
    _start(worker)
    tells.close()
    try:
        _wait_for(worker, passed)
        outcome = told.recv()
    except EOFError:
        return DIED
    else:
        assert outcome in {DIED, FINISHED}, outcome
        return str(outcome)
    finally:
        kill_9(worker)


def _wait_for(worker: BaseProcess, passed: Any) -> None:
    """However slow the machine: who still passes points is not stuck. Whoever is says where."""
    seen, idle_s = -1, 0
    while worker.is_alive():
        worker.join(1)
        # Counted, because a deadline passes while the machine stands still.
        idle_s = idle_s + 1 if passed.value == seen else 0
        seen = passed.value
        if idle_s > PATIENCE_S:
            os.kill(worker.pid or 0, signal.SIGUSR1)
            worker.join(1)
            pytest.fail(f"after {seen} points it neither died nor went on for {PATIENCE_S} s")


def _doomed(work: Callable[[], Any], point: int, death: str, passed: Any, tells: Any) -> None:
    faulthandler.register(signal.SIGUSR1, file=sys.__stderr__)
    doom = Doom(point, DEATHS[death], passed)
    with pytest.MonkeyPatch.context() as patch:
        _count(patch, BaseDatabaseWrapper, "commit", doom)
        _count(patch, httpx.Client, "send", doom)
        try:
            with connection.execute_wrapper(partial(_alone, doom)):
                work()
        except Exception as error:
            if not doom.is_over:
                tells.send(repr(error))
                return
        tells.send(DIED if doom.is_over else FINISHED)


def _count(patch: pytest.MonkeyPatch, owner: Any, name: str, doom: Doom) -> None:
    real = getattr(owner, name)

    def counted(*args: Any, **kwargs: Any) -> Any:
        with doom.around():
            return real(*args, **kwargs)

    patch.setattr(owner, name, counted)


def _alone(doom: Doom, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    """A statement outside of a transaction commits by itself."""
    is_alone = not context["connection"].in_atomic_block
    if is_alone and str(sql).lstrip().upper().startswith(WRITES):
        with doom.around():
            return execute(sql, params, many, context)
    return execute(sql, params, many, context)
