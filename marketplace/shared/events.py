"""Events: frozen facts in the past tense. Pure Python, so that no `events.py` needs Django."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from types import NoneType
from typing import Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from marketplace.shared.actors import Actor

REGISTRY: dict[str, type["Event"]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. A subclass sets `name` (versioned, stored) and `aggregate`.

    `aggregate = "order"` says that the field `order_id` names the thing the fact is about. Fields
    are str, int, bool, UUID, date, datetime, lists of these, or None; a new field needs a default.
    """

    name: ClassVar[str]
    aggregate: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if cls.name in REGISTRY and REGISTRY[cls.name].__qualname__ != cls.__qualname__:
            raise TypeError(f"two events are called {cls.name}")
        REGISTRY[cls.name] = cls

    @property
    def aggregate_id(self) -> str:
        return str(getattr(self, f"{self.aggregate}_id"))

    def payload(self) -> dict[str, Any]:
        """JSON-ready values by field name."""
        return {key: _plain(value) for key, value in vars(self).items()}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """The event again; fields that the stored fact does not know keep their defaults."""
        hints = get_type_hints(cls)
        known = {field.name for field in fields(cls)}
        return cls(**{k: _typed(v, hints[k]) for k, v in payload.items() if k in known})


@dataclass(frozen=True, slots=True)
class EventMeta:
    """What a handler may need beside the fact: when, by whom, and a key for external effects."""

    event_id: UUID
    occurred_at: datetime
    actor: Actor
    request_id: str
    delivery_key: str


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _typed(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in {list, tuple}:
        return [_typed(item, get_args(hint)[0]) for item in value]
    if get_origin(hint) is Union or type(hint).__name__ == "UnionType":
        hint = next(arm for arm in get_args(hint) if arm is not NoneType)
    if hint is UUID:
        return UUID(value)
    if hint in {datetime, date}:
        return hint.fromisoformat(value)
    return value


@dataclass(frozen=True, kw_only=True)
class _DeliveryEvent(Event):
    """What people do to a delivery that failed."""

    name: ClassVar[str] = "shared._delivery"
    aggregate: ClassVar[str] = "delivery"
    delivery_id: int


@dataclass(frozen=True, kw_only=True)
class DeliveryRetried(_DeliveryEvent):
    """A dead letter has a new life, or one that waits for its next attempt need not wait."""

    name: ClassVar[str] = "shared.delivery_retried.v1"


@dataclass(frozen=True, kw_only=True)
class DeliveryDiscarded(_DeliveryEvent):
    name: ClassVar[str] = "shared.delivery_discarded.v1"
    reason: str
