"""A fact to hang an entry on."""

from dataclasses import dataclass
from typing import ClassVar

from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.events import Event
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.outbox import record


@dataclass(frozen=True, kw_only=True)
class SomethingHappened(Event):
    name: ClassVar[str] = "tests.something_happened.v1"
    aggregate: ClassVar[str] = "thing"
    thing_id: str
    note: str = ""


def a_fact() -> LoggedEvent:
    return record(SomethingHappened(thing_id=str(uuid7())), actor=Actor.system("tests"))


def a_fact_about(aggregate: str, aggregate_id: object) -> LoggedEvent:
    """One about a thing of ours, which owes nothing to any handler."""
    return LoggedEvent.objects.create(
        name=SomethingHappened.name,
        aggregate=aggregate,
        aggregate_id=str(aggregate_id),
        payload={},
        actor_kind="system",
        actor_id="tests",
        occurred_at=clock.now(),
    )
