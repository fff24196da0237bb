"""A fact to hang an entry on."""

from dataclasses import dataclass
from typing import ClassVar

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
