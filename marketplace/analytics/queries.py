"""The figures as the console asks for them: sums of days, from the rollups alone; and how telling
services of them goes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Min, Q, Sum

from marketplace.analytics.destinations import destinations
from marketplace.analytics.measures import (
    BY_MONTH,
    FEW,
    VERDICT,
    WAITED,
)
from marketplace.analytics.models import (
    Footfall,
    ForwardBatch,
    ForwardedDeed,
    Progress,
    Rollup,
)
from marketplace.analytics.states import ForwardStatus
from marketplace.shared import clock
from marketplace.shared.months import MONTHS_A_YEAR, month_after, this_month
from marketplace.shared.rows import fetch

type Span = tuple[date, date]
"""The first and the last business day."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How many, and how much they came to (TZS minor units or seconds, as the measure says)."""

    count: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Leader:
    """A key of a dimension, with its amount in a span and in the one that it is compared with."""

    key: str
    now: Amount
    before: Amount


@dataclass(frozen=True, slots=True)
class Tie:
    """Our commission of a span (TZS minor units): as counted, as the ledger has it, and what of the
    ledger's the cursor has not reached yet."""

    counted_minor: int
    booked_minor: int
    waiting_minor: int

    @property
    def difference_minor(self) -> int:
        """0 where the figures are the ledger's."""
        return self.booked_minor - self.waiting_minor - self.counted_minor


class Days:
    """Amounts per measure, key and day; what never happened is nothing."""

    def __init__(self, found: Mapping[tuple[str, str], Mapping[date, Amount]]) -> None:
        self._found = found

    def sum(self, measure: str, span: Span, key: str = "") -> Amount:
        first, last = span
        days = [
            amount
            for day, amount in self._found.get((measure, key), {}).items()
            if first <= day <= last
        ]
        return Amount(sum(one.count for one in days), sum(one.total for one in days))

    def keys(self, measure: str) -> list[str]:
        """Of providers or queues, those of which something is known; in order."""
        return sorted(key for name, key in self._found if name == measure)


def per_day(*spans: Span) -> Days:
    """Everything that is counted as a whole, per provider or per queue, and the steps of buyers
    before they order; two queries for each span.
    """
    found: dict[tuple[str, str], dict[date, Amount]] = defaultdict(dict)
    for first, last in spans:
        within = Q(day__gte=first, day__lte=last)
        rows = Rollup.objects.filter(within, dimension__in=FEW).values_list(
            "measure", "key", "day", "count", "total"
        )
        for measure, key, day, count, total in rows:
            found[measure, key][day] = Amount(count, total)
        steps = Footfall.objects.filter(within).values_list("step", "day").annotate(Sum("count"))
        for step, day, count in steps.order_by():
            found[step, ""][day] = Amount(count)
    return Days(found)


def leaders(
    *, measure: str, dimension: str, span: Span, before: Span | None, most: int
) -> list[Leader]:
    """The keys with the greatest totals in the span, greatest first; one query."""
    in_span = _within(measure, dimension, span)
    # Without a comparison nothing is before.
    earlier = _within(measure, dimension, before) if before else Q(pk__isnull=True)
    rows = (
        Rollup.objects.filter(in_span | earlier, measure=measure)
        .values("key")
        .annotate(
            now_count=Sum("count", filter=in_span),
            now_total=Sum("total", filter=in_span),
            before_count=Sum("count", filter=earlier, default=0),
            before_total=Sum("total", filter=earlier, default=0),
        )
        .filter(now_total__isnull=False)
        .order_by(F("now_total").desc(), "key")[:most]
    )
    return [
        Leader(
            row["key"],
            Amount(row["now_count"], row["now_total"]),
            Amount(row["before_count"], row["before_total"]),
        )
        for row in rows
    ]


def _within(measure: str, dimension: str, span: Span) -> Q:
    """The rows that make up a span: whole months where they are kept, and the days around them."""
    first, last = span
    days = Q(dimension=dimension, day__gte=first, day__lte=last)
    months = BY_MONTH.get((measure, dimension))
    begin = first if first.day == 1 else month_after(first.replace(day=1), 1)
    end = (last + timedelta(days=1)).replace(day=1)
    if months is None or begin >= end:
        return days
    # Each range by itself, so that the index is entered where it begins and left where it ends.
    return (
        Q(dimension=months, day__gte=begin, day__lt=end)
        | Q(dimension=dimension, day__gte=first, day__lt=begin)
        | Q(dimension=dimension, day__gte=end, day__lte=last)
    )


@dataclass(frozen=True, slots=True)
class Waits:
    """How long applications waited for the verdict of each day: step of the length → Amount in seconds."""

    found: Mapping[date, Mapping[int, Amount]]

    def within(self, part: float, span: Span) -> float | None:
        """Seconds in which this part of them was decided (0.5: the median); None where nobody waited.

        Where several waited about as long, to a ninth of it, their average.
        """
        steps: dict[int, Amount] = {}
        for day, amounts in self.found.items():
            if span[0] <= day <= span[1]:
                for step, one in amounts.items():
                    known = steps.get(step, Amount())
                    steps[step] = Amount(known.count + one.count, known.total + one.total)
        wanted = part * sum(one.count for one in steps.values())
        reached = 0
        for _step, one in sorted(steps.items()):
            reached += one.count
            if reached >= wanted:
                return one.total / one.count
        return None


