"""State machines as data, moved by one function.

A context's `states.py` holds a table read as "from: {to: who may}"; an empty row is final. `move`
checks the table and then updates `WHERE status = old`, so that of two racers one loses cleanly.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.errors import Conflict, Forbidden

type Transitions = Mapping[str, Mapping[str, frozenset[ActorKind]]]


WHO = {
    ActorKind.BUYER: _("buyer"),
    ActorKind.SELLER: _("seller"),
    ActorKind.STAFF: _("staff"),
    ActorKind.SYSTEM: _("system"),
    ActorKind.PROVIDER: _("provider"),
}


class IllegalTransition(Conflict):
    code = "state_conflict"
    message = _("This is %(current)s now, so it can no longer become %(wanted)s.")


class TransitionNotYours(Forbidden):
    code = "transition_not_allowed"
    message = _("Only %(allowed)s may do this.")


def by(*kinds: ActorKind) -> frozenset[ActorKind]:
    """Reads well in a transition table: `{PAID: by(SYSTEM, PROVIDER)}`."""
    return frozenset(kinds)


def may_move(transitions: Transitions, current: str, wanted: str, actor: Actor) -> bool:
    """Whether the table lets this actor take the step; for showing or hiding a button."""
    return actor.kind in transitions.get(current, {}).get(wanted, frozenset())


def move(
    row: models.Model,
    wanted: str,
    transitions: Transitions,
    *,
    actor: Actor,
    field: str = "status",
    **changes: Any,
) -> str:
    """Move a row to `wanted`, writing `changes` with it, and return the state it left.

    Raises IllegalTransition where the table has no such step or another process was faster, and
    TransitionNotYours where the step is somebody else's to take.
    """
    current = str(getattr(row, field))
    allowed = transitions.get(current, {}).get(wanted)
    if allowed is None:
        raise IllegalTransition(
            current=_label(row, field, current), wanted=_label(row, field, wanted)
        )
    if actor.kind not in allowed:
        raise TransitionNotYours(allowed=", ".join(sorted(str(WHO[kind]) for kind in allowed)))
    values = {field: wanted, **changes}
    manager = type(row)._default_manager
    if manager.filter(pk=row.pk, **{field: current}).update(**values) != 1:
        raise IllegalTransition(
            current=_label(row, field, current), wanted=_label(row, field, wanted)
        )
    for name, value in values.items():
        setattr(row, name, value)
    return current


def _label(row: models.Model, field: str, value: str) -> str:
    choices = dict(type(row)._meta.get_field(field).flatchoices or ())  # type: ignore[union-attr]
    return str(choices.get(value, value))
