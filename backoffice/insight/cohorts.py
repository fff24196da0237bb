"""Who comes back: buyers by the month in which they first paid, as a heat map."""

from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backoffice.insight.charts import share
from backoffice.insight.figures import kept
from backoffice.insight.lists import Behind
from marketplace.analytics.queries import Cohort, cohorts
from marketplace.shared.months import month_after

NAME = "cohorts"
MONTHS = 12
# Months pass slowly.
FRESH_S = 300
SHADES = 10


def known_cohorts() -> list[Cohort]:
    return kept("console:cohorts", FRESH_S, lambda: cohorts(months=MONTHS))


def heat_map() -> dict[str, Any]:
    """What the template draws; a shade is a tenth of those who could have come back."""
    found = known_cohorts()
    width = max((len(cohort.buyers) for cohort in found), default=0)
    return {
        "ages": list(range(1, width)),
        "rows": [
            {
                "month": date_format(cohort.month, "M Y"),
                "buyers": cohort.buyers[0],
                "link": Behind("", "orders.order", "paid_at").address(
                    (cohort.month, month_after(cohort.month) - timedelta(days=1))
                ),
                "cells": [_cell(cohort, buyers) for buyers in cohort.buyers[1:]],
                "missing": range(width - len(cohort.buyers)),
            }
            for cohort in found
        ],
    }


def _cell(cohort: Cohort, buyers: int) -> dict[str, Any]:
    part = share(buyers, cohort.buyers[0]) or 0.0
    return {
        "share": f"{part:.0f} %",
        "buyers": buyers,
        "shade": min(SHADES, -(-int(part) * SHADES // 100)),
    }


def sheet() -> list[list[Any]]:
    """The heat map as rows of a spreadsheet: how many, not shares."""
    found = known_cohorts()
    width = max((len(cohort.buyers) for cohort in found), default=1)
    heading = [
        _("First paid in"),
        *(_("Month %(number)s") % {"number": age} for age in range(width)),
    ]
    return [heading, *([f"{cohort.month:%Y-%m}", *cohort.buyers] for cohort in found)]
