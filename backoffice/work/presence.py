"""Who has a case open right now. Kept in Valkey only, and gone by itself: it is courtesy, not truth.

A page that is open says so every `PING_S`; who has not said so for `FRESH_S` has left. Where Valkey
does not answer, nobody is seen.
"""

import logging
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PING_S = 15
FRESH_S = 40
NAMES_MAX = 5


def look(kind: str, case_id: str, *, user_id: Any, name: str) -> list[str]:
    """This person looks at the case; the names of the others who do."""
    key, now = _key(kind, case_id), time.time()
    try:
        with _valkey().pipeline(transaction=False) as pipe:
            pipe.zremrangebyscore(key, "-inf", now - FRESH_S)
            pipe.zadd(key, {f"{user_id}|{name}": now})
            pipe.expire(key, FRESH_S)
            pipe.zrange(key, 0, -1)
            members = pipe.execute()[-1]
    except RedisError:
        logger.warning("nobody knows who looks at %s", key, exc_info=True)
        return []
    return _names(member for member in members if not member.startswith(f"{user_id}|"))


def leave(kind: str, case_id: str, *, user_id: Any, name: str) -> None:
    """The page was closed."""
    try:
        _valkey().zrem(_key(kind, case_id), f"{user_id}|{name}")
    except RedisError:
        logger.warning("leaving was not noticed", exc_info=True)


def looking_at(cases: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The names of who looks at each of the cases; one round trip."""
    if not cases:
        return []
    oldest = time.time() - FRESH_S
    try:
        with _valkey().pipeline(transaction=False) as pipe:
            for kind, case_id in cases:
                pipe.zrangebyscore(_key(kind, case_id), oldest, "+inf")
            return [_names(members) for members in pipe.execute()]
    except RedisError:
        logger.warning("nobody knows who looks at what", exc_info=True)
        return [[] for _case in cases]


def _names(members: Any) -> list[str]:
    return sorted({member.partition("|")[2] for member in members})[:NAMES_MAX]


def _key(kind: str, case_id: str) -> str:
    return f"zetutech:looking:{kind}:{case_id}"


@lru_cache(maxsize=1)
def _valkey() -> Any:
    return Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=1, socket_connect_timeout=1
    )
