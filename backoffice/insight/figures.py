"""What a page of figures is drawn from: one look at the rollups, a name for every key, the ledger's word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from backoffice.insight.period import Period
from marketplace.analytics.measures import CATEGORY, PAID, SELLER
from marketplace.analytics.queries import (
    Amount,
    Days,
    Leader,
    Span,
    Tie,
    Waits,
    leaders,
    per_day,
    take_against_ledger,
    waits,
)
from marketplace.catalog.models import Category
from marketplace.sellers.models import Seller

LEADERS_MAX = 10
CATEGORIES_MAX = 8
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Of:
    """What is asked about some days: `of(measure, key)` is an amount of theirs."""

    days: Days
    waits: Waits
    span: Span

    def __call__(self, measure: str, key: str = "") -> Amount:
        return self.days.sum(measure, self.span, key)

    def waited(self, part: float) -> float | None:
        """Hours in which this part of the applications had their verdict; None where none had."""
        seconds = self.waits.within(part, self.span)
        return None if seconds is None else round(seconds / HOUR_S, 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """The days of a period and of what it is compared with; leaders by their paid total."""

    period: Period
    days: Days
    waits: Waits
    tie: Tie
    sellers: list[Leader]
    categories: list[Leader]
    # Key → its row: what it is called, and where it leads.
    seller_rows: dict[str, Any]
    category_rows: dict[str, Any]

    def of(self, span: Span) -> "Of":
        return Of(self.days, self.waits, span)

    def now(self, measure: str, key: str = "") -> Amount:
        return self.days.sum(measure, self.period.span, key)

    def before(self, measure: str, key: str = "") -> Amount | None:
        """None where the period is compared with nothing."""
        span = self.period.before
        return self.days.sum(measure, span, key) if span else None

    def points(self, measure: str, key: str = "") -> list[Amount]:
        """An amount for every point of a chart."""
        return [self.days.sum(measure, span, key) for span in self.period.buckets()]

    def points_before(self, measure: str, key: str = "") -> list[Amount] | None:
        """The same for the days that they are compared with."""
        if self.period.before is None:
            return None
        spans = map(self.period.shifted, self.period.buckets())
        return [self.days.sum(measure, span, key) for span in spans]


def figures_of(period: Period) -> Figures:
    """At most ten queries, whatever the period."""
    spans = [period.span, *([period.before] if period.before else [])]
    sellers, categories = (
        leaders(
            measure=PAID, dimension=dimension, span=period.span, before=period.before, most=most
        )
        for dimension, most in ((SELLER, LEADERS_MAX), (CATEGORY, CATEGORIES_MAX))
    )
    return Figures(
        period=period,
        days=per_day(*spans),
        waits=waits(*spans),
        tie=take_against_ledger(period.span),
        sellers=sellers,
        categories=categories,
        seller_rows=_rows(Seller, sellers),
        category_rows=_rows(Category, categories),
    )


def _rows(model: Any, found: Sequence[Leader]) -> dict[str, Any]:
    rows = model.objects.filter(pk__in=[one.key for one in found])
    return {str(row.pk): row for row in rows}


def kept[T](key: str, fresh_s: int, compute: Callable[[], T]) -> T:
    """What was computed lately, else anew."""
    known: T | None = cache.get(key)
    if known is None:
        known = compute()
        cache.set(key, known, fresh_s)
    return known
