"""The figures on top of the page: now, how they changed, and the way they took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from backoffice.insight.charts import MEDIAN, QUEUES, share
from backoffice.insight.figures import Figures, Of
from marketplace.analytics.measures import (
    ATTEMPTED,
    DECIDED,
    DELIVERED,
    DISPUTED,
    PAID,
    PLACED,
    REFUNDED,
    SUCCEEDED,
    TAKE,
)
from marketplace.analytics.queries import Span
from marketplace.shared.money import format_minor

WIDTH, HEIGHT = 120, 28
FLAT = 0.5


@dataclass(frozen=True, slots=True)
class Tile:
    title: Any
    value: Callable[[Of], float | None]
    shown: Callable[[float], str]
    chart: str
    # More is better; for waiting and for trouble it is not.
    is_good: bool = True


def tiles(figures: Figures) -> list[dict[str, Any]]:
    """What the template shows, each leading to its chart."""
    providers = figures.days.keys(ATTEMPTED)
    found = [
        Tile(_("Paid (GMV)"), lambda of: of(PAID).total, _money, "gmv"),
        Tile(_("Orders"), lambda of: of(PLACED).count, _number, "orders"),
        Tile(_("Average paid order"), _average, _money, "gmv"),
        Tile(_("Our commission"), lambda of: of(TAKE).total, _money, "take-rate"),
        Tile(_("Take rate"), lambda of: share(of(TAKE).total, of(PAID).total), _percent, "take-rate"),
        Tile(
            _("Payment success"),
            lambda of: share(_sum(of, SUCCEEDED, providers), _sum(of, ATTEMPTED, providers)),
            _percent,
            "payments",
        ),
        Tile(
            _("Dispute rate"), lambda of: share(of(DISPUTED), of(DELIVERED)), _percent, "problems",
            is_good=False,
        ),
        Tile(
            _("Refund rate"), lambda of: share(of(REFUNDED).total, of(PAID).total), _percent,
            "problems", is_good=False,
        ),
        Tile(
            _("Time to approve, median"), lambda of: of.waited(MEDIAN), _hours, "time-to-approve",
            is_good=False,
        ),
        Tile(
            _("Done in time"),
            lambda of: share(
                sum(of(DECIDED, queue).total for queue in QUEUES), _sum(of, DECIDED, list(QUEUES))
            ),
            _percent,
            "in-time",
        ),
    ]  # fmt: skip
    return [_shown(tile, figures) for tile in found]


def _shown(tile: Tile, figures: Figures) -> dict[str, Any]:
    period = figures.period
    value = _over(figures, period.span, tile)
    before = _over(figures, period.before, tile) if period.before else None
    change = trend(value, before)
    points = [_over(figures, span, tile) for span in period.buckets()]
    return {
        "title": tile.title,
        "value": "–" if value is None else tile.shown(value),
        "before": "" if before is None else tile.shown(before),
        "change": "" if change is None else f"{change:+.0f} %",
        "direction": _direction(change),
        "mood": _mood(change, tile.is_good),
        "chart": tile.chart,
        "path": path(points),
    }


def _over(figures: Figures, span: Span, tile: Tile) -> float | None:
    return tile.value(figures.of(span))


def trend(now: float | None, before: float | None) -> float | None:
    """The change in per cent; None where there is nothing to compare with."""
    if now is None or not before:
        return None
    return 100 * (now - before) / abs(before)


def _direction(change: float | None) -> str:
    if change is None or abs(change) < FLAT:
        return "trending_flat"
    return "trending_up" if change > 0 else "trending_down"


def _mood(change: float | None, is_good: bool) -> str:
    if change is None or abs(change) < FLAT:
        return "even"
    return "good" if (change > 0) == is_good else "bad"


def path(points: Sequence[float | None]) -> str:
    """The points of a line that fits `WIDTH` × `HEIGHT`; empty where there is no line to draw."""
    known = [(number, value) for number, value in enumerate(points) if value is not None]
    if len(known) < 2:
        return ""
    most = max(value for _number, value in known)
    least = min(0, *(value for _number, value in known))
    reach = (most - least) or 1
    step = WIDTH / (len(points) - 1)
    return " ".join(
        f"{number * step:.1f},{HEIGHT - 1 - (HEIGHT - 2) * (value - least) / reach:.1f}"
        for number, value in known
    )


def _average(of: Of) -> float | None:
    paid = of(PAID)
    return paid.total // paid.count // 100 * 100 if paid.count else None


def _sum(of: Of, measure: str, keys: Sequence[str]) -> int:
    return sum(of(measure, key).count for key in keys)


def _money(value: float) -> str:
    return format_minor(int(value), "TZS")


def _number(value: float) -> str:
    return number_format(int(value), use_l10n=True, force_grouping=True)


def _percent(value: float) -> str:
    return f"{value:.1f} %"


def _hours(value: float) -> str:
    return _("%(hours)s h") % {"hours": f"{value:.1f}"}
