"""Identifiers: UUIDv7 keys for machines, short references for people."""

import os
import secrets
import time
from uuid import UUID

# Crockford's base 32: no I, L, O or U, so that a reference survives being read over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_CHARS = 8


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562 section 5.7): 48 bits of Unix milliseconds, 74 random bits.

    The standard library has it from Python 3.14, PostgreSQL from 18; we support older ones of both.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def reference(prefix: str) -> str:
    """A reference such as `ORD-7K3M9QX2`: 40 random bits, unique by constraint where stored."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_CHARS))
