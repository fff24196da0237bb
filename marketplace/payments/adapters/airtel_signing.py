"""Airtel's cryptography: signed messages, the encrypted PIN, the hash of callbacks (PROVIDERS 3.2-3.6).

All functions are pure, so that the simulator checks with the same definitions, not with the same keys.
"""

import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import (
    MGF1,
    OAEP,
    AsymmetricPadding,
    PKCS1v15,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_public_key

KEY_BYTES, IV_BYTES, BLOCK_BITS = 32, 16, 128


class Padding(StrEnum):
    """How the PIN is padded; sources differ (PROVIDERS 3.6)."""

    PKCS1 = "pkcs1"
    OAEP_SHA256 = "oaep-sha256"


class Canonical(StrEnum):
    """What the hash of a callback is made of; sources differ (PROVIDERS 3.5)."""

    TRANSACTION = "transaction"
    """The compact JSON of its `transaction`."""
    BODY = "body"
    """The bytes of the body; where the hash stands in them, the compact JSON of the rest."""


def public_key(base64_der: str) -> RSAPublicKey:
    """Raises ValueError."""
    key = load_der_public_key(b64decode(base64_der))
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")
    return key


def signature_headers(body: bytes, key: RSAPublicKey) -> dict[str, str]:
    """`x-signature`: the body under a fresh AES key; `x-key`: that key and its IV under Airtel's."""
    aes_key, iv = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(IV_BYTES)
    pair = b64encode(aes_key) + b":" + b64encode(iv)
    return {
        "x-signature": signature(body, aes_key=aes_key, iv=iv),
        "x-key": b64encode(key.encrypt(pair, PKCS1v15())).decode(),
    }


def signature(body: bytes, *, aes_key: bytes, iv: bytes) -> str:
    padder = PKCS7(BLOCK_BITS).padder()
    encryptor = Cipher(AES(aes_key), CBC(iv)).encryptor()
    padded = padder.update(body) + padder.finalize()
    return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def encrypted_pin(pin: str, key: RSAPublicKey, padding: Padding) -> str:
    return b64encode(key.encrypt(pin.encode(), rsa_padding(padding))).decode()


def rsa_padding(padding: Padding) -> AsymmetricPadding:
    if padding is Padding.PKCS1:
        return PKCS1v15()
    return OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None)


def compact(found: Mapping[str, Any]) -> bytes:
    """JSON without spaces, in the order in which it came."""
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode(
        errors="surrogatepass"
    )


def callback_hash(message: bytes, secret: str) -> str:
    return b64encode(hmac.digest(secret.encode(), message, "sha256")).decode()


def hash_fits(message: bytes, secret: str, given: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(callback_hash(message, secret).encode(), given.encode())
