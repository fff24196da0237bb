"""Mixx by Yas on the wire: its token, JSON and XML requests, and what came back (PROVIDERS 2.1-2.6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any

import httpx
from redis import RedisError

from marketplace.payments.adapters import xml
from marketplace.payments.adapters.breaker import Breaker
from marketplace.payments.adapters.sessions import Sessions
from marketplace.payments.adapters.wire import (
    CODE_CHARS,
    MESSAGE_CHARS,
    NOT_SENT,
    NoAnswer,
    client,
    flat_fields,
    named,
)
from marketplace.payments.ports import CallbackUnreadable, ProviderUnavailable

TOKEN_LIFETIME_S_MIN = 1.0
COMMAND = "COMMAND"
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `fields` is empty where the body could not be read."""

    http_status: int
    fields: Mapping[str, str]
    refuses_token: bool = False

    @property
    def code(self) -> str:
        return self.fields.get("ResponseCode", "")[:CODE_CHARS]

    @property
    def message(self) -> str:
        return (
            self.fields.get("ResponseDescription")
            or self.fields.get("Message")
            or self.fields.get("MESSAGE")
            or ("" if self.fields else f"HTTP {self.http_status}")
        )[:MESSAGE_CHARS]

    @property
    def is_accepted(self) -> bool | None:
        """What `ResponseStatus` says; None where it says nothing."""
        return truth(self.fields.get("ResponseStatus", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who we are to Mixx. The password goes into no text that is shown."""

    token_url: str
    username: str
    password: str = field(repr=False)
    connect_timeout_s: float
    read_timeout_s: float


class MixxWire:
    """Requests with a token, behind a circuit breaker. Bodies hold PINs and are never logged."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._timeout = httpx.Timeout(access.read_timeout_s, connect=access.connect_timeout_s)
        account = f"{access.token_url} {access.username} {access.password}"
        application = f"mixx:{sha256(account.encode()).hexdigest()[:16]}"
        self.breaker = Breaker(application)
        self._tokens = Sessions(
            name=application,
            fetch=self.new_token,
            patience_s=access.connect_timeout_s + access.read_timeout_s,
        )

    def post_json(self, url: str, body: Mapping[str, Any]) -> Reply:
        """One answer. Raises NoAnswer, or ProviderUnavailable if nothing was done."""
        token = self._token()
        reply = self._post_json(url, body, token)
        if reply.refuses_token:
            # The body proves that the request was not looked at, so it may be sent once more.
            reply = self._post_json(url, body, self._token(instead_of=token))
        if reply.refuses_token:
            raise ProviderUnavailable("mixx refuses a new token")
        return reply

    def post_command(self, url: str, fields: Mapping[str, str]) -> Reply:
        """An XML command, which authenticates itself by its PIN. Raises as `post_json` does."""
        self._require_closed()
        response = self._send(
            url,
            content=xml.document(COMMAND, fields),
            headers={"Content-Type": "application/xml"},
        )
        try:
            found = xml.texts(response.content, root=COMMAND)
        except CallbackUnreadable:
            found = {}
        self._count(made_sense=bool(found))
        return Reply(response.status_code, found)

    def new_token(self) -> tuple[str, float]:
        """A token and its life in seconds. Raises ProviderUnavailable."""
        try:
            response = self._send(
                self._access.token_url,
                data={
                    "username": self._access.username,
                    "password": self._access.password,
                    "grant_type": "password",
                },
                headers={"Cache-Control": "no-cache"},
            )
        except NoAnswer as problem:
            raise ProviderUnavailable(str(problem)) from problem
        fields = _json(response)
        token = fields.get("access_token", "")
        self._count(made_sense=bool(token or fields.get("error")))
        if response.status_code != 200 or not token:
            why = fields.get("error") or f"HTTP {response.status_code}"
            raise ProviderUnavailable(f"mixx gives no token: {why}"[:MESSAGE_CHARS])
        try:
            lifetime_s = float(fields.get("expires_in", ""))
        except ValueError as problem:
            raise ProviderUnavailable("mixx gives a token without expires_in") from problem
        return token, max(lifetime_s, TOKEN_LIFETIME_S_MIN)

    # --- How it is done ---

    def _post_json(self, url: str, body: Mapping[str, Any], token: str) -> Reply:
        response = self._send(
            url,
            json=body,
            headers={
                "Authorization": f"bearer {token}",
                "Username": self._access.username,
                "Password": self._access.password,
            },
        )
        fields = _json(response)
        refused = "invalid_token"
        refuses_token = response.status_code == 401 and (
            fields.get("error") == refused
            or refused in response.headers.get("WWW-Authenticate", "")
        )
        self._count(made_sense=bool(fields))
        return Reply(response.status_code, fields, refuses_token)

    def _token(self, *, instead_of: str = "") -> str:
        self._require_closed()
        try:
            if instead_of:
                self._tokens.drop(instead_of)
            return self._tokens.current()
        except RedisError as problem:
            raise ProviderUnavailable("the cache with mixx's token is away") from problem

    def _require_closed(self) -> None:
        try:
            self.breaker.require_closed()
        except RedisError as problem:
            raise ProviderUnavailable("the cache with mixx's health is away") from problem

    def _send(self, url: str, **request: Any) -> httpx.Response:
        try:
            return self._client.post(url, **request)
        except NOT_SENT as problem:
            self.breaker.failed()
            raise ProviderUnavailable(f"mixx cannot be reached: {named(problem)}") from problem
        except httpx.TransportError as problem:
            self.breaker.failed()
            raise NoAnswer(f"no answer: {named(problem)}") from problem

    def _count(self, *, made_sense: bool) -> None:
        if made_sense:
            self.breaker.succeeded()
        else:
            self.breaker.failed()

    @cached_property
    def _client(self) -> httpx.Client:
        """Made at its first use: in the process that uses it, not in the one that forked it."""
        return client(self._timeout)


def minor_of(text: str) -> int | None:
    """`25000`, `25,000` and `25000.00` in minor units; None for what is no amount."""
    bare = text.replace(",", "").strip()
    return int(Decimal(bare) * 100) if AMOUNT.fullmatch(bare) else None


def truth(text: str) -> bool | None:
    """`true` and `false` in any letters; None for anything else."""
    return {"true": True, "false": False}.get(text.strip().lower())


def _json(response: httpx.Response) -> Mapping[str, str]:
    try:
        return flat_fields(response.content)
    except CallbackUnreadable:
        return {}
