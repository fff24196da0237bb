"""The things that events are about, by the references that people know them by."""

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast

from backoffice.things import REFERENCES, model_of_subject
from marketplace.shared.models import LoggedEvent

# Things without a reference that have another name for people.
NUMBERED = {"billing.document": "number"}
NAMED = frozenset(REFERENCES.values()) | NUMBERED.keys()


def references_of(events: Iterable[LoggedEvent]) -> dict[tuple[str, str], str]:
    """(model, id) → reference of what the events are about, in one query for all kinds of things."""
    wanted: dict[Any, set[str]] = {}
    for event in events:
        model = model_of_subject(event.name, event.aggregate)
        if model is not None and model._meta.label_lower in NAMED:
            wanted.setdefault(model, set()).add(event.aggregate_id)
    if not wanted:
        return {}
    first, *others = (_named(model, ids) for model, ids in wanted.items())
    rows = first.union(*others, all=True) if others else first
    return {(label, pk): reference for label, pk, reference in rows}


def reference_of(event: LoggedEvent, references: dict[tuple[str, str], str]) -> str:
    """What people call the thing; its id where it has no other name."""
    model = model_of_subject(event.name, event.aggregate)
    label = model._meta.label_lower if model else ""
    return references.get((label, event.aggregate_id), event.aggregate_id)


def _named(model: Any, ids: set[str]) -> QuerySet[Any, Any]:
    text = CharField()
    return (
        model._default_manager.filter(pk__in=ids)
        .annotate(
            of=Value(model._meta.label_lower, output_field=text),
            thing=Cast("pk", text),
        )
        .values_list("of", "thing", NUMBERED.get(model._meta.label_lower, "reference"))
        .order_by()
    )
