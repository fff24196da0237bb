"""Who acts: every command takes an `Actor`, every event keeps it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds that a state machine tells apart."""

    BUYER = "buyer"
    SELLER = "seller"
    STAFF = "staff"
    SYSTEM = "system"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Actor:
    """A user in one of their roles, a named part of the system, or a payment provider."""

    kind: ActorKind
    id: str
    label: str = ""

    @classmethod
    def buyer(cls, user_id: UUID | str, label: str = "") -> "Actor":
        return cls(ActorKind.BUYER, str(user_id), label)

    @classmethod
    def seller(cls, user_id: UUID | str, label: str = "") -> "Actor":
        return cls(ActorKind.SELLER, str(user_id), label)

    @classmethod
    def staff(cls, user_id: UUID | str, label: str = "") -> "Actor":
        return cls(ActorKind.STAFF, str(user_id), label)

    @classmethod
    def system(cls, part: str) -> "Actor":
        return cls(ActorKind.SYSTEM, part, part)

    @classmethod
    def provider(cls, name: str) -> "Actor":
        return cls(ActorKind.PROVIDER, name, name)

    @property
    def user_id(self) -> UUID | None:
        """The user behind a buyer, seller or staff actor; None for the system and providers."""
        if self.kind in {ActorKind.SYSTEM, ActorKind.PROVIDER}:
            return None
        return UUID(self.id)
