"""A lease is kept by a heartbeat: while the work goes on it is renewed, and it ends with its worker."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Condition, Lock, Thread

from django.db import connections

logger = logging.getLogger(__name__)


@contextmanager
def heartbeat(renew: Callable[[], object], *, every: timedelta) -> Iterator[None]:
    """Call `renew` every so often until the block ends, on another thread (and a connection of its own).

    A thread: neither one long statement nor a library that draws for minutes stops it, and kill -9
    does. A renewal that fails is tried again at the next beat; none runs once the block has ended.
    """
    beat = _Beat(renew, every.total_seconds())
    _pulse.add(beat)
    try:
        yield
    finally:
        _pulse.remove(beat)


@dataclass(eq=False)
class _Beat:
    renew: Callable[[], object]
    every_s: float
    due_at: float = 0
    is_over: bool = False
    renewing: Lock = field(default_factory=Lock)


class _Pulse:
    """All beats of this process on one thread: most work is over long before its first renewal."""

    def __init__(self) -> None:
        self._beats: set[_Beat] = set()
        self._changed = Condition()
        self._wakes_at = 0.0
        self._thread: Thread | None = None

    def add(self, beat: _Beat) -> None:
        beat.due_at = time.monotonic() + beat.every_s
        with self._changed:
            self._beats.add(beat)
            if self._thread is None:
                self._wakes_at = beat.due_at
                self._thread = Thread(target=self._run, name="heartbeat", daemon=True)
                self._thread.start()
            elif beat.due_at < self._wakes_at:
                self._changed.notify()

    def remove(self, beat: _Beat) -> None:
        with self._changed:
            self._beats.discard(beat)
        with beat.renewing:
            beat.is_over = True

    def _run(self) -> None:
        while True:
            for beat in self._wait_for_due():
                _renew(beat)
                beat.due_at = time.monotonic() + beat.every_s
            connections.close_all()

    def _wait_for_due(self) -> list[_Beat]:
        with self._changed:
            while True:
                now = time.monotonic()
                if due := [beat for beat in self._beats if beat.due_at <= now]:
                    return due
                self._wakes_at = min((beat.due_at for beat in self._beats), default=float("inf"))
                self._changed.wait(self._wakes_at - now if self._beats else None)


def _renew(beat: _Beat) -> None:
    with beat.renewing:
        if beat.is_over:
            return
        try:
            beat.renew()
        except Exception:  # The lease may lapse; the work itself is not wrong.
            logger.warning("a lease could not be renewed", exc_info=True)


def _start_afresh() -> None:
    """A forked child has neither its parent's thread nor its parent's work."""
    global _pulse
    _pulse = _Pulse()


_pulse = _Pulse()
os.register_at_fork(after_in_child=_start_afresh)
