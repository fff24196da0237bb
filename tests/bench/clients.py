"""Several clients at once, each a process with connections of its own, as web workers are."""

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from django.db import connections

CLIENTS = 8
WARM_UP_TIMES = 10
_fork = multiprocessing.get_context("fork")

# Makes one client's unit of work: a call that does it once and says whether it was done.
type MakeWork = Callable[[int], Callable[[], bool]]


def per_second(make_work: MakeWork, *, seconds: float, clients: int = CLIENTS) -> float:
    """How often per second all clients together do their work, over `seconds` after a warm-up."""
    connections.close_all()
    barrier = _fork.Barrier(clients)
    pipes, processes = [], []
    for index in range(clients):
        ours, theirs = _fork.Pipe(duplex=False)
        process = _fork.Process(
            target=_client, args=(index, make_work, barrier, seconds, theirs), daemon=True
        )
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    counts = [pipe.recv() for pipe in pipes]
    for process in processes:
        process.join()
    return sum(counts) / seconds


def _client(
    index: int, make_work: MakeWork, barrier: Barrier, seconds: float, report: Connection
) -> None:
    work = make_work(index)
    for _ in range(WARM_UP_TIMES):
        work()
    barrier.wait()
    done = 0
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        done += work()
    report.send(done)
    report.close()
    # Not through pytest's and Django's own endings, which belong to the parent.
    os._exit(0)
