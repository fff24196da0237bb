"""Identifiers: UUIDv7 keys for machines, short references for people."""

import os
import secrets
import time
from datetime import datetime
from uuid import UUID

# Crockford's base 32: no I, L, O or U, so that a reference survives being read over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_CHARS = 8


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562 section 5.7): 48 bits of Unix milliseconds, 62 random bits.

    The 12 bits between them hold the fraction of the millisecond (section 6.2, method 3), so that
    facts of one process sort in the order in which they became true. The standard library has it
    from Python 3.14, PostgreSQL from 18; we support older ones of both.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0x2 << 62) | random)


def first_uuid7(at: datetime) -> UUID:
    """The smallest that a thing of that instant can have: ids from it on are not older."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (0x7 << 76) | (0x2 << 62))


def reference(prefix: str) -> str:
    """A reference such as `ORD-7K3M9QX2`: 40 random bits, unique by constraint where stored."""
    random = secrets.randbits(5 * REFERENCE_CHARS)
    return f"{prefix}-" + "".join(
        ALPHABET[random >> shift & 31] for shift in range(0, 5 * REFERENCE_CHARS, 5)
    )
