"""Reading people: who is asking, how to reach them, where they live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.accounts.errors import (
    AccessTokenInvalid,
    AddressNotFound,
    PhoneInvalid,
    TooManyPeople,
    UserNotFound,
)
from marketplace.accounts.models import (
    Address,
    Consent,
    ConsoleSession,
    Passkey,
    PasswordLink,
    SecondFactor,
    User,
)
from marketplace.accounts.phones import normalise
from marketplace.accounts.states import PasswordLinkKind, Purpose
from marketplace.accounts.tokens import Acting, Claims, hash_of, read_access
from marketplace.shared import clock
from marketplace.shared.errors import Unauthenticated
from marketplace.shared.rows import fetch
from marketplace.shared.sealing import unseal

# How many people of one name may be meant at once.
NAMESAKES_MAX = 50


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody; `email` and `phone` are "" where unknown."""

    user_id: UUID
    name: str
    email: str
    phone: str
    language: str


def user_by_access_token(token: str) -> User:
    """The active user that the token speaks for. Raises Unauthenticated (its subclasses), also for a
    token by which staff look: whoever means those asks `user_in_sight`."""
    claims = read_access(token)
    if claims.acting is not None:
        raise AccessTokenInvalid
    return _named_by(claims)


def user_in_sight(token: str) -> tuple[User, Acting]:
    """Whose account a member of staff looks at by this token, and who does in which sight, which the
    caller must still ask for. Raises Unauthenticated (its subclasses), also for any other token."""
    claims = read_access(token)
    if claims.acting is None:
        raise AccessTokenInvalid
    return _named_by(claims), claims.acting


def _named_by(claims: Claims) -> User:
    user = User.objects.filter(pk=claims.user_id, is_active=True).first()
    if user is None or user.session_version != claims.session_version:
        raise AccessTokenInvalid
    return user


def get_user(user_id: UUID) -> User:
    """Raises UserNotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def people_known_as(words: str) -> list[UUID]:
    """People by what somebody has of one: reference, phone, e-mail address or part of the name.

    Raises TooManyPeople beyond `NAMESAKES_MAX`.
    """
    if words.upper().startswith("USR-"):
        known = Q(reference=words.upper())
    elif "@" in words:
        known = Q(email=words.lower())
    elif words.lstrip("+").replace(" ", "").isdecimal():
        known = Q(phone=_as_stored(words))
    else:
        known = Q(name__icontains=words)
    found = list(User.objects.filter(known).values_list("pk", flat=True)[: NAMESAKES_MAX + 1])
    if len(found) > NAMESAKES_MAX:
        raise TooManyPeople(most=NAMESAKES_MAX)
    return found


def _as_stored(phone: str) -> str:
    """The number as E.164; what is no number stays as it is, and is nobody's."""
    try:
        return normalise(phone)
    except PhoneInvalid:
        return phone


def active_staff(*, emails: Iterable[str] = (), ids: Iterable[UUID] = ()) -> list[User]:
    """Members of staff who may enter, by e-mail address (in any case) or id; others are absent."""
    rows = User.objects.filter(
        Q(email__in=[email.lower() for email in emails]) | Q(pk__in=list(ids)),
        is_staff=True,
        is_active=True,
    )
    return list(rows.order_by("pk"))


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A person's second step as its owner sees it; `shown_secret` only until the app is confirmed."""

    since: datetime | None
    app_since: datetime | None
    shown_secret: str
    recovery_codes_left: int


def second_step_of(user_id: UUID) -> SecondStep | None:
    """None where the person never began to set one up."""
    factor = SecondFactor.objects.filter(user_id=user_id).first()
    if factor is None:
        return None
    shown = "" if factor.app_since is not None else factor.secret
    left = factor.recovery_codes.filter(used_at=None).count()
    return SecondStep(factor.confirmed_at, factor.app_since, shown, left)


def passkeys_of(user_id: UUID) -> list[Passkey]:
    """In the order in which they were added, the stopped ones among them."""
    return list(Passkey.objects.filter(user_id=user_id).order_by("pk"))


def has_passkey(user_id: UUID) -> bool:
    """Whether the person has one that still opens something."""
    return Passkey.objects.filter(user_id=user_id, stopped_at=None).exists()


def has_app(user_id: UUID) -> bool:
    """Whether codes of an authenticator app are taken from the person."""
    return SecondFactor.objects.filter(user_id=user_id, app_since__isnull=False).exists()


def console_sessions_of(user_id: UUID) -> QuerySet[ConsoleSession]:
    """Those that open pages now, the one seen last first."""
    alive = Session.objects.filter(session_key=OuterRef("key"), expire_date__gt=clock.now())
    rows = ConsoleSession.objects.filter(Exists(alive), user_id=user_id, ended_at=None)
    return rows.order_by("-seen_at")


