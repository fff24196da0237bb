"""The first page: what waits, how selling goes. Only what the role may see; figures are cached."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import navigation, waiting
from backoffice.desks import desks_of
from backoffice.insight.drawing import FAINT, INK
from backoffice.pages.display import money
from marketplace.analytics.measures import PAID, PLACED
from marketplace.analytics.queries import per_day
from marketplace.reconciliation.models import StatementLine
from marketplace.reconciliation.states import LineState
from marketplace.shared import clock

FRESH_S = 60
PERIODS = (7, 30, 90)
PERIOD_DEFAULT = 30
COUNTED_MAX = 1_000
MILLIONS_FROM = 3_000_000


@dataclass(frozen=True, slots=True)
class Sales:
    """Per business day (EAT) of a period: orders placed, and TZS paid in minor units."""

    days: list[date]
    orders: list[int]
    paid_minor: list[int]
    paid_orders: int

    @property
    def gmv_minor(self) -> int:
        return sum(self.paid_minor)


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback for the index page."""
    period = _period(request)
    context["queues"] = _queues(request)
    context["desks"] = desks_of(request)
    if request.user.has_perm("backoffice.see_sales"):
        sales = _cached(f"console:sales:{period}", lambda: sales_of(days=period))
        before = _cached(
            f"console:sales:{period}:before", lambda: sales_of(days=period, ago=period)
        )
        context |= {
            "periods": [
                {"title": _("%(days)s days") % {"days": days}, "link": f"?days={days}",
                 "active": days == period}
                for days in PERIODS
            ],
            "sales": _sales_figures(sales, before),
            "orders_chart": _chart(sales.days, sales.orders, _("Orders")),
            "orders_options": _options(),
            **_money_chart(sales),
        }  # fmt: skip
    return context


def _period(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked.isdigit() and int(asked) in PERIODS else PERIOD_DEFAULT


def _cached[T](key: str, compute: Callable[[], T]) -> T:
    known: T | None = cache.get(key)
    if known is None:
        known = compute()
        cache.set(key, known, FRESH_S)
    return known


def _queues(request: HttpRequest) -> list[dict[str, Any]]:
    """A card for each queue that this person may open."""
    counts, late = waiting.figures()
    cards = [
        _card(
            entry.title,
            counts.get(entry.queue, 0),
            entry.address,
            entry.icon,
            entry.variant,
            late.get(entry.model, 0),
        )
        for entry in navigation.entries()
        if entry.queue and navigation.may_open(request, entry)
    ]
    if request.user.has_perm("reconciliation.view_statementline"):
        address = reverse("admin:reconciliation_statementline_changelist")
        unmatched = f"{address}?state__exact={LineState.UNMATCHED}"
        count = _cached("console:unmatched", _unmatched_lines)
        cards.append(_card(_("Unmatched lines"), count, unmatched, "link_off", ""))
    return cards


def _card(
    label: Any, count: int, link: str, icon: str, variant: str, late: int = 0
) -> dict[str, Any]:
    is_urgent = late > 0 or (variant == "danger" and count > 0)
    note = ngettext("%(count)s late", "%(count)s late", late) % {"count": late} if late else ""
    return {
        "label": label,
        "value": count,
        "link": link,
        "icon": icon,
        "is_urgent": is_urgent,
        "note": note,
    }


def _unmatched_lines() -> int:
    return StatementLine.objects.filter(state=LineState.UNMATCHED)[:COUNTED_MAX].count()


def sales_of(*, days: int, ago: int = 0) -> Sales:
    """The last `days` business days up to `ago` days before today, today included; one query."""
    last = clock.today() - timedelta(days=ago)
    first = last - timedelta(days=days - 1)
    found = per_day((first, last))
    every = [first + timedelta(days=number) for number in range(days)]
    return Sales(
        days=every,
        orders=[found.sum(PLACED, (day, day)).count for day in every],
        paid_minor=[found.sum(PAID, (day, day)).total for day in every],
        paid_orders=found.sum(PAID, (first, last)).count,
    )


def _sales_figures(now: Sales, before: Sales) -> list[dict[str, Any]]:
    orders = reverse("admin:orders_order_changelist")
    average = now.gmv_minor // now.paid_orders if now.paid_orders else 0
    paid_share = round(100 * now.paid_orders / sum(now.orders)) if sum(now.orders) else 0
    return [
        {
            "label": _("Orders"),
            "value": f"{sum(now.orders):,}",
            "note": _change(sum(now.orders), sum(before.orders)),
            "link": orders,
        },
        {
            "label": _("Paid (GMV)"),
            "value": money(now.gmv_minor),
            "note": _change(now.gmv_minor, before.gmv_minor),
            "link": f"{orders}?status__exact=paid",
        },
        {
            "label": _("Average paid order"),
            "value": money(average // 100 * 100),
            "note": _("%(count)s paid orders") % {"count": f"{now.paid_orders:,}"},
            "link": f"{orders}?status__exact=paid",
        },
        {
            "label": _("Orders that were paid"),
            "value": f"{paid_share} %",
            "note": _("of those placed in the period"),
            "link": f"{orders}?status__exact=awaiting_payment",
        },
    ]


def _change(now: int, before: int) -> str:
    if not before:
        return _("nothing in the period before")
    change = round(100 * (now - before) / before)
    return _("%(change)s %% against the period before") % {"change": f"{change:+d}"}


def _options(unit: str = "") -> str:
    """How Chart.js draws both charts; there is no half of an order, which it would mark otherwise."""
    return json.dumps(
        {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "plugins": {"legend": {"display": False}},
            "scales": {
                "x": {
                    "border": {"display": False},
                    "grid": {"display": False},
                    "ticks": {"color": INK, "maxRotation": 0, "autoSkipPadding": 14},
                },
                "y": {
                    "beginAtZero": True,
                    "border": {"display": False},
                    "grid": {"color": FAINT},
                    "ticks": {
                        "color": INK,
                        "maxTicksLimit": 6,
                        **({} if unit else {"precision": 0}),
                    },
                    "title": {"display": bool(unit), "text": unit, "color": INK},
                },
            },
        }
    )


def _money_chart(sales: Sales) -> dict[str, str]:
    """In thousands or millions of shillings, whichever reads better."""
    most = max(sales.paid_minor, default=0) / 100
    unit, name = (
        (1_000_000, _("TZS, millions")) if most >= MILLIONS_FROM else (1_000, _("TZS, thousands"))
    )
    values = [round(minor / 100 / unit, 2) for minor in sales.paid_minor]
    return {
        "gmv_chart": _chart(sales.days, values, _("Paid (TZS)")),
        "gmv_options": _options(name),
    }


def _chart(days: list[date], values: Sequence[float], label: str) -> str:
    """Data of a Chart.js bar chart; Unfold resolves its own colour variables."""
    return json.dumps(
        {
            "labels": [date_format(day, "j M") for day in days],
            "datasets": [
                {
                    "label": label,
                    "data": values,
                    "backgroundColor": "var(--color-primary-500)",
                    "maxBarThickness": 22,
                    "borderRadius": 4,
                }
            ],
        }
    )
