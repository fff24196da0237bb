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
