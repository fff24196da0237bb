"""Failed sign-ins are counted in the cache; too many of them close the door for a while.

A cache that does not answer counts nothing: a broken Valkey must not lock everybody out, and the
password hash stays slow to guess against.
"""

import hashlib
import logging
from collections.abc import Iterable

from django.core.cache import cache
from redis.exceptions import RedisError

from marketplace.accounts.errors import SignInLocked

logger = logging.getLogger(__name__)

WINDOW_S = 15 * 60
FAILURES_PER_LOGIN_MAX = 10
# Many people share one address behind a carrier's NAT, so this only stops machines.
FAILURES_PER_ADDRESS_MAX = 100


def check(*, login: str, ip: str) -> None:
    """Raises SignInLocked where this login or address failed too often lately.

    A `login` of "" is nobody's: with a passkey nobody says who they are before it is proved.
    """
    for key, limit in _counters(login, ip):
        try:
            failures = cache.get(key, 0)
        except RedisError:
            logger.warning("sign-in failures cannot be read", exc_info=True)
            return
        if failures >= limit:
            raise SignInLocked(minutes=WINDOW_S // 60)


def count_failure(*, login: str, ip: str) -> None:
    """One more failure; the window begins with the first."""
    try:
        for key, _limit in _counters(login, ip):
            if not cache.add(key, 1, timeout=WINDOW_S):
                _increase(key)
    except RedisError:
        logger.warning("a sign-in failure was not counted", exc_info=True)


def forget(*, login: str) -> None:
    """A right password wipes the login's slate; the address keeps its own."""
    try:
        cache.delete(_key("login", login))
    except RedisError:
        logger.warning("sign-in failures were not forgotten", exc_info=True)


def _increase(key: str) -> None:
    try:
        cache.incr(key)
    except ValueError:  # It expired between the two calls: a new window begins.
        cache.add(key, 1, timeout=WINDOW_S)


def _counters(login: str, ip: str) -> Iterable[tuple[str, int]]:
    if login:
        yield _key("login", login), FAILURES_PER_LOGIN_MAX
    if ip:
        yield _key("ip", ip), FAILURES_PER_ADDRESS_MAX


def _key(kind: str, value: str) -> str:
    """Hashed: what people type as a login is personal, may be long, and is no key material."""
    return f"sign-in-failures:{kind}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"
