"""The time that a page of figures is about, what it is compared with, and how it is cut."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.analytics.queries import Span
from marketplace.shared import clock

DAYS_MAX = 3 * 366
YEAR_MIN, YEAR_MAX = 2000, 2100
# Up to so many days a point is a day, then a week, then a month.
DAILY_MAX, WEEKLY_MAX = 62, 280
PRESETS = {
    "7d": gettext_lazy("7 days"),
    "30d": gettext_lazy("30 days"),
    "90d": gettext_lazy("90 days"),
    "month": gettext_lazy("This month"),
    "last-month": gettext_lazy("Last month"),
    "year": gettext_lazy("12 months"),
}
PRESET_DEFAULT = "30d"
AGAINST = {
    "previous": gettext_lazy("The period before"),
    "year": gettext_lazy("The year before"),
    "none": gettext_lazy("Nothing"),
}
AGAINST_DEFAULT = "previous"


@dataclass(frozen=True, slots=True)
class Period:
    """Business days from `first` to `last`, both included."""

    first: date
    last: date
    against: str = AGAINST_DEFAULT
    preset: str = ""

    @property
    def span(self) -> Span:
        return self.first, self.last

    @property
    def before(self) -> Span | None:
        """What it is compared with."""
        return None if self.against == "none" else self.shifted(self.span)

    @property
    def query(self) -> str:
        """The period as the end of an address."""
        days = (
            {"period": self.preset}
            if self.preset
            else {"from": self.first.isoformat(), "to": self.last.isoformat()}
        )
        return urlencode(days | {"against": self.against})

    def shifted(self, span: Span) -> Span:
        """The days of the comparison that stand against some of this period's."""
        first, last = span
        if self.against == "year":
            return _year_before(first), _year_before(last)
        length = timedelta(days=(self.last - self.first).days + 1)
        return first - length, last - length

    @property
    def grain(self) -> str:
        days = (self.last - self.first).days + 1
        if days <= DAILY_MAX:
            return "day"
        return "week" if days <= WEEKLY_MAX else "month"

    def labels(self) -> list[str]:
        """What stands under the points."""
        form = "M Y" if self.grain == "month" else "j M"
        return [date_format(first, form) for first, _last in self.buckets()]

    def buckets(self) -> list[Span]:
        """The points of a chart: days, weeks or months, the last one as far as the period goes."""
        found, begin = [], self.first
        while begin <= self.last:
            if self.grain == "day":
                end = begin
            elif self.grain == "week":
                end = begin + timedelta(days=6)
            else:
                end = begin.replace(day=monthrange(begin.year, begin.month)[1])
            found.append((begin, min(end, self.last)))
            begin = end + timedelta(days=1)
        return found

    def __str__(self) -> str:
        return between(self.span)


def between(span: Span) -> str:
    first, last = span
    if first == last:
        return date_format(first, "j M Y")
    return f"{date_format(first, 'j M Y')} – {date_format(last, 'j M Y')}"


def asked(query: QueryDict) -> Period:
    """The period of an address; what makes no sense is the default."""
    against = query.get("against", "")
    against = against if against in AGAINST else AGAINST_DEFAULT
    first, last = _day(query.get("from", "")), _day(query.get("to", ""))
    if first and last and first <= last and (last - first).days < DAYS_MAX:
        return Period(first, last, against)
    name = query.get("period", "")
    name = name if name in PRESETS else PRESET_DEFAULT
    return Period(*_preset(name), against, name)


def switches(period: Period) -> list[dict[str, Any]]:
    """The presets, as links."""
    return [
        {
            "title": title,
            "link": "?" + urlencode({"period": name, "against": period.against}),
            "active": name == period.preset,
        }
        for name, title in PRESETS.items()
    ]


def compared_with(period: Period) -> str:
    """What the changes are against, in words."""
    if period.before is None:
        return _("not compared")
    return _("against %(days)s") % {"days": between(period.before)}


def _preset(name: str) -> Span:
    today = clock.today()
    if name == "month":
        return today.replace(day=1), today
    if name == "last-month":
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if name == "year":
        return _year_before(today) + timedelta(days=1), today
    return today - timedelta(days=int(name.removesuffix("d")) - 1), today


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEAR_MIN <= day.year <= YEAR_MAX else None


def _year_before(day: date) -> date:
    """The same day of the year before; the 29th of February has the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
