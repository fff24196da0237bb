"""Text sealed for later: encrypted and authenticated with Fernet (AES-128-CBC with HMAC-SHA256).

The newest of `FIELD_ENCRYPTION_KEYS` seals, all of them open, so that a key can be rotated.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    """The text, unreadable without our keys; sealing twice gives two different results."""
    return _cipher().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises `cryptography.fernet.InvalidToken` for what no key of ours sealed."""
    return _cipher().decrypt(sealed.encode()).decode()


@lru_cache(maxsize=1)
def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
