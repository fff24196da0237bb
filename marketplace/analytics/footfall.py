"""How many searches, product pages and full carts a day has: numbers, and nothing of who it was.

The counters stand in Valkey, where counting costs a request next to nothing; a sweep writes them down.
A counter has a name of its own (`origin`) that is made with it, and the row of that name is set to
what the counter reads: sweeping twice changes nothing, and a counter that was lost with Valkey and
began again adds to what its predecessor had.
"""

import logging
from datetime import date, timedelta
from uuid import uuid4

from django.core.cache import cache
from redis.exceptions import RedisError

from marketplace.analytics.models import Footfall
from marketplace.analytics.states import Step
from marketplace.shared import clock

logger = logging.getLogger(__name__)

# Counters are kept long enough for a sweep that stood still over a weekend.
KEPT_DAYS = 4
KEPT_S = KEPT_DAYS * 24 * 3600


def count_step(step: Step) -> None:
    """One more today. A Valkey that does not answer counts nothing and stops nobody."""
    key = _key(clock.today(), step)
    try:
        try:
            cache.incr(key)
        except ValueError:  # The first one of the day, or of a new Valkey.
            if cache.add(key, 1, timeout=KEPT_S):
                cache.set(f"{key}:origin", uuid4().hex, timeout=KEPT_S)
            else:
                cache.incr(key)
    except (RedisError, ValueError):
        logger.warning("a %s was not counted", step, exc_info=True)


def write_down_footfall() -> int:
    """Set the rows to what the counters read; returns how many counters there were."""
    today = clock.today()
    days = [today - timedelta(days=ago) for ago in range(KEPT_DAYS)]
    names = {_key(day, step): (day, step) for day in days for step in Step}
    read = cache.get_many([*names, *(f"{key}:origin" for key in names)])
    for key in names.keys() & read.keys():
        # Whoever made the counter died before naming it: it is written down the next time.
        if f"{key}:origin" not in read:
            cache.add(f"{key}:origin", uuid4().hex, timeout=KEPT_S)
    rows = [
        Footfall(day=day, step=step, origin=read[f"{key}:origin"], count=int(read[key]))
        for key, (day, step) in names.items()
        if key in read and f"{key}:origin" in read
    ]
    Footfall.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["day", "step", "origin"],
        update_fields=["count"],
    )
    return len(rows)


def _key(day: date, step: Step) -> str:
    return f"footfall:{day.isoformat()}:{step}"
