"""Answers that are the same for everybody, kept in this process for a moment.

The front page of a shop is asked for far more often than it changes. Each process reads it anew once
its answer is `settings.LIST_AGE_MS` old, so that nothing has to be told of any change and none can be
forgotten: what is shown is at most that old, whatever happens to queue, Valkey or workers.
"""

import time
from collections.abc import Callable, Hashable

from django.conf import settings

# Pages of up to 20 kB; beyond that all are forgotten, as somebody walks through the list.
MOST = 500


class Kept:
    """Answers by what was asked. Threads share them; at worst two of them make the same one."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[float, bytes]] = {}

    def get(self, asked: Hashable, make: Callable[[], bytes]) -> bytes:
        """The kept answer where it is fresh, else what `make` makes. What it raises is not kept."""
        # Before reading: the answer is as old as what it was made from.
        now = time.monotonic()
        made_at, answer = self._made.get(asked, (now, None))
        if answer is not None and (now - made_at) * 1000 < settings.LIST_AGE_MS:
            return answer
        answer = make()
        if len(self._made) >= MOST:
            self._made.clear()
        self._made[asked] = (now, answer)
        return answer
