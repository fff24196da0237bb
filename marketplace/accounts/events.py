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
    """`request_id` names the request that a second person approved; None where nothing was added,
    or the system did it."""

    name: ClassVar[str] = "accounts.roles_changed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    roles: list[str]
    reason: str = ""
    request_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class _RoleRequestEvent(Event):
    name: ClassVar[str] = "accounts._role_request"
    aggregate: ClassVar[str] = "role_request"
    role_request_id: UUID
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class RolesRequested(_RoleRequestEvent):
    """`roles` are all that the person is to have."""

    name: ClassVar[str] = "accounts.roles_requested.v1"
    roles: list[str]
    reason: str


@dataclass(frozen=True, kw_only=True)
class RoleRequestApproved(_RoleRequestEvent):
    name: ClassVar[str] = "accounts.role_request_approved.v1"


@dataclass(frozen=True, kw_only=True)
class RoleRequestRejected(_RoleRequestEvent):
    name: ClassVar[str] = "accounts.role_request_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class RoleRequestWithdrawn(_RoleRequestEvent):
    name: ClassVar[str] = "accounts.role_request_withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class RoleRequestOvertaken(_RoleRequestEvent):
    """The person's roles were changed in another way before anybody decided."""

    name: ClassVar[str] = "accounts.role_request_overtaken.v1"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """Every session of the user ended with it."""

    name: ClassVar[str] = "accounts.password_changed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class ColleagueInvited(Event):
    """`sealed_token` is the link's, encrypted for the sender: the log never holds it in clear."""

    name: ClassVar[str] = "accounts.colleague_invited.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    link_id: int
    sealed_token: str


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    name: ClassVar[str] = "accounts.invitation_withdrawn.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    link_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class InvitationCorrected(Event):
    """To another address; the new invitation is an event of its own."""

    name: ClassVar[str] = "accounts.invitation_corrected.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(Event):
    """The colleague chose a password."""

    name: ClassVar[str] = "accounts.invitation_accepted.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    link_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordLinkAsked(Event):
    """By whoever stood at the door; whether anybody of ours has that address is not said here."""

    name: ClassVar[str] = "accounts.password_link_asked.v1"
    aggregate: ClassVar[str] = "password_request"
    password_request_id: UUID
    sealed_email: str


@dataclass(frozen=True, kw_only=True)
class PasswordForgotten(Event):
    """A link is on its way to the person's own address."""

    name: ClassVar[str] = "accounts.password_forgotten.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    link_id: int
    sealed_token: str


@dataclass(frozen=True, kw_only=True)
class AddressSaved(Event):
    name: ClassVar[str] = "accounts.address_saved.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    address_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondFactorBegun(Event):
    """A secret was shown; no code is taken before it is answered with one."""

    name: ClassVar[str] = "accounts.second_factor_begun.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondFactorConfirmed(Event):
    """From now on the password alone opens nothing; every API session ended with it."""

    name: ClassVar[str] = "accounts.second_factor_confirmed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondFactorProved(Event):
    name: ClassVar[str] = "accounts.second_factor_proved.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondFactorRefused(Event):
    """A wrong code came with a right password, `failures` of them in the present window."""

    name: ClassVar[str] = "accounts.second_factor_refused.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    failures: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """`left` are unused still."""

    name: ClassVar[str] = "accounts.recovery_code_used.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    left: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Event):
    """The earlier ones open nothing any more."""

    name: ClassVar[str] = "accounts.recovery_codes_renewed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(Event):
    """By the person, or by a colleague who says why."""

    name: ClassVar[str] = "accounts.second_factor_removed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AppAdded(Event):
    """The authenticator app showed the right code: codes of it are taken from now on."""

    name: ClassVar[str] = "accounts.app_added.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class AppRemoved(Event):
    name: ClassVar[str] = "accounts.app_removed.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class _PasskeyEvent(Event):
    name: ClassVar[str] = "accounts._passkey"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    passkey_id: UUID
    passkey_name: str


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(_PasskeyEvent):
    """`fingerprint` is the SHA-256 of its public key: no key is exchanged behind this event's back."""

    name: ClassVar[str] = "accounts.passkey_added.v1"
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class PasskeyProved(_PasskeyEvent):
    """`purpose` is one of `states.PasskeyPurpose`."""

    name: ClassVar[str] = "accounts.passkey_proved.v1"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class PasskeyRefused(_PasskeyEvent):
    """An answer in this passkey's name was not right."""

    name: ClassVar[str] = "accounts.passkey_refused.v1"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class PasskeyStopped(_PasskeyEvent):
    """Its counter went back from `known` to `came`: there may be a copy. It opens nothing any more."""

    name: ClassVar[str] = "accounts.passkey_stopped.v1"
    known: int
    came: int


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(_PasskeyEvent):
    name: ClassVar[str] = "accounts.passkey_removed.v1"


@dataclass(frozen=True, kw_only=True)
class ConsoleSessionOpened(Event):
    name: ClassVar[str] = "accounts.console_session_opened.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    session_id: UUID
    device: str
    ip: str


@dataclass(frozen=True, kw_only=True)
class ConsoleSessionEnded(Event):
    """Not by signing out: by the person from another device, or with a new password."""

    name: ClassVar[str] = "accounts.console_session_ended.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """All of a person at the console and at the API, by a colleague who says why."""

    name: ClassVar[str] = "accounts.sessions_ended.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """The person allows us something (`states.Purpose`) from now on."""

    name: ClassVar[str] = "accounts.consent_given.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    purpose: str


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """From now on no more; what was done before was allowed."""

    name: ClassVar[str] = "accounts.consent_withdrawn.v1"
    aggregate: ClassVar[str] = "user"
    user_id: UUID
    purpose: str
