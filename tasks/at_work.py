"""What workers do now and did lately, told by themselves in Valkey, beside the queues.

django-q2 keeps neither: a hint leaves the queue when a worker takes it, and a success leaves no row.
So every worker says what it begins and ends, and every few seconds that it lives, even while it has
nothing to do. It is told for people to look at and nothing relies on it: where Valkey is away the
work goes on untold, and where it is wiped the story begins anew.
"""

import json
import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import redis
from django.conf import settings
from django_q.conf import Conf

from marketplace.shared import clock
from marketplace.shared.heartbeat import heartbeat
from tasks.brokers import broker

logger = logging.getLogger(__name__)

# The two kinds of jobs: hints of deliveries, and sweeps.
DELIVERIES, SWEEP = "deliveries", "sweep"
WORKERS, LATELY, TALLY = "zetutech:at-work", "zetutech:lately", "zetutech:tally"
BEAT = timedelta(seconds=10)
# Three beats missed, and some patience: its process is gone, or its machine.
SILENT_AFTER = timedelta(seconds=45)
# What a worker that is gone was busy with stays in sight for so long.
REMEMBERED = timedelta(hours=1)
LATELY_MAX = 100
SAID_MAX = 200
HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Worker:
    """One process as it last told of itself; `job` is empty while it waits for one.

    `about` are the ids of the deliveries of a hint, or the name of a sweep.
    """

    name: str
    queue: str
    started_at: datetime
    beat_at: datetime
    job: str = ""
    about: tuple[Any, ...] = ()
    since: datetime | None = None

    def is_silent(self, now: datetime) -> bool:
        return now - self.beat_at > SILENT_AFTER


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that came to its end, well or not."""

    job: str
    about: tuple[Any, ...]
    queue: str
    worker: str
    began_at: datetime
    took_ms: int
    is_failed: bool
    # What it returned, or the last line of its error.
    said: str


@dataclass(frozen=True, slots=True)
class Hour:
    """What a queue's workers did in the last sixty minutes."""

    done: int = 0
    failed: int = 0
    busy_ms: int = 0
    # Jobs that ended in each minute, the oldest first.
    by_minute: tuple[int, ...] = ()

    @property
    def average_ms(self) -> int | None:
        jobs = self.done + self.failed
        return self.busy_ms // jobs if jobs else None


# --- What a worker tells ---


def watched[T](job: str, about: Sequence[Any], work: Callable[[], T]) -> T:
    """Do the work of a job, telling of its begin and its end."""
    began_at, began = clock.now(), time.monotonic()
    with _me.busy_with(job, about, began_at) as end:
        try:
            result = work()
        except BaseException as error:  # A timeout of q2 is a SystemExit.
            end(began, is_failed=True, said=f"{type(error).__name__}: {error}")
            raise
        end(began, is_failed=False, said="" if result is None else str(result))
        return result


def say_that_i_live(**_signal: Any) -> None:
    """For a worker's first breath (`post_spawn` of q2): it tells that it lives until it does not."""
    _me.begin_beating()


class _Me:
    """This process, as others see it."""

    def __init__(self) -> None:
        self._started_at = clock.now()
        self._doing: dict[str, Any] = {}
        self._beats = ExitStack()
        self._is_worker = False
        # The beat comes from another thread and must not bring back what is over.
        self._telling = Lock()

    @property
    def _name(self) -> str:
        return f"{socket.gethostname()}:{os.getpid()}"

    def begin_beating(self) -> None:
        self._started_at, self._is_worker = clock.now(), True
        self._beats.enter_context(heartbeat(self._beat, every=BEAT))
        self._beat()

    def _beat(self) -> None:
        with self._telling, _untold():
            _valkey().hset(WORKERS, self._name, self._told())

    def _told(self) -> str:
        return json.dumps(
            {
                "queue": Conf.CLUSTER_NAME,
                "started_at": self._started_at.isoformat(),
                "beat_at": clock.now().isoformat(),
                **self._doing,
            }
        )

    @contextmanager
    def busy_with(
        self, job: str, about: Sequence[Any], began_at: datetime
    ) -> Iterator[Callable[..., None]]:
        doing = {"job": job, "about": list(about), "since": began_at.isoformat()}

        def end(began: float, *, is_failed: bool, said: str) -> None:
            took_ms = round((time.monotonic() - began) * 1_000)
            ended = {
                "job": job,
                "about": list(about),
                "queue": Conf.CLUSTER_NAME,
                "worker": self._name,
                "began_at": began_at.isoformat(),
                "took_ms": took_ms,
                "is_failed": is_failed,
                "said": said[:SAID_MAX],
            }
            with self._telling, _untold():
                self._doing = {}
                self._tell_end(ended)

        self._doing = doing
        with ExitStack() as beats:
            if not self._is_worker:  # A command of the shell: it lives as long as its job.
                beats.enter_context(heartbeat(self._beat, every=BEAT))
            self._beat()
            yield end

    def _tell_end(self, ended: dict[str, Any]) -> None:
        """One round trip: the row of the worker, the story, the sums of this minute."""
        tally = f"{TALLY}:{Conf.CLUSTER_NAME}:{int(time.time()) // 60}"
        with _valkey().pipeline(transaction=False) as pipe:
            if self._is_worker:
                pipe.hset(WORKERS, self._name, self._told())
            else:
                pipe.hdel(WORKERS, self._name)
            pipe.lpush(LATELY, json.dumps(ended))
            pipe.ltrim(LATELY, 0, LATELY_MAX - 1)
            pipe.hincrby(tally, "failed" if ended["is_failed"] else "done", 1)
            pipe.hincrby(tally, "busy_ms", ended["took_ms"])
            pipe.expire(tally, (HOUR_MINUTES + 5) * 60)
            pipe.execute()


