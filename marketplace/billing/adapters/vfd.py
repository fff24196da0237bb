"""The virtual fiscal device (VFD) of the Tanzania Revenue Authority (PROVIDERS section 7.4).

Requests are signed with the key that TRA issued, over the bytes of the first child element. Answers are
believed because they come over TLS: TRA publishes no certificate to check their signatures with.
"""

import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from marketplace.billing.adapters.vfd_messages import receipt, report
from marketplace.billing.ports import (
    Ack,
    AuthorityUnavailable,
    Customer,
    Day,
    Numbers,
    Registration,
    Sums,
)
from marketplace.shared import clock

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'
TAKEN = "0"
BODY_BYTES_MAX = 65_536
MESSAGE_CHARS, CODE_CHARS = 300, 40
# A token that is about to die is not worth a refusal.
TOKEN_MARGIN_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where TRA is and who we are there. `base_url` is what stands before `/api/` and `/vfdtoken`."""

    base_url: str
    verify_url: str
    tin: str
    certkey: str
    certificate: str
    certificate_password: str = field(repr=False)
    cert_serial: str = ""
    connect_timeout_s: float = 5
    read_timeout_s: float = 30


class VfdAdapter:
    """One per process; it keeps its token."""

    def __init__(self, **access: Any) -> None:
        self._access = Access(**access)
        self.key = self._access.certkey
        self._private, serial = _identity(self._access)
        self._cert_serial = self._access.cert_serial or serial
        self._token, self._token_dies_at = "", 0.0

    # --- What the port promises ---

    def register(self) -> Registration:
        access = self._access
        body = self._signed(
            f"<REGDATA><TIN>{access.tin}</TIN><CERTKEY>{self.key}</CERTKEY></REGDATA>"
        )
        headers = self._headers() | {"Client": "webapi"}
        fields = _texts(self._post("/api/vfdRegReq", body.encode(), headers).content, "EFDMSRESP")
        if fields.get("ACKCODE") != TAKEN:
            raise AuthorityUnavailable(
                f"TRA does not register us: {fields.get('ACKCODE')} {fields.get('ACKMSG')}"
            )
        try:
            return Registration(
                registration_id=fields["REGID"],
                serial=fields["SERIAL"],
                receipt_code=fields["RECEIPTCODE"],
                gc=int(fields["GC"] or 0),
                username=fields["USERNAME"],
                password=fields.pop("PASSWORD"),
                fields=fields,
            )
        except (KeyError, ValueError) as error:
            raise AuthorityUnavailable(f"a registration without {error}") from error

    def write_receipt(
        self,
        registration: Registration,
        numbers: Numbers,
        sums: Sums,
        *,
        customer: Customer,
        item: str,
    ) -> str:
        return self._signed(
            receipt(registration, numbers, sums, tin=self._access.tin, customer=customer, item=item)
        )

    def write_report(self, registration: Registration, day: Day, *, at: datetime) -> str:
        return self._signed(report(registration, day, tin=self._access.tin, at=at))

    def send_receipt(self, registration: Registration, message: str, *, gc: int) -> Ack:
        body = self._send("/api/efdmsRctInfo", "vfdrct", registration, message)
        return _ack(_texts(body, "RCTACK"), "RCTNUM", str(gc))

    def send_report(self, registration: Registration, message: str, *, day: date) -> Ack:
        body = self._send("/api/efdmszreport", "vfdzreport", registration, message)
        return _ack(_texts(body, "ZACK"), "ZNUMBER", f"{day:%Y%m%d}")

    def verification_url(self, registration: Registration, numbers: Numbers) -> str:
        at = numbers.at.astimezone(clock.EAT)
        code = f"{registration.receipt_code}{numbers.gc}_{at:%H%M%S}"
        return f"{self._access.verify_url.rstrip('/')}/{code}"

    # --- How it is done ---

    def _send(self, path: str, routing: str, registration: Registration, message: str) -> bytes:
        token = self._bearer(registration)
        headers = self._headers() | {"Authorization": f"bearer {token}", "Routing-Key": routing}
        return self._post(path, message.encode(), headers).content

    def _bearer(self, registration: Registration) -> str:
        """A new one only when the last is over: TRA asks for that."""
        if not self._token or time.monotonic() >= self._token_dies_at:
            form = {
                "username": registration.username,
                "password": registration.password,
                "grant_type": "password",
            }
            response = self._post("/vfdtoken", form, {})
            try:
                found = response.json()
                self._token = str(found["access_token"])
                lifetime_s = float(found["expires_in"])
            except (ValueError, KeyError, TypeError) as error:
                said = response.headers.get("ACKMSG", "")
                raise AuthorityUnavailable(f"no token: {said}"[:MESSAGE_CHARS]) from error
            self._token_dies_at = time.monotonic() + lifetime_s - TOKEN_MARGIN_S
        return self._token

    def _post(
        self, path: str, body: bytes | Mapping[str, str], headers: Mapping[str, str]
    ) -> httpx.Response:
        """The answer, where it is one. Raises AuthorityUnavailable."""
        access = self._access
        timeout = httpx.Timeout(access.read_timeout_s, connect=access.connect_timeout_s)
        content: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"data": body}
        try:
            response = httpx.post(
                f"{access.base_url.rstrip('/')}{path}",
                headers=headers,
                timeout=timeout,
                trust_env=False,
                **content,
            )
        except httpx.HTTPError as error:
            problem = f"{type(error).__name__} {error}".strip()
            raise AuthorityUnavailable(problem[:MESSAGE_CHARS]) from error
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._token = ""
        if response.status_code != httpx.codes.OK:
            said = response.text[:MESSAGE_CHARS]
            raise AuthorityUnavailable(f"HTTP {response.status_code}: {said}"[:MESSAGE_CHARS])
        return response

    def _headers(self) -> dict[str, str]:
        return {"Content-Type": "application/xml", "Cert-Serial": self._cert_serial}

    def _signed(self, element: str) -> str:
        """The envelope: the element as it is, and the signature of exactly these bytes."""
        signature = self._private.sign(
            element.encode(),
            padding.PKCS1v15(),
            hashes.SHA1(),  # noqa: S303 - TRA takes no other
        )
        signed = f"<EFDMSSIGNATURE>{b64encode(signature).decode()}</EFDMSSIGNATURE>"
        return f"{PROLOG}<EFDMS>{element}{signed}</EFDMS>"


def _identity(access: Access) -> tuple[RSAPrivateKey, str]:
    """The key that signs, and the certificate's serial as TRA wants it: hexadecimal, in base64."""
    password = access.certificate_password.encode() or None
    key, certificate, _others = load_key_and_certificates(
        Path(access.certificate).read_bytes(), password
    )
    if not isinstance(key, RSAPrivateKey) or certificate is None:
        raise ValueError("VFD_CERTIFICATE holds no RSA key with a certificate")
    return key, b64encode(f"{certificate.serial_number:x}".encode()).decode()


