"""Tokens: signed access tokens that nobody stores, and random refresh tokens stored as hashes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings

from marketplace.accounts.errors import AccessTokenExpired, AccessTokenInvalid
from marketplace.accounts.models import User
from marketplace.shared import clock

ALGORITHM = "HS256"
REFRESH_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Acting:
    """Who of staff looks at the user's account, within which sight (RFC 8693: the claim `act`)."""

    staff_id: UUID
    sight_id: UUID


@dataclass(frozen=True, slots=True)
class Claims:
    """`acting` is None where the user speaks for themselves."""

    user_id: UUID
    session_version: int
    acting: Acting | None = None


def issue_access(user: User) -> str:
    """A JWT that speaks for the user for `ACCESS_TOKEN_MINUTES`, or until sessions are ended."""
    return _signed(user, until=clock.now() + access_lifetime())


def issue_sight(user: User, acting: Acting, *, until: datetime) -> str:
    """A JWT by which a member of staff sees what the user sees. It opens nothing by itself: the sight
    is asked for at every request (`privacy.queries.standing`)."""
    act = {"sub": str(acting.staff_id), "sight": str(acting.sight_id)}
    return _signed(user, until=until, act=act)


def _signed(user: User, *, until: datetime, **further: object) -> str:
    claims = {
        "sub": str(user.pk),
        "sv": user.session_version,
        "iat": int(clock.now().timestamp()),
        "exp": int(until.timestamp()),
        "jti": secrets.token_hex(8),
        **further,
    }
    return jwt.encode(claims, settings.SECRET_KEY, algorithm=ALGORITHM)


def read_access(token: str) -> Claims:
    """What the token says, signed by any of our keys; the caller compares the session version.

    Raises AccessTokenExpired, and AccessTokenInvalid for anything else.
    """
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                options={"require": ["sub", "sv", "exp", "iat", "jti"], "verify_exp": False},
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError as error:
            raise AccessTokenInvalid from error
        return _believed(claims)
    raise AccessTokenInvalid


def _believed(claims: dict[str, Any]) -> Claims:
    """The expiry is checked against our own clock, so that time has one source."""
    try:
        expires_at = int(str(claims["exp"]))
        believed = Claims(UUID(str(claims["sub"])), int(str(claims["sv"])), _acting(claims))
    except (KeyError, TypeError, ValueError) as error:
        raise AccessTokenInvalid from error
    if expires_at <= clock.now().timestamp():
        raise AccessTokenExpired
    return believed


def _acting(claims: dict[str, Any]) -> Acting | None:
    if "act" not in claims:
        return None
    act = claims["act"]
    return Acting(UUID(str(act["sub"])), UUID(str(act["sight"])))


def access_lifetime() -> timedelta:
    return timedelta(minutes=settings.ACCESS_TOKEN_MINUTES)


def new_refresh_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(REFRESH_TOKEN_BYTES)


def hash_of(refresh_token: str) -> str:
    """How a refresh token is stored. Random enough that a plain hash cannot be reversed."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()
