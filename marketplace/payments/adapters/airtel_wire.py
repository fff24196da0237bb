"""Airtel Money on the wire: its token, signed requests, and what came back (PROVIDERS 3.1-3.4)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from redis import RedisError

from marketplace.payments.adapters import airtel_codes as codes
from marketplace.payments.adapters.airtel_signing import compact, public_key, signature_headers
from marketplace.payments.adapters.breaker import Breaker
from marketplace.payments.adapters.sessions import Sessions
from marketplace.payments.adapters.wire import (
    CODE_CHARS,
    ID_CHARS,
    MESSAGE_CHARS,
    NOT_SENT,
    RECEIPT_CHARS,
    NoAnswer,
    client,
    json_object,
    named,
)
from marketplace.payments.ports import CallbackUnreadable, ProviderUnavailable

TOKEN_LIFETIME_S_MIN = 1.0
# Airtel may change its key: one that is older is fetched again.
KEY_KEPT_S = 600.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `body` is empty where it was no JSON object."""

    http_status: int
    body: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Of the body's `status`; of the gateway before it, where that answered."""
        status = part(self.body, "status")
        found = text(status, "response_code") or text(status, "result_code")
        return (found or text(self.body, "status_code"))[:CODE_CHARS]

    @property
    def message(self) -> str:
        """Never that of a payout: it holds the payee's name and our balance."""
        found = (
            text(part(self.body, "status"), "message")
            or text(self.body, "status_message")
            or text(self.body, "error_description")
            or text(self.body, "error")
        )
        return (found or ("" if self.body else f"HTTP {self.http_status}"))[:MESSAGE_CHARS]

    @property
    def transaction(self) -> Mapping[str, Any]:
        return part(part(self.body, "data"), "transaction")

    @property
    def status(self) -> str:
        return text(self.transaction, "status").upper()[:CODE_CHARS]

    @property
    def id(self) -> str:
        return text(self.transaction, "id")[:ID_CHARS]

    @property
    def receipt(self) -> str:
        return text(self.transaction, "airtel_money_id")[:RECEIPT_CHARS]

    @property
    def refuses_token(self) -> bool:
        return self.http_status in (401, 403) and text(self.body, "error") == "invalid_token"


def part(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of this name; an empty one where there is none."""
    inner = found.get(name)
    return inner if isinstance(inner, dict) else {}


def text(found: Mapping[str, Any], name: str) -> str:
    """The plain value of this name as text; "" for none, and for `false`, which stands for none."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\x00", "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who we are to Airtel. Secrets go into no text that is shown."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    country: str
    currency: str
    signs_messages: bool
    connect_timeout_s: float
    read_timeout_s: float


class AirtelWire:
    """Requests with a token, behind a circuit breaker. Bodies hold PINs and are never logged."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._base_url = access.base_url.rstrip("/")
        self._timeout = httpx.Timeout(access.read_timeout_s, connect=access.connect_timeout_s)
        account = f"{access.base_url} {access.client_id} {access.client_secret}"
        application = f"airtel:{sha256(account.encode()).hexdigest()[:16]}"
        self.breaker = Breaker(application)
        self._tokens = Sessions(
            name=application,
            fetch=self.new_token,
            patience_s=access.connect_timeout_s + access.read_timeout_s,
        )
        self._key: tuple[RSAPublicKey, float] | None = None

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """One answer. Raises NoAnswer, or ProviderUnavailable if nothing was done."""
        return self._exchange("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any], *, is_signed: bool) -> Reply:
        """As `get`. The body is written once: what is signed is what is sent."""
        content = compact(body)
        signed: dict[str, str] = {}
        if is_signed and self._access.signs_messages:
            signed = signature_headers(content, self.encryption_key())
        reply = self._exchange("POST", path, content=content, headers=signed)
        if reply.code in codes.SIGNATURE_MISMATCH:
            self._key = None  # It may have been changed.
        if reply.code in codes.NOT_ADMITTED:
            raise ProviderUnavailable(f"airtel does not admit us: {reply.code}")
        return reply

    def encryption_key(self) -> RSAPublicKey:
        """Airtel's key for signatures and PINs. Raises ProviderUnavailable."""
        if self._key is None or self._key[1] < time.monotonic() - KEY_KEPT_S:
            try:
                reply = self.get("/v1/rsa/encryption-keys")
                found = public_key(text(part(reply.body, "data"), "key"))
            except NoAnswer as problem:
                raise ProviderUnavailable(str(problem)) from problem
            except ValueError as problem:
                raise ProviderUnavailable("airtel gives no encryption key") from problem
            self._key = (found, time.monotonic())
        return self._key[0]

    def new_token(self) -> tuple[str, float]:
        """A token and its life in seconds. Raises ProviderUnavailable."""
        access = self._access
        asked = {
            "client_id": access.client_id,
            "client_secret": access.client_secret,
            "grant_type": "client_credentials",
        }
        try:
            reply = self._send("POST", "/auth/oauth2/token", content=compact(asked))
        except NoAnswer as problem:
            raise ProviderUnavailable(str(problem)) from problem
        # An error may come with any HTTP status, so that the body decides.
        token = text(reply.body, "access_token")
        if reply.body.get("error") or not token or reply.http_status >= 300:
            why = text(reply.body, "error") or f"HTTP {reply.http_status}"
            raise ProviderUnavailable(f"airtel gives no token: {why}"[:MESSAGE_CHARS])
        try:
            lifetime_s = float(text(reply.body, "expires_in"))
        except ValueError as problem:
            raise ProviderUnavailable("airtel gives a token without expires_in") from problem
        return token, max(lifetime_s, TOKEN_LIFETIME_S_MIN)

    # --- How it is done ---

    def _exchange(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **request: Any
    ) -> Reply:
        token = self._token()
        reply = self._send(method, path, headers=self._headers(token, headers), **request)
        if reply.refuses_token:
            # The body proves that the request was not looked at, so it may be sent once more.
            token = self._token(instead_of=token)
            reply = self._send(method, path, headers=self._headers(token, headers), **request)
        if reply.refuses_token:
            raise ProviderUnavailable("airtel refuses a new token")
        return reply

    def _headers(self, token: str, more: Mapping[str, str] | None) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {token}",
            "X-Country": self._access.country,
            "X-Currency": self._access.currency,
            **(more or {}),
        }

    def _token(self, *, instead_of: str = "") -> str:
        try:
            self.breaker.require_closed()
            if instead_of:
                self._tokens.drop(instead_of)
            return self._tokens.current()
        except RedisError as problem:
            raise ProviderUnavailable("the cache with airtel's token is away") from problem

    def _send(self, method: str, path: str, **request: Any) -> Reply:
        try:
            response = self._client.request(method, self._base_url + path, **request)
        except NOT_SENT as problem:
            self.breaker.failed()
            raise ProviderUnavailable(f"airtel cannot be reached: {named(problem)}") from problem
        except httpx.TransportError as problem:
            self.breaker.failed()
            raise NoAnswer(f"no answer: {named(problem)}") from problem
        try:
            body = json_object(response.content)
        except CallbackUnreadable:
            body = {}
        if body and response.status_code not in (429, 502, 503, 504):
            self.breaker.succeeded()
        else:
            self.breaker.failed()
        return Reply(response.status_code, body)

    @cached_property
    def _client(self) -> httpx.Client:
        """Made at its first use: in the process that uses it, not in the one that forked it."""
        return client(self._timeout, {"Content-Type": "application/json", "Accept": "*/*"})
