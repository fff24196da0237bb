"""Codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes. Pure."""

import hashlib
import secrets
from datetime import datetime

import pyotp
from django.utils.crypto import constant_time_compare

STEP_S = 30
# The neighbour steps are taken too: a phone's clock goes wrong, and typing takes time.
STEPS_ASIDE = 1
ISSUER = "ZetuTech"
RECOVERY_CODES = 10
RECOVERY_GROUPS = 4
RECOVERY_GROUP_LENGTH = 4
# Without what is taken for something else when it is copied by hand: 0 and o, 1, i and l.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """160 random bits in base32, as every authenticator app reads them."""
    return pyotp.random_base32()


def address_of(secret: str, *, account: str) -> str:
    """The `otpauth://` address that a QR code carries to the app."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=account, issuer_name=ISSUER)


def step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP_S


def step_of(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step whose code this is, of those around `at` and later than `after`; None if of none."""
    typed = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=STEP_S)
    now = step_at(at)
    for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1):
        if step > after and constant_time_compare(totp.generate_otp(step), typed):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten, of 79 random bits each: `abcd-efgh-jkmn-pqrs`."""
    return ["-".join(_group() for _ in range(RECOVERY_GROUPS)) for _ in range(RECOVERY_CODES)]


def hash_of_recovery(code: str) -> str:
    """How a recovery code is stored, however it was typed. Random enough for a plain hash."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _group() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_GROUP_LENGTH))
