"""A device with passkeys, in software: it signs as a phone does, and can be told to do it wrongly."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from webauthn.helpers import base64url_to_bytes as from_text
from webauthn.helpers import bytes_to_base64url as to_text

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class Authenticator:
    """One key. `counts` as security keys do; those that are kept in step always say 0."""

    counts: bool = True
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    user_handle: str = ""

    def create(
        self, options: str, *, origin: str = "", host: str = "", verifies: bool = True
    ) -> str:
        """The answer to `navigator.credentials.create`, without attestation as we ask for it."""
        asked = json.loads(options)
        self.user_handle = asked["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, **point})
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big")
        data = self._data(host, verifies, HAS_KEY) + attested + self.credential_id + public
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], origin)
        return self._said(
            clientDataJSON=to_text(client),
            attestationObject=to_text(made),
            transports=["internal"],
        )

    def get(
        self,
        options: str,
        *,
        origin: str = "",
        host: str = "",
        verifies: bool = True,
        challenge: str = "",
        user_handle: str | None = None,
        in_frame: bool = False,
    ) -> str:
        """The answer to `navigator.credentials.get`."""
        asked = json.loads(options)
        self.count += 1
        client = self._client(
            "webauthn.get", challenge or asked["challenge"], origin, in_frame=in_frame
        )
        data = self._data(host, verifies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(
            clientDataJSON=to_text(client),
            authenticatorData=to_text(data),
            signature=to_text(signature),
            userHandle=self.user_handle if user_handle is None else user_handle,
        )

    def _client(self, kind: str, challenge: str, origin: str, *, in_frame: bool = False) -> bytes:
        said = {
            "type": kind,
            "challenge": challenge,
            "origin": origin or settings.PASSKEY_ORIGINS[0],
            "crossOrigin": in_frame,
        }
        return json.dumps(said).encode()

    def _data(self, host: str, verifies: bool, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if verifies else 0)
        flags |= 0 if self.counts else ELIGIBLE | BACKED_UP
        count = self.count if self.counts else 0
        owner = hashlib.sha256((host or settings.PASSKEY_HOST).encode()).digest()
        return owner + bytes([flags]) + count.to_bytes(4, "big")

    def _said(self, **response: object) -> str:
        name = to_text(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def changed(answer: str, part: str, position: int = -1) -> str:
    """The same answer with one byte of `response[part]` turned."""
    said = json.loads(answer)
    raw = bytearray(from_text(said["response"][part]))
    raw[position] ^= 0x01
    said["response"][part] = to_text(bytes(raw))
    return json.dumps(said)
