"""Periods by name: what a person asks for, and what a schedule means on the day it strikes."""

from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

MONTHS_IN_QUARTER = 3


class Preset(StrEnum):
    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    CUSTOM = "custom"


LABELS = {
    Preset.TODAY: _("Today"),
    Preset.YESTERDAY: _("Yesterday"),
    Preset.THIS_WEEK: _("This week"),
    Preset.LAST_WEEK: _("Last week"),
    Preset.THIS_MONTH: _("This month"),
    Preset.LAST_MONTH: _("Last month"),
    Preset.THIS_QUARTER: _("This quarter"),
    Preset.LAST_QUARTER: _("Last quarter"),
    Preset.CUSTOM: _("From day to day"),
}
LABELS_OF_DAYS = {
    Preset.TODAY: _("Today"),
    Preset.YESTERDAY: _("Yesterday"),
    Preset.LAST_WEEK: _("Last week"),
    Preset.LAST_MONTH: _("Last month"),
    Preset.LAST_QUARTER: _("Last quarter"),
    Preset.CUSTOM: _("A certain day"),
}


def days_of(preset: Preset, today: date) -> tuple[date, date]:
    """First and last day; what still runs ends today. Weeks begin on Monday.

    Raises ValueError for CUSTOM, whose days somebody must name.
    """
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    quarter = month.replace(month=month.month - (month.month - 1) % MONTHS_IN_QUARTER)
    one_day = timedelta(days=1)
    match preset:
        case Preset.TODAY:
            return today, today
        case Preset.YESTERDAY:
            return today - one_day, today - one_day
        case Preset.THIS_WEEK:
            return monday, today
        case Preset.LAST_WEEK:
            return monday - timedelta(days=7), monday - one_day
        case Preset.THIS_MONTH:
            return month, today
        case Preset.LAST_MONTH:
            return (month - one_day).replace(day=1), month - one_day
        case Preset.THIS_QUARTER:
            return quarter, today
        case Preset.LAST_QUARTER:
            last = quarter - one_day
            return last.replace(day=1, month=last.month - MONTHS_IN_QUARTER + 1), last
        case Preset.CUSTOM:
            raise ValueError("the days of a custom period are not ours to say")