_me = _Me()


@contextmanager
def _untold() -> Iterator[None]:
    """The work is worth more than the story."""
    try:
        yield
    except redis.RedisError as error:
        logger.warning("Valkey did not take what this worker tells: %s", error)


# --- What others read ---


def queues() -> list[str]:
    """The queues of this installation, each with a cluster of its own."""
    return [settings.Q_CLUSTER["name"], *settings.Q_CLUSTER["ALT_CLUSTERS"]]


def workers() -> list[Worker]:
    """All that told of themselves: who lives, and who died while busy. Raises RedisError."""
    now = clock.now()
    told = [_worker(name.decode(), json.loads(row)) for name, row in _rows()]
    living = [one for one in told if not one.is_silent(now) or one.job]
    return sorted(living, key=lambda one: (one.queue, one.since or now, one.name))


def lately() -> list[Ended]:
    """The newest jobs that ended, the last one first; at most `LATELY_MAX`. Raises RedisError."""
    rows: Any = _valkey().lrange(LATELY, 0, LATELY_MAX - 1)
    return [_ended(json.loads(row)) for row in rows]


def last_hour() -> dict[str, Hour]:
    """By queue, in one round trip. Raises RedisError."""
    minute = int(time.time()) // 60
    minutes = range(minute - HOUR_MINUTES + 1, minute + 1)
    with _valkey().pipeline(transaction=False) as pipe:
        for queue in queues():
            for one in minutes:
                pipe.hgetall(f"{TALLY}:{queue}:{one}")
        found = pipe.execute()
    return {
        queue: _hour(found[place * HOUR_MINUTES : (place + 1) * HOUR_MINUTES])
        for place, queue in enumerate(queues())
    }


def forget_the_dead() -> int:
    """Workers of which nothing was heard for an hour; returns how many."""
    try:
        long_ago = clock.now() - REMEMBERED
        gone = [
            name
            for name, row in _rows()
            if datetime.fromisoformat(json.loads(row)["beat_at"]) < long_ago
        ]
        return int(_valkey().hdel(WORKERS, *gone)) if gone else 0
    except redis.RedisError:
        return 0


def _rows() -> list[tuple[bytes, bytes]]:
    rows: Any = _valkey().hgetall(WORKERS)
    return list(rows.items())


def _worker(name: str, row: dict[str, Any]) -> Worker:
    return Worker(
        name=name,
        queue=row["queue"],
        started_at=datetime.fromisoformat(row["started_at"]),
        beat_at=datetime.fromisoformat(row["beat_at"]),
        job=row.get("job", ""),
        about=tuple(row.get("about", ())),
        since=datetime.fromisoformat(row["since"]) if "since" in row else None,
    )


def _ended(row: dict[str, Any]) -> Ended:
    return Ended(
        **row | {"about": tuple(row["about"]), "began_at": datetime.fromisoformat(row["began_at"])}
    )


def _hour(minutes: Sequence[dict[bytes, bytes]]) -> Hour:
    total: Counter[str] = Counter()
    for one in minutes:
        total.update({name.decode(): int(count) for name, count in one.items()})
    ended = [sum(int(one.get(kind, 0)) for kind in (b"done", b"failed")) for one in minutes]
    return Hour(total["done"], total["failed"], total["busy_ms"], tuple(ended))


def _valkey() -> redis.Redis:
    connection: redis.Redis = broker(settings.Q_CLUSTER["name"]).connection
    return connection
