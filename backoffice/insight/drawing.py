"""A chart as Chart.js draws it. Unfold resolves its own colour variables in the data."""

import json
from typing import Any

from django.utils.translation import gettext as _

from backoffice.insight.charts import COUNT, HOURS, MONEY, PERCENT, Chart, Line
from backoffice.insight.period import Period

PALETTE = (
    "#0d9488",
    "#f59e0b",
    "#6366f1",
    "#ec4899",
    "#84cc16",
    "#0ea5e9",
    "#a855f7",
    "#ef4444",
    "#94a3b8",
)
MAIN, BEFORE = "var(--color-primary-500)", "#9ca3af"
# Readable on white and on black.
INK = "#707c88"
# Lines behind the figures, by day and by night.
FAINT = "rgba(139, 152, 165, .22)"
THOUSANDS_FROM, MILLIONS_FROM = 3_000, 3_000_000
HEIGHT, ROW_HEIGHT = 240, 34


def drawn(chart: Chart, period: Period) -> dict[str, Any]:
    """What the template hands to the canvas, and where a click on a point leads."""
    scale, unit = _scale(chart)
    rows = len(chart.labels) * len(chart.lines)
    return {
        "type": "bar" if chart.kind == "row" else chart.kind,
        "data": json.dumps(
            {
                "labels": list(chart.labels),
                "datasets": [
                    _dataset(chart, number, line, scale) for number, line in enumerate(chart.lines)
                ],
            }
        ),
        "options": json.dumps(_options(chart, unit)),
        "height": max(HEIGHT, ROW_HEIGHT * rows // 2 + 60) if chart.kind == "row" else HEIGHT,
        "points": json.dumps(_points(chart, period)),
    }


def _points(chart: Chart, period: Period) -> list[str]:
    if chart.links or chart.kind in ("row", "doughnut"):
        return list(chart.links)
    return [chart.behind[0].address(span) for span in period.buckets()]


def _scale(chart: Chart) -> tuple[int, str]:
    """Shillings in thousands or millions, whichever reads better; what the axis is called."""
    if chart.unit == MONEY:
        most = max((value or 0 for line in chart.lines for value in line.values), default=0)
        if most >= MILLIONS_FROM:
            return 1_000_000, _("TZS, millions")
        return (1_000, _("TZS, thousands")) if most >= THOUSANDS_FROM else (1, "TZS")
    return 1, {PERCENT: "%", HOURS: _("hours"), COUNT: ""}[chart.unit]


def _dataset(chart: Chart, number: int, line: Line, scale: int) -> dict[str, Any]:
    values = [value if value is None else round(value / scale, 2) for value in line.values]
    dataset: dict[str, Any] = {"label": str(line.title), "data": values}
    if chart.kind == "doughnut":
        return dataset | {"backgroundColor": list(PALETTE[: len(values)]), "borderWidth": 0}
    colour = BEFORE if line.is_before else MAIN
    if number and not line.is_before:
        colour = PALETTE[number]
    dataset |= {"borderColor": colour, "backgroundColor": colour, "order": int(line.is_before)}
    if chart.kind == "line":
        is_single = sum(value is not None for value in values) == 1
        return dataset | {
            "borderWidth": 1.5 if line.is_before else 2,
            "borderDash": [5, 4] if line.is_before else [],
            "pointRadius": 3 if is_single else 0,
            "pointHitRadius": 12,
            "spanGaps": True,
            "tension": 0,
        }
    return dataset | {"borderRadius": 4, "maxBarThickness": 22}


def _options(chart: Chart, unit: str) -> dict[str, Any]:
    legend = {
        "display": chart.kind == "doughnut" or len(chart.lines) > 1,
        "position": "right" if chart.kind == "doughnut" else "bottom",
        "labels": {"boxWidth": 10, "boxHeight": 10, "color": INK, "usePointStyle": True},
    }
    options: dict[str, Any] = {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "plugins": {"legend": legend},
    }
    if chart.kind == "doughnut":
        return options | {"cutout": "62%"}
    ticks = {"color": INK, "maxRotation": 0}
    labels = {"grid": {"display": False}, "ticks": {**ticks, "autoSkipPadding": 14}}
    values = {
        "beginAtZero": True,
        "border": {"display": False},
        "grid": {"color": FAINT},
        "ticks": {**ticks, "maxTicksLimit": 6, **({"precision": 0} if chart.unit == COUNT else {})},
        "title": {"display": bool(unit), "text": unit, "color": INK},
    }
    if chart.unit == PERCENT:
        values["suggestedMax"] = 5
    is_lying = chart.kind == "row"
    if is_lying:
        labels["ticks"] = {"color": INK, "autoSkip": False}
    return options | {
        "indexAxis": "y" if is_lying else "x",
        "interaction": {"mode": "index", "axis": "y" if is_lying else "x", "intersect": False},
        "scales": {"y": labels, "x": values} if is_lying else {"x": labels, "y": values},
    }
