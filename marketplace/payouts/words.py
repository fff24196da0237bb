"""Payout terms and reserves as people read them, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.payouts.states import Frequency, RiskTier
from marketplace.shared.money import format_minor

LABELS: dict[str, Any] = {
    "tier": _("Tier of risk"),
    "frequency": _("Paid"),
    "weekday": _("Weekday"),
    "month_day": _("Day of the month"),
    "minimum_minor": _("Own minimum"),
    "basis_points": _("Share in reserve"),
    "days": _("Days in reserve"),
}


def in_words(name: str, value: Any) -> str:
    """The value of a column."""
    match name:
        case "tier":
            return str(RiskTier(value).label)
        case "frequency":
            return str(Frequency(value).label)
        case "weekday":
            return str(WEEKDAYS[value - 1])
        case "minimum_minor":
            return gettext("the usual one") if value is None else format_minor(value)
        case "basis_points":
            return f"{value / 100:g}\N{NO-BREAK SPACE}%"
        case _:
            return str(value)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    """(what, before, afterwards) of each column that changes, in the order of `LABELS`."""
    return [
        (label, in_words(name, before[name]), in_words(name, after[name]))
        for name, label in LABELS.items()
        if name in after and before[name] != after[name]
    ]
