"""Tokens: signed access tokens that nobody stores, and random refresh tokens stored as hashes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt
from django.conf import settings

from marketplace.accounts.errors import AccessTokenExpired, AccessTokenInvalid
from marketplace.accounts.models import User
from marketplace.shared import clock

ALGORITHM = "HS256"
REFRESH_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: UUID
    session_version: int


def issue_access(user: User) -> str:
    """A JWT that speaks for the user for `ACCESS_TOKEN_MINUTES`, or until sessions are ended."""
    now = clock.now()
    claims = {
        "sub": str(user.pk),
        "sv": user.session_version,
        "iat": int(now.timestamp()),
        "exp": int((now + access_lifetime()).timestamp()),
        "jti": secrets.token_hex(8),
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


def _believed(claims: dict[str, object]) -> Claims:
    """The expiry is checked against our own clock, so that time has one source."""
    try:
        expires_at = int(str(claims["exp"]))
        believed = Claims(UUID(str(claims["sub"])), int(str(claims["sv"])))
    except ValueError as error:
        raise AccessTokenInvalid from error
    if expires_at <= clock.now().timestamp():
        raise AccessTokenExpired
    return believed


def access_lifetime() -> timedelta:
    return timedelta(minutes=settings.ACCESS_TOKEN_MINUTES)


def new_refresh_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(REFRESH_TOKEN_BYTES)


def hash_of(refresh_token: str) -> str:
    """How a refresh token is stored. Random enough that a plain hash cannot be reversed."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()
