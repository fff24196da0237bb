"""A circuit breaker: after several failures in a row, leave the provider alone for a while.

Its state lies in the shared cache, so that all processes stop and start together. It is a courtesy
and a saving of time, never a proof: a lost cache only means one more call.
"""

import logging
from dataclasses import dataclass

from django.core.cache import cache
from redis import RedisError

from marketplace.payments.ports import ProviderUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Opens after `failures_max` failures within `window_s`; lets one call through every `open_s`."""

    name: str
    failures_max: int = 5
    window_s: int = 60
    open_s: int = 30

    def require_closed(self) -> None:
        """Raises ProviderUnavailable while calls are not allowed."""
        state = cache.get_many([self._key("open"), self._key("tripped")])
        if self._key("open") in state:
            raise ProviderUnavailable(f"{self._shown} failed repeatedly and is left alone for now")
        # Tripped but no longer open: exactly one caller may try whether the provider is back.
        if self._key("tripped") in state and not cache.add(self._key("probe"), 1, self.open_s):
            raise ProviderUnavailable(f"{self._shown} is being tried by another process")

    def succeeded(self) -> None:
        """The provider answered, whatever it said."""
        try:
            cache.delete_many(
                [self._key(part) for part in ("failures", "open", "tripped", "probe")]
            )
        except RedisError:
            # The answer is in hand and may be about money: losing it over a counter would be wrong.
            log.exception("the breaker of %s could not be reset", self.name)

    def failed(self) -> None:
        """No connection, no answer, or one that makes no sense."""
        try:
            was_tripped = cache.get(self._key("tripped")) is not None
            if self._count() >= self.failures_max or was_tripped:
                cache.set(self._key("tripped"), 1, 3600)
                cache.set(self._key("open"), 1, self.open_s)
                cache.delete(self._key("probe"))
                log.warning("%s is left alone for %s s", self.name, self.open_s)
        except RedisError:
            log.exception("the breaker of %s could not count a failure", self.name)

    @property
    def _shown(self) -> str:
        """The provider, without the account: people read it."""
        return self.name.partition(":")[0]

    def _count(self) -> int:
        cache.add(self._key("failures"), 0, self.window_s)
        try:
            return cache.incr(self._key("failures"))
        except ValueError:  # It expired between the two lines.
            return 1

    def _key(self, part: str) -> str:
        return f"breaker:{self.name}:{part}"
