"""What happened to a thing while a person was reading it.

A page's forms carry how many events about the thing others had caused when it was drawn. Events are
counted, not compared by id: one may commit after another that was written later.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from backoffice.timeline import TimelineItem, item_of, names_of_actors
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent

SHOWN_MAX = 10
# Looking changes nothing.
QUIET = ("sellers.document_read.v1",)

type Subjects = Sequence[tuple[str, Sequence[Any]]]


def events_by_others(subjects: Subjects, *, me: Actor) -> int:
    """The version of a thing, as one person sees it."""
    return _by_others(subjects, me).count()


def changes_since(subjects: Subjects, *, seen: str, me: Actor) -> list[TimelineItem]:
    """What others did since the version `seen`, newest first; nothing where it is not known."""
    if not seen.isdecimal():
        return []
    rows = _by_others(subjects, me)
    new = rows.count() - int(seen)
    if new <= 0:
        return []
    events = list(rows.order_by("-id")[: min(new, SHOWN_MAX)])
    names = names_of_actors(events)
    return [item_of(event, names, {}) for event in events]


def _by_others(subjects: Subjects, me: Actor) -> QuerySet[LoggedEvent]:
    about = Q(pk=None)
    for aggregate, ids in subjects:
        about |= Q(aggregate=aggregate, aggregate_id__in=[str(one) for one in ids])
    return LoggedEvent.objects.filter(about).exclude(actor_id=me.id).exclude(name__in=QUIET)
