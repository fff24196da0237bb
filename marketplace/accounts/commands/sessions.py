"""Signing in and out, and the chain of refresh tokens in between."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from marketplace.accounts import lockout
from marketplace.accounts.commands.second_factor import prove_second_factor
from marketplace.accounts.errors import (
    CredentialsWrong,
    PhoneInvalid,
    RefreshTokenInvalid,
    SecondFactorRequired,
    SecondFactorWrong,
)
from marketplace.accounts.events import SessionReplayed
from marketplace.accounts.models import RefreshFamily, RefreshToken, User
from marketplace.accounts.phones import normalise
from marketplace.accounts.tokens import access_lifetime, hash_of, issue_access, new_refresh_token
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record

DEVICE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Session:
    """What a client keeps: `expires_in` is the access token's life in seconds."""

    access: str
    refresh: str
    expires_in: int
    user: User


def sign_in(
    *, login: str, password: str, code: str = "", device: str = "", ip: str = ""
) -> Session:
    """Begin a session for an e-mail address or phone number, its password and, where the person
    has a second factor, a code.

    Raises CredentialsWrong, SecondFactorRequired, SecondFactorWrong, and SignInLocked or
    SecondFactorLocked after too many failures. The slow hash is computed for unknown logins too,
    and outside the transaction. Must not be called inside one, which would forget a wrong code.
    """
    login = _clean_login(login)
    lockout.check(login=login, ip=ip)
    user = _by_login(login)
    if user is None:
        make_password(password)  # As slow as a wrong password, so that time tells nothing.
    if user is None or not user.check_password(password) or not user.is_active:
        lockout.count_failure(login=login, ip=ip)
        raise CredentialsWrong
    if user.second_factor_since is not None:
        _prove(user, code, login=login, ip=ip)
    session = _begin(user, device)
    # Not before the code: a right password must not wipe the slate of wrong codes.
    lockout.forget(login=login)
    return session


def refresh(*, refresh_token: str) -> Session:
    """Exchange a refresh token for a new session; it works once.

    A token that comes again was stolen, or its thief was faster: the whole family ends, and that
    is committed although the caller is refused. Must not be called inside a transaction, which
    would undo it. Raises RefreshTokenInvalid.
    """
    session = _rotate(refresh_token)
    if session is None:
        raise RefreshTokenInvalid
    return session


@transaction.atomic
def sign_out(*, refresh_token: str) -> None:
    """End the session that the token belongs to; a token we do not know ends nothing."""
    RefreshFamily.objects.filter(tokens__token_hash=hash_of(refresh_token), ended_at=None).update(
        ended_at=clock.now(), end_reason="signed out"
    )


def _prove(user: User, code: str, *, login: str, ip: str) -> None:
    if not code.strip():
        raise SecondFactorRequired
    try:
        prove_second_factor(user_id=user.pk, code=code, actor=Actor.buyer(user.pk, user.name))
    except SecondFactorWrong:
        lockout.count_failure(login=login, ip=ip)
        raise


@transaction.atomic
def _begin(user: User, device: str) -> Session:
    now = clock.now()
    # Whoever changed the password or the second factor since they were checked has ended this
    # session before it began.
    unchanged = User.objects.filter(
        pk=user.pk,
        password=user.password,
        is_active=True,
        second_factor_since=user.second_factor_since,
    )
    if not unchanged.update(last_login=now):
        raise CredentialsWrong
    user.refresh_from_db()
    family = RefreshFamily.objects.create(user=user, device=device[:DEVICE_LENGTH_MAX])
    return _issue(family.pk, user, now)


@transaction.atomic(durable=True)
def _rotate(refresh_token: str) -> Session | None:
    """The next session of the family, or None for whatever refusal, committed either way."""
    # The family is locked too: an old token and the live one may come at the same moment.
    token = (
        RefreshToken.objects.select_for_update(of=("self", "family"))
        .select_related("family__user")
        .filter(token_hash=hash_of(refresh_token))
        .first()
    )
    now = clock.now()
    if token is None or token.family.ended_at is not None:
        return None
    if token.used_at is not None:
        _end_replayed(token.family, now)
        return None
    if token.expires_at <= now or not token.family.user.is_active:
        RefreshFamily.objects.filter(pk=token.family_id).update(
            ended_at=now, end_reason="expired" if token.expires_at <= now else "account closed"
        )
        return None
    RefreshToken.objects.filter(pk=token.pk).update(used_at=now)
    return _issue(token.family_id, token.family.user, now)


def _end_replayed(family: RefreshFamily, now: datetime) -> None:
    RefreshFamily.objects.filter(pk=family.pk).update(ended_at=now, end_reason="replayed")
    record(
        SessionReplayed(user_id=family.user_id, family_id=family.pk),
        actor=Actor.system("accounts"),
    )


def _issue(family_id: UUID, user: User, now: datetime) -> Session:
    refresh_token = new_refresh_token()
    RefreshToken.objects.create(
        family_id=family_id,
        token_hash=hash_of(refresh_token),
        issued_at=now,
        expires_at=now + timedelta(days=settings.REFRESH_TOKEN_DAYS),
    )
    lifetime_s = int(access_lifetime().total_seconds())
    return Session(issue_access(user), refresh_token, lifetime_s, user)


def _clean_login(login: str) -> str:
    """E-mail in lower case or phone in E.164; what is neither is looked up as it stands."""
    login = login.strip()
    if "@" in login:
        return login.lower()
    try:
        return normalise(login)
    except PhoneInvalid:
        return login


def _by_login(login: str) -> User | None:
    field = "email" if "@" in login else "phone"
    return User.objects.filter(**{field: login}).first()
