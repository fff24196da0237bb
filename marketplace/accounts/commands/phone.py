"""Proving that a user holds a phone: a code is sent, and comes back."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from marketplace.accounts.errors import (
    CodeExpired,
    CodeWrong,
    PhoneTaken,
    TooManyCodes,
    UserNotFound,
)
from marketplace.accounts.events import PhoneCodeRequested, PhoneVerified
from marketplace.accounts.models import OneTimeCode, User
from marketplace.accounts.phones import normalise
from marketplace.accounts.states import KycLevel
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from marketplace.shared.outbox import record
from marketplace.shared.sealing import seal

CODE_DIGITS = 6
TRIES_MAX = 5
CODES_PER_HOUR_MAX = 5


@transaction.atomic
def request_phone_code(*, user_id: UUID, phone: str, actor: Actor) -> datetime:
    """Send a code to the phone (E.164 or as written) and return when it stops working.

    A new code makes the earlier ones worthless. Raises PhoneInvalid, PhoneTaken, TooManyCodes.
    """
    number = normalise(phone)
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    if User.objects.filter(phone=number).exclude(pk=user.pk).exists():
        raise PhoneTaken
    now = clock.now()
    codes = OneTimeCode.objects.filter(user=user)
    if codes.filter(created_at__gt=now - timedelta(hours=1)).count() >= CODES_PER_HOUR_MAX:
        raise TooManyCodes
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    expires_at = now + timedelta(minutes=settings.OTP_MINUTES)
    OneTimeCode.objects.create(
        user=user,
        phone=number,
        code_hash=_hash(user.pk, number, code),
        created_at=now,
        expires_at=expires_at,
    )
    record(PhoneCodeRequested(user_id=user.pk, phone=number, sealed_code=seal(code)), actor=actor)
    return expires_at


def verify_phone(*, user_id: UUID, code: str, actor: Actor) -> User:
    """Take the code: the phone becomes the user's, and buyers reach KYC level 1.

    Raises CodeExpired, CodeWrong and PhoneTaken. A wrong try is counted and committed although
    the caller is refused, so this must not be called inside a transaction.
    """
    verified = _try_code(user_id, code, actor)
    if isinstance(verified, DomainError):
        raise verified
    return verified


@transaction.atomic(durable=True)
def _try_code(user_id: UUID, code: str, actor: Actor) -> User | DomainError:
    now = clock.now()
    latest = (
        OneTimeCode.objects.select_for_update(of=("self",))
        .filter(user_id=user_id)
        .order_by("-created_at", "-pk")
        .first()
    )
    if latest is None or latest.used_at or latest.expires_at <= now:
        return CodeExpired()
    if latest.attempts >= TRIES_MAX:
        return CodeExpired()
    tried = OneTimeCode.objects.filter(pk=latest.pk)
    if not constant_time_compare(latest.code_hash, _hash(user_id, latest.phone, code.strip())):
        tried.update(attempts=F("attempts") + 1)
        return CodeWrong(left=TRIES_MAX - latest.attempts - 1)
    tried.update(used_at=now)
    return _make_verified(user_id, latest.phone, now, actor)


def _make_verified(user_id: UUID, phone: str, now: datetime, actor: Actor) -> User | DomainError:
    user = User.objects.select_for_update().get(pk=user_id)
    before = {"phone": user.phone, "kyc_level": user.kyc_level}
    user.phone = phone
    user.phone_verified_at = now
    user.kyc_level = max(user.kyc_level, KycLevel.PHONE)
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "phone_verified_at", "kyc_level"])
    except IntegrityError:  # Somebody else proved the same phone since the code was sent.
        return PhoneTaken()
    record(
        PhoneVerified(user_id=user.pk, phone=phone),
        actor=actor,
        before=before,
        after={"phone": phone, "kyc_level": user.kyc_level},
    )
    return user


def _hash(user_id: UUID, phone: str, code: str) -> str:
    """Keyed: a million codes are hashed in a second by whoever reads a plain hash."""
    text = f"{user_id}:{phone}:{code}"
    return salted_hmac("accounts.one-time-code", text, algorithm="sha256").hexdigest()
