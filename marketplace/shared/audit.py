"""The event log for whoever asks later: who did what to which thing, before and after.

The console's list, its export and the audit extract ask here, so that all three hold the same rows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Func, QuerySet, TextField, Value
from django.db.models.functions import Cast

from marketplace.shared.models import LoggedEvent
from marketplace.shared.rows import Selection

# `masking.masked_text` for PostgreSQL: what is read row by row is masked where it is read.
_MASKED = {
    r"([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)": r"\1•••@\2",
    r"(?<![\w.])(?:\+?255|0)[67]\d{5}(\d{3})(?!\w)": "•••\N{NO-BREAK SPACE}\\1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events: those in [since, until) that fit all that is given; None asks for nothing.

    `actors` and `about` are ids, `aggregates` kinds of things, `names` stored names of events.
    """

    since: datetime | None = None
    until: datetime | None = None
    actors: tuple[str, ...] | None = None
    aggregates: tuple[str, ...] | None = None
    about: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    request: str | None = None


def events(wanted: Wanted) -> QuerySet[LoggedEvent]:
    """The events asked for, in no order. Every condition has an index that goes on by time."""
    conditions = {
        "occurred_at__gte": wanted.since,
        "occurred_at__lt": wanted.until,
        "actor_id__in": wanted.actors,
        "aggregate__in": wanted.aggregates,
        "aggregate_id__in": wanted.about,
        "name__in": wanted.names,
        "request_id": wanted.request,
    }
    return LoggedEvent.objects.filter(
        **{look_up: value for look_up, value in conditions.items() if value is not None}
    )


def event_rows(wanted: Wanted) -> Selection:
    """The same, oldest first, for a file.

    When, event, aggregate, id, kind of actor, name, id of the actor, request, before, after: these two
    without phone numbers and e-mail addresses, since nobody can hide what is in a file again.
    """
    rows = events(wanted).order_by("occurred_at", "pk")
    return Selection.of(
        rows.values_list(
            "occurred_at",
            "name",
            "aggregate",
            "aggregate_id",
            "actor_kind",
            "actor_label",
            "actor_id",
            "request_id",
            _masked("before"),
            _masked("after"),
        )
    )


def _masked(column: str) -> Any:
    text: Any = Cast(column, TextField())
    for pattern, instead in _MASKED.items():
        text = Func(
            text,
            Value(pattern),
            Value(instead),
            Value("g"),
            function="regexp_replace",
            output_field=TextField(),
        )
    return text