def waits(*spans: Span) -> Waits:
    """Of the verdicts of these days; one query."""
    within = Q()
    for first, last in spans:
        within |= Q(day__gte=first, day__lte=last)
    rows = Rollup.objects.filter(within, measure=VERDICT, dimension=WAITED)
    found: dict[date, dict[int, Amount]] = defaultdict(dict)
    for day, step, count, total in rows.values_list("day", "key", "count", "total"):
        found[day][int(step)] = Amount(count, total)
    return Waits(dict(found))


def counted_until() -> datetime | None:
    """When the log was last counted; None before the first time."""
    return Progress.objects.values_list("counted_at", flat=True).first()


_TIE = """
    WITH booked AS (
        SELECT p.entry_id, p.amount_minor FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id
        WHERE a.code = 'commission_revenue' AND p.posted_at >= %(since)s AND p.posted_at < %(until)s
    ), waiting AS (
        SELECT e.id FROM ledger_entry e WHERE e.event_id > (
            SELECT coalesce((SELECT last_event_id FROM analytics_progress),
                '00000000-0000-0000-0000-000000000000')
        )
    )
    SELECT (SELECT sum(total) FROM analytics_rollup WHERE measure = 'take' AND dimension = ''
            AND day >= %(first)s AND day <= %(last)s),
        (SELECT -sum(amount_minor) FROM booked),
        (SELECT -sum(amount_minor) FROM booked JOIN waiting ON waiting.id = booked.entry_id)
"""


def take_against_ledger(span: Span) -> Tie:
    """All of one moment: one statement."""
    first, last = span
    ((counted, booked, waiting),) = fetch(
        _TIE,
        first=first,
        last=last,
        since=clock.midnight(first),
        until=clock.midnight(last + timedelta(days=1)),
    )
    return Tie(int(counted or 0), int(booked or 0), int(waiting or 0))


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who paid for the first time in a month (its first day), and how many of them paid in each month
    from it on; the first is all of them. What has not begun yet is absent."""

    month: date
    buyers: list[int]


_COHORTS = """
    WITH paid AS (
        SELECT min(month) OVER (PARTITION BY buyer_id) AS first, month FROM analytics_buyermonth
    )
    SELECT first, month, count(*) FROM paid WHERE first >= %(since)s GROUP BY 1, 2 ORDER BY 1, 2
"""


def cohorts(*, months: int) -> list[Cohort]:
    """Of this month and those before it, oldest first; months in which nobody was new are left out."""
    now = this_month()
    found: dict[date, dict[int, int]] = defaultdict(dict)
    for first, month, buyers in fetch(_COHORTS, since=month_after(now, 1 - months)):
        found[first][_months_from(first, month)] = buyers
    return [
        Cohort(month, [ages.get(age, 0) for age in range(_months_from(month, now) + 1)])
        for month, ages in found.items()
    ]


def _months_from(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * MONTHS_A_YEAR + later.month - earlier.month


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """How telling one service goes: what waits (since when the oldest of it), what it refused, the
    batch that it answered for last, and why the open one, if there is one, was not answered for."""

    name: str
    waiting: int
    oldest_at: datetime | None
    refused: int
    last_at: datetime | None
    last_taken: int
    failure: str
    next_attempt_at: datetime | None


def forwarding_health() -> list[ServiceHealth]:
    """Of every service that is told something, in the order of the settings; three queries."""
    names = destinations()
    deeds = ForwardedDeed.objects.filter(
        destination__in=names, status__in=[ForwardStatus.WAITING, ForwardStatus.REFUSED]
    )
    counted = {
        (name, status): (many, oldest)
        for name, status, many, oldest in deeds.values_list("destination", "status")
        .annotate(Count("pk"), Min("happened_at"))
        .order_by()
    }
    batches = ForwardBatch.objects.filter(destination__in=names)
    unanswered = {batch.destination: batch for batch in batches.filter(closed_at=None)}
    answered = batches.exclude(closed_at=None).order_by("destination", "-id")
    last = {batch.destination: batch for batch in answered.distinct("destination")}
    return [_health(name, counted, unanswered.get(name), last.get(name)) for name in names]


def _health(
    name: str,
    counted: Mapping[tuple[str, str], tuple[int, datetime]],
    unanswered: ForwardBatch | None,
    last: ForwardBatch | None,
) -> ServiceHealth:
    waiting, oldest_at = counted.get((name, ForwardStatus.WAITING), (0, None))
    refused, _oldest = counted.get((name, ForwardStatus.REFUSED), (0, None))
    return ServiceHealth(
        name=name,
        waiting=waiting,
        oldest_at=oldest_at,
        refused=refused,
        last_at=last.closed_at if last else None,
        last_taken=last.taken if last else 0,
        failure=unanswered.failure if unanswered else "",
        next_attempt_at=unanswered.next_attempt_at if unanswered else None,
    )