def kyc_level_of(user_id: UUID) -> int:
    """How well we know the person. Raises UserNotFound."""
    rows = fetch("SELECT kyc_level FROM accounts_user WHERE id = %s", user_id)
    if not rows:
        raise UserNotFound
    return int(rows[0][0])


def roles_of(user_id: UUID) -> list[str]:
    """Names of the user's roles, in alphabetical order."""
    return list(
        User.objects.filter(pk=user_id, groups__isnull=False)
        .order_by("groups__name")
        .values_list("groups__name", flat=True)
    )


def people_in_role(role: str) -> list[UUID]:
    """Active people who have the role, the longest-serving first."""
    rows = User.objects.filter(groups__name=role, is_active=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def people_who_may(duty: str) -> list[UUID]:
    """Active members of staff with this duty, by a role, by themselves or as superusers, the
    longest-serving first."""
    has_it = (
        Q(groups__permissions__codename=duty)
        | Q(user_permissions__codename=duty)
        | Q(is_superuser=True)
    )
    rows = User.objects.filter(has_it, is_active=True, is_staff=True).distinct()
    return list(rows.order_by("pk").values_list("pk", flat=True))


def addresses_of(user_id: UUID) -> QuerySet[Address]:
    """The default address first, then the newest."""
    return Address.objects.filter(user_id=user_id).order_by("-is_default", "-id")


def get_address(*, user_id: UUID, reference: str) -> Address:
    """Raises AddressNotFound, also for somebody else's address."""
    address = Address.objects.filter(user_id=user_id, reference=reference).first()
    if address is None:
        raise AddressNotFound
    return address


def contact_of(user_id: UUID) -> Contact:
    """Raises UserNotFound."""
    contact = contacts_of(ids=[user_id]).get(user_id)
    if contact is None:
        raise UserNotFound
    return contact


def contacts_of(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Contacts by user, in one query; unknown users are absent."""
    rows = User.objects.filter(pk__in=list(ids)).values_list(
        "pk", "name", "email", "phone", "language"
    )
    return {
        pk: Contact(pk, name, email or "", phone or "", language)
        for pk, name, email, phone, language in rows
    }


def unseal_code(sealed_code: str) -> str:
    """The one-time code inside a PhoneCodeRequested, for the sender's eyes only."""
    return unseal(sealed_code)


def unseal_token(sealed_token: str) -> str:
    """The token inside a ColleagueInvited or PasswordForgotten, for the sender's eyes only."""
    return unseal(sealed_token)


@dataclass(frozen=True, slots=True)
class PasswordLinkFor:
    """Whose link it is that somebody followed."""

    name: str
    email: str
    is_invitation: bool


def password_link(token: str) -> PasswordLinkFor | None:
    """None for a link that opens nothing (any more)."""
    rows = PasswordLink.objects.select_related("user").filter(token_hash=hash_of(token))
    link = rows.first()
    if link is None or not link.is_open(clock.now()) or not link.user.is_active:
        return None
    is_invitation = link.kind == PasswordLinkKind.INVITATION
    return PasswordLinkFor(link.user.name, link.user.email or "", is_invitation)


@dataclass(frozen=True, slots=True)
class Invitation:
    """One that was not accepted yet; `until` is None where it was withdrawn."""

    sent_at: datetime
    until: datetime | None


def invitation_of(user_id: UUID) -> Invitation | None:
    """The newest, of somebody who has not accepted any."""
    link = (
        PasswordLink.objects.select_related("user")
        .filter(user_id=user_id, kind=PasswordLinkKind.INVITATION)
        .order_by("-pk")
        .first()
    )
    if link is None or link.user.has_usable_password():
        return None
    return Invitation(link.created_at, None if link.withdrawn_at else link.expires_at)


def is_staff(user_id: UUID) -> bool:
    return User.objects.filter(pk=user_id, is_staff=True).exists()


def consents_of(user_id: UUID) -> dict[str, datetime]:
    """What the person allows now, and since when."""
    rows = Consent.objects.filter(user_id=user_id, withdrawn_at=None)
    return dict(rows.values_list("purpose", "given_at"))


def consents_held(*, user_ids: Iterable[UUID], purpose: Purpose) -> dict[UUID, datetime]:
    """Who of them allows it, and since when. Nobody can take it back before the caller's
    transaction ends, in which it must run: keep that short."""
    rows = Consent.objects.filter(user_id__in=list(user_ids), purpose=purpose, withdrawn_at=None)
    held = rows.order_by("pk").select_for_update(no_key=True)
    return dict(held.values_list("user_id", "given_at"))


def user_id_of_token(token: str) -> UUID | None:
    """Whom the access token names; nobody is asked whether the session has ended since. None for one
    that is not ours or has run out, and for staff who look at somebody's account."""
    try:
        claims = read_access(token)
    except Unauthenticated:
        return None
    return None if claims.acting else claims.user_id
