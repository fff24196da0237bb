"""Rate limits in Valkey: a sliding window per class of endpoint and caller.

Two fixed windows weighted by their overlap approximate a sliding one with two counters per caller
(blog.cloudflare.com/counting-things-a-lot-of-different-things). Where Valkey does not answer, nobody
is refused: a limit protects the service, it must not be what takes it down.
"""

import hashlib
import logging
import math
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from ninja.throttling import BaseThrottle
from redis import Redis
from redis.exceptions import RedisError

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
        # On the request, not on this object, which all threads share.
        request.allowance = spend(rate, caller(request))  # type: ignore[attr-defined]
        return not request.allowance.is_exceeded  # type: ignore[attr-defined]


class Unpaced(BaseThrottle):
    """For providers: what they tell us must never be refused for its frequency."""

    def allow_request(self, request: HttpRequest) -> bool:
        return True


def spend(rate: Rate, who: str) -> Allowance:
    """Count one request of `who` and say what is left."""
    now = time.time()
    window, elapsed_s = divmod(now, rate.window_s)
    key = f"zetutech:rate:{rate.name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.incr(f"{key}:{int(window)}")
            pipe.expire(f"{key}:{int(window)}", rate.window_s * 2)
            pipe.get(f"{key}:{int(window) - 1}")
            current, _expires, previous = pipe.execute()
    except RedisError:
        logger.warning("rate limits cannot be counted", exc_info=True)
        return Allowance(rate, rate.effective_limit, rate.window_s, is_exceeded=False)
    used = int(current) + int(previous or 0) * (1 - elapsed_s / rate.window_s)
    return Allowance(
        rate,
        remaining=max(0, int(rate.effective_limit - used)),
        reset_s=max(1, math.ceil(rate.window_s - elapsed_s)),
        is_exceeded=used > rate.effective_limit,
    )


def caller(request: HttpRequest) -> str:
    """The signed-in user, else the address."""
    user = getattr(request, "auth", None)
    return f"user:{user.id}" if user is not None else f"ip:{client_address(request)}"


def client_address(request: HttpRequest) -> str:
    """The address that our own proxies saw; without proxies, what speaks to us.

    Each trusted proxy appends what it saw, so only that many entries from the right can be believed.
    """
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = int(settings.TRUSTED_PROXIES)
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops][:45]
    return str(request.META.get("REMOTE_ADDR", ""))


def announce(response: HttpResponseBase, allowance: Allowance) -> None:
    """The headers of draft-ietf-httpapi-ratelimit-headers-10."""
    rate = allowance.rate
    response["RateLimit-Policy"] = f'"{rate.name}";q={rate.effective_limit};w={rate.window_s}'
    response["RateLimit"] = f'"{rate.name}";r={allowance.remaining};t={allowance.reset_s}'


@lru_cache(maxsize=1)
def valkey() -> Redis:
    """One pool for the process. A limit is not worth waiting for."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
