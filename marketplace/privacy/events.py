"""What was looked at. Never what was seen."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _Revealed(Event):
    """`fields` of the thing (`orders.order` and its id) were shown in full to the actor, who said why.

    `shown_on` is the thing's reference, as people know it; "" where it has none.
    """

    name: ClassVar[str] = "privacy._revealed"
    aggregate: ClassVar[str] = "record"
    thing: str
    thing_id: str
    shown_on: str
    fields: list[str]
    reason: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonRevealed(_Revealed):
    name: ClassVar[str] = "privacy.person_revealed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class SellerRevealed(_Revealed):
    name: ClassVar[str] = "privacy.seller_revealed.v1"
    aggregate: ClassVar[str] = "seller"
    seller_id: UUID


@dataclass(frozen=True, kw_only=True)
class RecordRevealed(_Revealed):
    """What a provider wrote of somebody whom we do not know; `record_id` is the thing's own."""

    name: ClassVar[str] = "privacy.record_revealed.v1"
    record_id: str


@dataclass(frozen=True, kw_only=True)
class SightBegun(Event):
    """The actor may look at the user's account for `minutes`; the user is told the reason."""

    name: ClassVar[str] = "privacy.sight_begun.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    sight_id: UUID
    reason: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class SightEnded(Event):
    name: ClassVar[str] = "privacy.sight_ended.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    sight_id: UUID


@dataclass(frozen=True, kw_only=True)
class SightUsed(Event):
    """One request of a sight and what came of it: `path` with its question, `status` of HTTP."""

    name: ClassVar[str] = "privacy.sight_used.v1"
    aggregate: ClassVar[str] = "sight"
    sight_id: UUID
    user_id: UUID
    method: str
    path: str
    status: int
