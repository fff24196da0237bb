"""What accounts announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class UserRegistered(Event):
    name: ClassVar[str] = "accounts.user_registered.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class PhoneCodeRequested(Event):
    """`sealed_code` is the code encrypted for the sender: the log never holds it in clear."""

    name: ClassVar[str] = "accounts.phone_code_requested.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    phone: str
    sealed_code: str


@dataclass(frozen=True, kw_only=True)
class PhoneVerified(Event):
    name: ClassVar[str] = "accounts.phone_verified.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    phone: str


@dataclass(frozen=True, kw_only=True)
class SessionReplayed(Event):
    """A used refresh token came again: the family was ended."""

    name: ClassVar[str] = "accounts.session_replayed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    family_id: UUID


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Event):
    name: ClassVar[str] = "accounts.roles_changed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    roles: list[str]


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """Every session of the user ended with it."""

    name: ClassVar[str] = "accounts.password_changed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class AddressSaved(Event):
    name: ClassVar[str] = "accounts.address_saved.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    address_id: UUID
