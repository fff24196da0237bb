"""How long a test waits for others: counted in looks, because a machine may stand still for a minute.

A deadline passes while nobody runs; a look is only lost by whoever looked.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

PATIENCE_S = 60
LOOK_EVERY_S = 0.02


def looks(patience_s: float = PATIENCE_S, *, every_s: float = LOOK_EVERY_S) -> Iterator[None]:
    """As many as there are in that time, with a pause behind each."""
    for _look in range(round(patience_s / every_s)):
        yield
        time.sleep(every_s)


def wait_until(
    is_so: Callable[[], Any],
    *,
    patience_s: float = PATIENCE_S,
    every_s: float = LOOK_EVERY_S,
    complaint: Callable[[], str] | None = None,
) -> None:
    """Raises AssertionError, with the complaint if there is one, where it does not become so."""
    for _look in looks(patience_s, every_s=every_s):
        if is_so():
            return
    raise AssertionError(complaint() if complaint else f"not so after {patience_s} s")
