"""What waits in Valkey, looked at without taking anything out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis
from django_q.signing import BadSignature, SignedPackage

from tasks.brokers import broker

SHOWN_MAX = 10


@dataclass(frozen=True, slots=True)
class Hinted:
    """A hint that no worker has taken yet; `function` is "" where its signature is not ours."""

    function: str
    arguments: tuple[Any, ...]
    queued_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many hints wait in a queue, and the first of them, the oldest on top."""

    queue: str
    depth: int
    first: tuple[Hinted, ...]

    @property
    def oldest_at(self) -> datetime | None:
        return self.first[0].queued_at if self.first else None


def backlog(queue: str, *, shown_max: int = SHOWN_MAX) -> Backlog:
    """The queue as it is now. Workers take from its head, so that is where the oldest stands.

    Raises RedisError.
    """
    source = broker(queue)
    with source.connection.pipeline(transaction=False) as pipe:
        pipe.llen(source.list_key)
        pipe.lrange(source.list_key, 0, shown_max - 1)
        depth, packs = pipe.execute()
    return Backlog(queue, depth, tuple(_opened(pack) for pack in packs))


def depth(queue: str) -> int:
    """How many hints wait; 0 where Valkey does not answer, as nothing waits in it then."""
    source = broker(queue)
    try:
        return int(source.connection.llen(source.list_key))
    except redis.RedisError:
        return 0


def arguments_of(queue: str, *, function: str, most: int) -> set[Any] | None:
    """Everything that the waiting hints of a function are about; None where more than `most` hints wait.

    Raises RedisError.
    """
    source = broker(queue)
    # One more than asked for: a queue that grows meanwhile is not taken for one that was read whole.
    packs = source.connection.lrange(source.list_key, 0, most)
    if len(packs) > most:
        return None
    hints = map(_opened, packs)
    return {one for hint in hints if hint.function == function for one in hint.arguments}


def _opened(pack: bytes) -> Hinted:
    try:
        task = SignedPackage.loads(pack.decode())
    except (BadSignature, UnicodeDecodeError):
        return Hinted("", (), None)
    return Hinted(str(task["func"]), tuple(task["args"]), task["started"])
