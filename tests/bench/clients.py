"""Several clients at once, each on a connection of its own: processes and threads, as web workers have them."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from django.db import connections

CLIENTS = 8
# As many processes as deploy/gunicorn.conf.py starts; the clients are their threads.
PROCESSES = 2
WARM_UP_TIMES = 10
_fork = multiprocessing.get_context("fork")

# Makes one client's unit of work: a call that does it once and says whether it was done.
type MakeWork = Callable[[int], Callable[[], bool]]


def per_second(
    make_work: MakeWork, *, seconds: float, clients: int = CLIENTS, processes: int = PROCESSES
) -> float:
    """How often per second all clients together do their work, over `seconds` after a warm-up."""
    connections.close_all()
    barrier = _fork.Barrier(clients)
    pipes, children = [], []
    for number in range(processes):
        ours, theirs = _fork.Pipe(duplex=False)
        own = range(number, clients, processes)
        child = _fork.Process(
            target=_process, args=(own, make_work, barrier, seconds, theirs), daemon=True
        )
        child.start()
        theirs.close()
        pipes.append(ours)
        children.append(child)
    done = sum(pipe.recv() for pipe in pipes)
    for child in children:
        child.join()
    return done / seconds


def _process(
    own: range, make_work: MakeWork, barrier: Barrier, seconds: float, report: Connection
) -> None:
    counts: list[int] = []
    threads = [
        threading.Thread(
            target=lambda index=index: counts.append(_client(make_work(index), barrier, seconds))
        )
        for index in own
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == len(own), "a client failed; its traceback is above"
    report.send(sum(counts))
    report.close()
    # Not through pytest's and Django's own endings, which belong to the parent.
    os._exit(0)


def _client(work: Callable[[], bool], barrier: Barrier, seconds: float) -> int:
    for _ in range(WARM_UP_TIMES):
        work()
    barrier.wait()
    done = 0
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        done += work()
    return done
