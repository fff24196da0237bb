"""GET /api/health: whether what we need is there. For monitors; load balancers ask /healthz.

Details are statuses only: the page is open, so it names no host, version or error.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from marketplace.payments.health import provider_health
from marketplace.shared import clock
from marketplace.shared.heartbeats import pulses
from marketplace.shared.outbox import due_deliveries

logger = logging.getLogger(__name__)

OK, LATE, DOWN = "ok", "late", "down"
# A delivery that is due for this long waits for workers that do not come.
OVERDUE = timedelta(minutes=5)


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 where all that matters works, else 503."""
    parts = {name: _checked(name, check) for name, check in CHECKS.items()}
    is_well = all(status == OK for status in parts.values())
    # A provider that is down is its own trouble: attempts wait, everything else goes on.
    providers = _providers() if parts["database"] == OK else {}
    return JsonResponse(
        {"status": OK if is_well else "unwell", "parts": parts, "providers": providers},
        status=200 if is_well else 503,
    )


def _checked(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except (Error, RedisError, OSError):
        logger.exception("health: %s does not answer", name)
        return DOWN


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _cache() -> str:
    cache.get("health")
    return OK


def _queue() -> str:
    """Late where due work is left lying, or a sweep that should have run has not."""
    now = clock.now()
    if due_deliveries(now=now - OVERDUE, limit=1):
        return LATE
    return LATE if any(pulse.is_overdue for pulse in pulses(now=now)) else OK


def _providers() -> dict[str, str]:
    return {each.provider: DOWN if each.is_down else OK for each in provider_health()}


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "cache": _cache, "queue": _queue}
