"""What every desk is made of, and what the desks that give verdicts have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice.insight.charts import COUNT, HOURS, Chart, Line, hours, share
from backoffice.insight.lists import Behind
from backoffice.insight.period import Period
from marketplace.analytics.measures import DECIDED
from marketplace.analytics.queries import Amount, Days, Span

DAYS = 14


@dataclass(frozen=True, slots=True)
class Figure:
    """A tile: what it says, and the list behind it."""

    label: str
    value: str
    note: str
    behind: Behind
    span: Span
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a desk's figures are drawn from: its days, and what its queries count now."""

    days: Days
    now: dict[str, int]
    period: Period

    @property
    def today(self) -> Span:
        return self.period.last, self.period.last

    @property
    def yesterday(self) -> Span:
        day = self.period.last - timedelta(days=1)
        return day, day

    def points(self, measure: str) -> list[Amount]:
        return [self.days.sum(measure, span) for span in self.period.buckets()]


@dataclass(frozen=True, slots=True)
class Desk:
    """`needs` is the duty or permission of those who work there; who has `unless` sees more elsewhere."""

    name: str
    title: Any
    needs: str
    figures: Callable[[Seen], Sequence[Figure]]
    charts: Callable[[Seen], Sequence[Chart]]
    # What stands as it is now: name → rows, counted in one statement.
    counts: Callable[[Span], dict[str, QuerySet[Any]]]
    unless: str = ""

    def is_of(self, request: HttpRequest) -> bool:
        user = request.user
        return user.has_perm(self.needs) and not (self.unless and user.has_perm(self.unless))


def number(count: int) -> str:
    return f"{count:,}"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a desk decides: measure → the state that a thing of it is in, first of those let through.

    `model` and `moment` are where things and the time of their verdict stand, `queue` whose time counts.
    """

    states: Mapping[str, str]
    model: str
    moment: str
    queue: str

    def behind(self, title: str = "", state: str = "") -> Behind:
        return Behind(title, self.model, self.moment, (("status__exact", state),) if state else ())

    def all_of(self, days: Days, span: Span) -> Amount:
        found = [days.sum(measure, span) for measure in self.states]
        return Amount(sum(one.count for one in found), sum(one.total for one in found))

    def figures(self, seen: Seen, labels: Sequence[str]) -> list[Figure]:
        """How many of each today, then how fast and how much in time."""
        span = seen.period.span
        in_time = seen.days.sum(DECIDED, span, self.queue)
        percent, took = share(in_time.total, in_time.count), hours(self.all_of(seen.days, span))
        return [
            *(
                self._today(seen, label, *verdict)
                for label, verdict in zip(labels, self.states.items(), strict=True)
            ),
            Figure(
                _("Time to decide"),
                "–" if took is None else _("%(hours)s h") % {"hours": took},
                _("on average, %(days)s days") % {"days": DAYS},
                self.behind(),
                span,
            ),
            Figure(
                _("Decided in time"),
                "–" if percent is None else f"{percent} %",
                _("of the last %(days)s days") % {"days": DAYS},
                self.behind(),
                span,
            ),
        ]

    def _today(self, seen: Seen, label: str, measure: str, state: str) -> Figure:
        now, before = (
            number(seen.days.sum(measure, span).count) for span in (seen.today, seen.yesterday)
        )
        note = _("%(count)s yesterday") % {"count": before}
        return Figure(label, now, note, self.behind(state=state), seen.today)

    def charts(
        self, seen: Seen, name: str, title: str, things: str, labels: Sequence[str]
    ) -> list[Chart]:
        """The verdicts of each day, and how long they took; `things` is what the list behind is called."""
        behind, days = [self.behind(things)], seen.period.labels()
        lines = [
            Line(label, [one.count for one in seen.points(measure)])
            for label, measure in zip(labels, self.states, strict=True)
        ]
        took = [hours(self.all_of(seen.days, span)) for span in seen.period.buckets()]
        return [
            Chart(f"{name}-verdicts", title, "bar", COUNT, days, lines, behind),
            Chart(
                f"{name}-time", _("Time to decide, average"), "line", HOURS, days,
                [Line(_("Hours"), took)], behind,
            ),
        ]  # fmt: skip
