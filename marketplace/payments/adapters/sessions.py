"""Sessions and tokens of providers, shared by all processes through the cache.

A new one is fetched well before the old one expires, by one process at a time, and the old one is
used until then: one of M-Pesa may need some time to become live (PROVIDERS 1.1).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from django.core.cache import cache

from marketplace.payments.ports import ProviderUnavailable

log = logging.getLogger(__name__)
POLL_S = 0.05
RENEW_AFTER = 0.8
"""The part of its life after which a session is renewed."""


@dataclass(frozen=True, slots=True)
class Session:
    """Times in seconds since the epoch: processes on several machines share them."""

    id: str
    fetched_at: float
    live_at: float
    expires_at: float

    def is_live(self, at: float) -> bool:
        return self.live_at <= at < self.expires_at

    def should_be_renewed(self, at: float) -> bool:
        return at >= self.fetched_at + RENEW_AFTER * (self.expires_at - self.fetched_at)


@dataclass(frozen=True, slots=True)
class Sessions:
    """`fetch` asks the provider for a new session: its id, and how many seconds it lives.

    It raises ProviderUnavailable.
    """

    name: str
    fetch: Callable[[], tuple[str, float]]
    patience_s: float
    """How long to wait for another process that is fetching one."""
    warm_up_s: float = 0

    def current(self) -> str:
        """The id of a live session. Raises ProviderUnavailable where there is none to be had."""
        now = time.time()
        held = self._held()
        if not held or held[-1].should_be_renewed(now):
            self._renew(usable=any(session.is_live(now) for session in held))
            held = self._held()
        live = [session for session in held if session.is_live(time.time())]
        if not live:
            raise ProviderUnavailable("the new session is not live yet")
        return live[-1].id

    def drop(self, session_id: str) -> None:
        """Forget a session that the provider no longer accepts; a newer one stays."""
        kept = [session for session in self._held() if session.id != session_id]
        self._hold(kept)

    def _renew(self, *, usable: bool) -> None:
        """Fetch one, in one process at a time; the others wait only if they have none to use."""
        if not cache.add(self._lock, 1, self.patience_s):
            if not usable:
                self._wait()
            return
        try:
            held, began = self._held(), time.time()
            if held and not held[-1].should_be_renewed(began):
                return  # Somebody else fetched one between our look and our lock.
            session_id, lifetime_s = self.fetch()
        except ProviderUnavailable:
            if not usable:
                raise
            log.warning("no new session could be had; the old one is still used", exc_info=True)
        else:
            fresh = Session(session_id, began, time.time() + self.warm_up_s, began + lifetime_s)
            last_live = [session for session in held if session.is_live(began)][-1:]
            self._hold([*last_live, fresh])
        finally:
            cache.delete(self._lock)

    def _wait(self) -> None:
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline:
            if self._held() or cache.get(self._lock) is None:
                break
            time.sleep(POLL_S)
        if not self._held():
            raise ProviderUnavailable("another process could not get a session either")

    def _held(self) -> list[Session]:
        held: list[Session] = cache.get(self._key) or []
        return held

    def _hold(self, sessions: list[Session]) -> None:
        left_s = max((session.expires_at for session in sessions), default=0) - time.time()
        # The cache counts whole seconds.
        cache.set(self._key, sessions, max(ceil(left_s), 0))

    @property
    def _key(self) -> str:
        return f"session:{self.name}"

    @property
    def _lock(self) -> str:
        return f"session:{self.name}:lock"
