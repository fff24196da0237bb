"""Real processes: forked from the test, so that they see its settings and its controls.

A forked process owns no connection of its parent: the parent closes its own before it forks.
"""

import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet

from tests import servers
from tests.meeting import Race, meet
from tests.patience import PATIENCE_S, wait_until

_fork = multiprocessing.get_context("fork")


class Refused(str):
    """The name of the exception that ended a call in another process."""


def in_processes(*calls: Callable[[], Any]) -> list[Any]:
    """Each call in a process of its own, let go at the same moment; what each returned, or `Refused`.

    Results cross a pipe: return plain values, no models.
    """
    connections.close_all()
    start, race = _fork.Barrier(len(calls)), Race(len(calls))
    pipes = [_fork.Pipe(duplex=False) for _call in calls]
    workers = [
        _fork.Process(target=_work, args=(start, race.runs(index), call, outlet))
        for index, (call, (_inlet, outlet)) in enumerate(zip(calls, pipes, strict=True))
    ]
    for worker in workers:
        _start(worker)
    outcomes = [_received(inlet) for inlet, _outlet in pipes]
    for worker in workers:
        _join(worker)
    return outcomes


def refusals(outcomes: list[Any]) -> list[str]:
    """The exceptions among the outcomes, by name, sorted."""
    return sorted(str(outcome) for outcome in outcomes if isinstance(outcome, Refused))


@contextmanager
def a_worker(call: Callable[[], Any]) -> Iterator[BaseProcess]:
    """A process that works on `call`, killed at the end of the block if it still does."""
    connections.close_all()
    worker = _fork.Process(target=call)
    _start(worker)
    try:
        yield worker
    finally:
        kill_9(worker)


def kill_9(worker: BaseProcess) -> None:
    """What a power cut leaves: no handler, no `finally`, no rollback but the server's own."""
    if worker.is_alive():
        worker.kill()
    _join(worker)


def die() -> None:
    """The calling process kills itself with signal 9."""
    os.kill(os.getpid(), signal.SIGKILL)


# --- Taking a protection away ---


def dwell(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let racers meet behind each call of this function: what they have seen there is the same."""
    real = getattr(module, name)

    def slowly(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        meet()
        return found

    monkeypatch.setattr(module, name, slowly)


def without_row_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """SELECT … FOR UPDATE becomes SELECT."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)


@contextmanager
def without_constraint(table: str, name: str) -> Iterator[None]:
    """The database without one of its constraints; empties it before putting that back."""
    with servers.superuser() as connection:
        found = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        ).fetchone()
        index = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name]
        ).fetchone()
        if found:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        else:
            connection.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        connections.close_all()
        servers.empty_this_database()
        with servers.superuser() as connection:
            if found:
                connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {found[0]}")
            else:
                connection.execute(str(index[0]))


def _start(worker: BaseProcess) -> None:
    """A simulator's threads stay behind in the parent; the child neither has nor needs them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        worker.start()


def _work(
    start: Any, running: AbstractContextManager[None], call: Callable[[], Any], outlet: Any
) -> None:
    try:
        start.wait(10 * PATIENCE_S)
        with running:
            outcome = call()
    except Exception as error:
        outcome = Refused(type(error).__name__)
    outlet.send(outcome)
    connections.close_all()


def _received(inlet: Any) -> Any:
    wait_until(inlet.poll, complaint=lambda: "a process did not come to an end")
    return inlet.recv()


def _join(worker: BaseProcess) -> None:
    wait_until(lambda: not worker.is_alive())
    worker.join()


def unguarded_moves(monkeypatch: pytest.MonkeyPatch, *modules: Any) -> None:
    """State changes that do not look at the state they leave: what `status = …; save()` does."""

    def move(
        row: Any, wanted: str, _table: Any, *, actor: Any, field: str = "status", **changes: Any
    ) -> str:
        left = str(getattr(row, field))
        values = {field: wanted, **changes}
        type(row)._default_manager.filter(pk=row.pk).update(**values)
        for name, value in values.items():
            setattr(row, name, value)
        return left

    for module in modules:
        monkeypatch.setattr(module, "move", move)
