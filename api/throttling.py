"""Rate limits in Valkey: a sliding window per class of endpoint and caller.

Two fixed windows weighted by their overlap approximate a sliding one with two counters per caller
(blog.cloudflare.com/counting-things-a-lot-of-different-things). Where Valkey does not answer, nobody
is refused: a limit protects the service, it must not be what takes it down.
"""

import hashlib
import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from ninja.throttling import BaseThrottle
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` requests in any `window_s` seconds, times settings.API_RATE_SCALE."""

    name: str
    limit: int
    window_s: int = MINUTE_S

    @property
    def effective_limit(self) -> int:
        return self.limit * int(settings.API_RATE_SCALE)


# Many people share one address behind a carrier's NAT, so the address itself gets a wide limit.
ADDRESS = Rate("address", 1_200)
RATES = {
    rate.name: rate
    for rate in (
        Rate("read", 300),
        Rate("write", 90),
        Rate("money", 20),
        Rate("upload", 30),
        Rate("sign-in", 20),
        Rate("code", 5),
    )
}


# Keys: this window's counter and the one before, of each limit; arguments: how long each is kept.
_COUNT = """
local counted = {}
for limit = 1, #ARGV do
    local current = redis.call('INCR', KEYS[2 * limit - 1])
    if current == 1 then redis.call('EXPIRE', KEYS[2 * limit - 1], ARGV[limit]) end
    counted[2 * limit - 1] = current
    counted[2 * limit] = tonumber(redis.call('GET', KEYS[2 * limit]) or 0)
end
return counted
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left for a caller; `reset_s` seconds from now it is more."""

    rate: Rate
    remaining: int
    reset_s: int
    is_exceeded: bool


class Pace(BaseThrottle):
    """One class of endpoint; without a name, reading and writing are told apart by the method."""

    def __init__(self, name: str = "") -> None:
        self.rate = RATES[name] if name else None

    def allow_request(self, request: HttpRequest) -> bool:
        rate = self.rate or RATES["read" if request.method in {"GET", "HEAD"} else "write"]
        ahead: Allowance | None = getattr(request, "spent_ahead", None)
        if ahead is None or ahead.rate is not rate:
            ahead = spend(rate, caller(request))
        # On the request, not on this object, which all threads share.
        request.allowance = ahead  # type: ignore[attr-defined]
        return not ahead.is_exceeded


class Unpaced(BaseThrottle):
    """For providers: what they tell us must never be refused for its frequency."""

    def allow_request(self, request: HttpRequest) -> bool:
        return True


def spend(rate: Rate, who: str) -> Allowance:
    """Count one request of `who` and say what is left."""
    (allowance,) = spend_all([(rate, who)])
    return allowance


def spend_all(wanted: Sequence[tuple[Rate, str]]) -> list[Allowance]:
    """Count one request against several limits, in one round trip."""
    now = time.time()
    keys: list[str] = []
    for rate, who in wanted:
        window = int(now // rate.window_s)
        key = f"zetutech:rate:{rate.name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
        keys += [f"{key}:{window}", f"{key}:{window - 1}"]
    try:
        counted = _line.ask(
            "EVAL", _COUNT, len(keys), *keys, *(rate.window_s * 2 for rate, _who in wanted)
        )
    except RedisError:
        logger.warning("rate limits cannot be counted", exc_info=True)
        return [
            Allowance(rate, rate.effective_limit, rate.window_s, is_exceeded=False)
            for rate, _who in wanted
        ]
    return [
        _allowance(rate, now % rate.window_s, current=current, previous=previous)
        for (rate, _who), (current, previous) in zip(wanted, batched(counted, 2), strict=True)
    ]


def _allowance(rate: Rate, elapsed_s: float, *, current: int, previous: int) -> Allowance:
    used = current + previous * (1 - elapsed_s / rate.window_s)
    return Allowance(
        rate,
        remaining=max(0, int(rate.effective_limit - used)),
        reset_s=max(1, math.ceil(rate.window_s - elapsed_s)),
        is_exceeded=used > rate.effective_limit,
    )


def caller(request: HttpRequest) -> str:
    """The signed-in user, else the address. Staff who look at an account use up nothing of its owner's."""
    user = getattr(request, "auth", None)
    if hasattr(request, "seen_by_staff"):
        return f"sight:{client_address(request)}"
    return f"user:{user.id}" if user is not None else f"ip:{client_address(request)}"


def client_address(request: HttpRequest) -> str:
    """The address that our own proxies saw; without proxies, what speaks to us.

    Each trusted proxy appends what it saw, so only that many entries from the right can be believed.
    """
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    hops = int(settings.TRUSTED_PROXIES)
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops][:45]
    return str(request.META.get("REMOTE_ADDR", ""))


def announce(response: HttpResponseBase, allowance: Allowance) -> None:
    """The headers of draft-ietf-httpapi-ratelimit-headers-10."""
    rate = allowance.rate
    response["RateLimit-Policy"] = f'"{rate.name}";q={rate.effective_limit};w={rate.window_s}'
    response["RateLimit"] = f'"{rate.name}";r={allowance.remaining};t={allowance.reset_s}'


class _Line(threading.local):
    """This thread's own connection to Valkey, which opens itself again where it broke.

    A client's pool, retries and statistics cost twice what the question itself does, at every
    request. What a broken connection leaves uncounted is one request.
    """

    def __init__(self) -> None:
        pool = valkey().connection_pool
        self.connection = pool.connection_class(**pool.connection_kwargs)

    def ask(self, *command: str | int) -> Any:
        self.connection.send_command(*command)
        return self.connection.read_response()


@lru_cache(maxsize=1)
def valkey() -> Redis:
    """A limit is not worth waiting for."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), retries=0),
    )


_line = _Line()
