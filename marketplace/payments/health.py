"""How providers do: counted while it happens, summed over any window without reading payments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db import transaction

from marketplace.payments.gateways import provider_names
from marketplace.payments.models import ProviderStatus, ProviderSwitch
from marketplace.shared import clock
from marketplace.shared.rows import change, fetch

HOUR = timedelta(hours=1)
WINDOWS = (HOUR, timedelta(days=1), timedelta(days=7))
TALLY_MINUTES = 10
# Upper bounds of the answer times that are counted apart; what took longer falls into the last.
TOOK_MS = (50, 100, 200, 400, 700, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 120_000)
# So many calls in a row could not be sent, the last of them so recently: it is not there now.
FAILURES_IN_ROW = 3
UNREACHABLE_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """How a provider did in a window. Rates are None where nothing happened, times in ms."""

    provider: str
    window: timedelta
    is_paused: bool
    last_answer_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str
    calls: int
    unavailable: int
    uncertain: int
    succeeded: int
    failed: int
    turned_away: int
    p50_ms: int | None
    p95_ms: int | None

    @property
    def success_rate(self) -> float | None:
        settled = self.succeeded + self.failed
        return self.succeeded / settled if settled else None

    @property
    def uncertain_share(self) -> float | None:
        return self.uncertain / self.calls if self.calls else None

    @property
    def is_down(self) -> bool:
        """The last thing we know of it is a failure to answer."""
        if self.last_failure_at is None:
            return False
        return self.last_answer_at is None or self.last_failure_at > self.last_answer_at


def provider_health(window: timedelta = HOUR) -> list[ProviderHealth]:
    """Every configured provider in a window that ends now, to ten minutes; four queries."""
    since = clock.now() - window
    counted = {row[0]: row[1:] for row in _counts(since)}
    answers = _answers(since)
    known = {row.provider: row for row in ProviderStatus.objects.all()}
    paused = set(paused_providers())
    found = []
    for provider in provider_names():
        status = known.get(provider)
        took = answers.get(provider, [])
        found.append(
            ProviderHealth(
                provider,
                window,
                provider in paused,
                status.last_answer_at if status else None,
                status.last_failure_at if status else None,
                status.last_failure if status else "",
                *counted.get(provider, (0, 0, 0, 0, 0, 0)),
                p50_ms=quantile(took, 0.5),
                p95_ms=quantile(took, 0.95),
            )
        )
    return found


def paused_providers() -> dict[str, str]:
    """Those that are switched off, with the reason."""
    return dict(ProviderSwitch.objects.filter(is_paused=True).values_list("provider", "reason"))


def unreachable_providers() -> set[str]:
    """Those whose latest calls could not even be sent."""
    rows = ProviderStatus.objects.filter(
        failures_in_row__gte=FAILURES_IN_ROW,
        last_failure_at__gt=clock.now() - UNREACHABLE_FOR,
    )
    return set(rows.values_list("provider", flat=True))


def quantile(took: list[int], share: float) -> int | None:
    """The answer time in ms that `share` of the counted answers did not exceed, as its bound."""
    wanted = share * sum(took)
    if not wanted:
        return None
    seen = 0
    for bound, count in zip(TOOK_MS, took, strict=True):
        seen += count
        if seen >= wanted:
            return bound
    return TOOK_MS[-1]


def count_call(provider: str, *, began: float, is_uncertain: bool) -> None:
    """A provider answered; `began` is `time.monotonic()` of the question."""
    ms = (monotonic() - began) * 1000
    place = next((i for i, bound in enumerate(TOOK_MS) if ms <= bound), len(TOOK_MS) - 1)
    _count(provider, calls=1, uncertain=int(is_uncertain), place=place)


def count_unavailable(provider: str) -> None:
    """Nothing could be sent."""
    _count(provider, calls=1, unavailable=1)


def count_turned_away(provider: str) -> None:
    """Somebody called our webhook of this provider without its secret: nothing of it was read."""
    _count(provider, turned_away=1)


def count_settled(provider: str, *, succeeded: bool) -> None:
    """After the commit: the row of ten minutes is everybody's, and no settlement waits for it."""
    tell: Callable[[], None] = partial(
        _count, provider, succeeded=int(succeeded), failed=int(not succeeded)
    )
    transaction.on_commit(tell, robust=True)


def forget_tallies_before(*, instant: datetime) -> int:
    """Drop what no window shows any more."""
    return change("DELETE FROM payments_providertally WHERE begins_at < %s", instant)


def _count(
    provider: str,
    *,
    calls: int = 0,
    unavailable: int = 0,
    uncertain: int = 0,
    succeeded: int = 0,
    failed: int = 0,
    turned_away: int = 0,
    place: int | None = None,
) -> None:
    now = clock.now()
    begins = now.replace(minute=now.minute - now.minute % TALLY_MINUTES, second=0, microsecond=0)
    took = [int(i == place) for i in range(len(TOOK_MS))]
    change(
        """
        INSERT INTO payments_providertally AS t
            (provider, begins_at, calls, unavailable, uncertain, succeeded, failed, turned_away, took)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (provider, begins_at) DO UPDATE SET
            calls = t.calls + excluded.calls,
            unavailable = t.unavailable + excluded.unavailable,
            uncertain = t.uncertain + excluded.uncertain,
            succeeded = t.succeeded + excluded.succeeded,
            failed = t.failed + excluded.failed,
            turned_away = t.turned_away + excluded.turned_away,
            took = ARRAY(
                SELECT a + b FROM unnest(t.took, excluded.took) WITH ORDINALITY AS s(a, b, n)
                ORDER BY n
            )""",
        provider,
        begins,
        calls,
        unavailable,
        uncertain,
        succeeded,
        failed,
        turned_away,
        took,
    )


def _counts(since: datetime) -> list[tuple[str, int, int, int, int, int, int]]:
    rows = fetch(
        """
        SELECT provider, sum(calls)::int, sum(unavailable)::int, sum(uncertain)::int,
            sum(succeeded)::int, sum(failed)::int, sum(turned_away)::int
        FROM payments_providertally WHERE begins_at >= %s GROUP BY provider""",
        since,
    )
    return [(str(name), *map(int, sums)) for name, *sums in rows]  # type: ignore[misc]


def _answers(since: datetime) -> dict[str, list[int]]:
    rows = fetch(
        """
        SELECT provider, array_agg(total ORDER BY n) FROM (
            SELECT provider, n, sum(answers)::int AS total
            FROM payments_providertally, unnest(took) WITH ORDINALITY AS s(answers, n)
            WHERE begins_at >= %s GROUP BY provider, n
        ) AS summed GROUP BY provider""",
        since,
    )
    return dict(rows)
