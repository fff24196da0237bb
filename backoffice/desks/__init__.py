"""What a desk does, on the first page of whoever works at it: figures of today and of two weeks, each with
its list.

Days are read from the rollups, which are a minute old; what is counted as it stands now is counted up
to `COUNTED_MAX`, in one statement, and kept for a minute.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from backoffice.desks import customers, moderation, reviews
from backoffice.desks.shape import DAYS, Desk, Seen
from backoffice.insight.drawing import drawn
from backoffice.insight.figures import kept
from backoffice.insight.period import Period
from backoffice.waiting import counted
from marketplace.analytics.queries import per_day
from marketplace.shared import clock

FRESH_S = 60
DESKS = (moderation.DESK, reviews.DESK, customers.DESK)


def desks_of(request: HttpRequest) -> list[dict[str, Any]]:
    """For the template of the first page; nothing leads where the person may not go."""
    return [_shown(desk, request) for desk in DESKS if desk.is_of(request)]


def _shown(desk: Desk, request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    period = Period(today - timedelta(days=DAYS - 1), today, "none")
    seen = kept(f"console:desk:{desk.name}:{today}", FRESH_S, lambda: _seen(desk, period))
    return {
        "name": desk.name,
        "title": desk.title,
        "figures": [
            {
                "label": one.label,
                "value": one.value,
                "note": one.note,
                "is_urgent": one.is_urgent,
                "link": one.behind.address(one.span),
            }
            for one in desk.figures(seen)
            if one.behind.is_open_to(request)
        ],
        "context": {
            "charts": [
                {
                    "chart": chart,
                    "drawn": drawn(chart, period),
                    "behind": [(one.title, one.address(period.span)) for one in chart.behind],
                }
                for chart in desk.charts(seen)
                if chart.behind[0].is_open_to(request)
            ]
        },
    }


def _seen(desk: Desk, period: Period) -> Seen:
    counts = desk.counts(period.span)
    found = counted(list(counts.values()))
    return Seen(per_day(period.span), dict(zip(counts, found, strict=True)), period)
