"""A lease is kept by a heartbeat: while the work goes on it is renewed, and it ends with its worker."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from django.db import connections

logger = logging.getLogger(__name__)


@contextmanager
def heartbeat(renew: Callable[[], object], *, every: timedelta) -> Iterator[None]:
    """Call `renew` every so often until the block ends, on a thread (and a connection) of its own.

    A thread: neither one long statement nor a library that draws for minutes stops it, and kill -9
    does. A renewal that fails is tried again at the next beat.
    """
    is_over = Event()

    def beat() -> None:
        try:
            while not is_over.wait(every.total_seconds()):
                try:
                    renew()
                except Exception:  # The lease may lapse; the work itself is not wrong.
                    logger.warning("a lease could not be renewed", exc_info=True)
        finally:
            connections.close_all()

    thread = Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
