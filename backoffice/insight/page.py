"""The analytics page: any period, what it is compared with, and the way from each figure to its list."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from unfold.views import UnfoldSiteViewMixin

from backoffice.insight import cohorts
from backoffice.insight.charts import CHARTS, HOURS, MONEY, PERCENT, Chart
from backoffice.insight.drawing import drawn
from backoffice.insight.figures import Figures, figures_of, kept
from backoffice.insight.period import AGAINST, Period, asked, compared_with, switches
from backoffice.insight.tiles import tiles
from backoffice.pages.blocks import Page, Piece
from backoffice.pages.display import moment, money
from backoffice.pages.site_page import ConsolePage
from marketplace.analytics.queries import Tie, counted_until
from reports.texts import disarmed

DUTY = "backoffice.see_sales"
FRESH_S = 30


class Analytics(ConsolePage):
    """Read from the rollups alone; the ledger is asked for one total, to hold the figures against."""

    title = _("Analytics")
    permission_required = (DUTY,)

    def blocks(self, request: HttpRequest) -> Page:
        period = asked(request.GET)
        figures = _figures(period)
        return Page(
            tabs=switches(period),
            main=[
                Piece("", "console/blocks/period.html", _choices(period)),
                Piece("", "console/blocks/tiles.html", {"tiles": tiles(figures)}),
                Piece("", "console/blocks/tie.html", _tie(figures.tie)),
                Piece(
                    "",
                    "console/blocks/charts.html",
                    {
                        "charts": [
                            _chart(build(figures), period, request) for build in CHARTS.values()
                        ]
                    },
                ),
                Piece(
                    _("Who comes back"), "console/blocks/cohorts.html", _cohorts(period, request)
                ),
            ],
        )


def _figures(period: Period) -> Figures:
    """Kept for half a minute: the figures move once a minute."""
    key = f"console:figures:{period.query}:{period.last}"
    return kept(key, FRESH_S, lambda: figures_of(period))


def _choices(period: Period) -> dict[str, Any]:
    return {
        "period": period,
        "shown": str(period),
        "compared": compared_with(period),
        "against": [(name, title, name == period.against) for name, title in AGAINST.items()],
    }


def _tie(tie: Tie) -> dict[str, Any]:
    return {
        "counted": money(tie.counted_minor),
        "booked": money(tie.booked_minor),
        "waiting": money(tie.waiting_minor) if tie.waiting_minor else "",
        "difference": money(tie.difference_minor) if tie.difference_minor else "",
        "counted_until": moment(counted_until()),
    }


def _chart(chart: Chart, period: Period, request: HttpRequest) -> dict[str, Any]:
    return {
        "chart": chart,
        "drawn": drawn(chart, period),
        "behind": [
            (one.title, one.address(period.span)) for one in chart.behind if one.is_open_to(request)
        ],
        "csv": _file(chart.name, period),
    }


def _cohorts(period: Period, request: HttpRequest) -> dict[str, Any]:
    return cohorts.heat_map() | {
        "csv": _file(cohorts.NAME, period),
        "may_open": request.user.has_perm("orders.view_order"),
    }


def _file(chart: str, period: Period) -> str:
    return f"{reverse('admin:analytics_csv', args=[chart])}?{period.query}"


class ChartFile(UnfoldSiteViewMixin, View):
    """A chart's figures as CSV, for the period of the page."""

    title = ""
    http_method_names = ["get", "head", "options"]
    raise_exception = True
    permission_required = (DUTY,)

    def get(self, request: HttpRequest, chart: str, **kwargs: Any) -> HttpResponse:
        period = asked(request.GET)
        if chart != cohorts.NAME and chart not in CHARTS:
            raise Http404
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        name = f"{chart}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        rows = cohorts.sheet() if chart == cohorts.NAME else _sheet(CHARTS[chart](_figures(period)))
        csv.writer(response).writerows(rows)
        return response


def _sheet(chart: Chart) -> Iterator[list[str]]:
    """Shillings with two decimals, shares in per cent; what is not known is empty."""
    unit = {MONEY: "TZS", PERCENT: "%", HOURS: "h"}.get(chart.unit, "")
    titles = [f"{line.title} ({unit})" if unit else str(line.title) for line in chart.lines]
    yield [chart.title, *titles]
    form = "{:.2f}" if chart.unit == MONEY else "{}"
    for number, label in enumerate(chart.labels):
        values = [line.values[number] for line in chart.lines]
        yield [
            disarmed(str(label)),
            *("" if value is None else form.format(value) for value in values),
        ]