def _texts(body: bytes, root: str) -> dict[str, str]:
    """The texts below the element `root`, wherever it stands. Raises AuthorityUnavailable."""
    # Without a document type there are no entities, so nothing can grow or reach out.
    if len(body) > BODY_BYTES_MAX or b"<!" in body:
        raise AuthorityUnavailable("an answer that is no message of TRA")
    try:
        document = ElementTree.fromstring(body)  # noqa: S314 - see above
    except (ElementTree.ParseError, ValueError) as error:
        raise AuthorityUnavailable("an answer that is not XML") from error
    found = document if document.tag == root else document.find(root)
    if found is None:
        raise AuthorityUnavailable(f"an answer without {root}")
    return {child.tag: (child.text or "").strip() for child in found.iter() if not len(child)}


def _ack(fields: Mapping[str, str], number: str, expected: str) -> Ack:
    """Raises AuthorityUnavailable for the answer to another message."""
    code, said = fields.get("ACKCODE", "")[:CODE_CHARS], fields.get("ACKMSG", "")[:MESSAGE_CHARS]
    is_taken = code == TAKEN
    if not code or (is_taken and fields.get(number) != expected):
        raise AuthorityUnavailable(f"the answer to another message: {fields.get(number)!r}")
    return Ack(code, said, is_taken)
