"""What all adapters need on the wire: amounts, numbers, JSON that strangers sent, an HTTP client."""

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

from marketplace.payments.ports import CallbackUnreadable
from marketplace.shared.money import QUANTUM, is_whole

CURRENCY = "TZS"
MSISDN = re.compile(r"\+([0-9]{12,14})")
MESSAGE_CHARS, CODE_CHARS, ID_CHARS, RECEIPT_CHARS, NAME_CHARS = 300, 40, 64, 40, 120
BODY_BYTES_MAX = 16_384
# Nothing has left us: the provider cannot have heard of the request.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class NoAnswer(Exception):
    """The request may have arrived; nobody knows what became of it."""


def client(timeout: httpx.Timeout, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """A client without kept connections, which must be made in the process that uses it.

    A kept connection may turn out to be dead after a payment went into it, and then nobody knows;
    a fresh one that fails to open is certain to have carried nothing.
    """
    return httpx.Client(
        timeout=timeout,
        limits=httpx.Limits(max_keepalive_connections=0),
        headers=headers,
        trust_env=False,
    )


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises CallbackUnreadable."""
    if len(body) > BODY_BYTES_MAX:
        raise CallbackUnreadable(f"longer than {BODY_BYTES_MAX} bytes")
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CallbackUnreadable("not JSON") from error
    if not isinstance(found, dict):
        raise CallbackUnreadable("not a JSON object")
    return found


def flat_fields(body: bytes) -> dict[str, str]:
    """The plain values of the JSON object in `body`, all as text. Raises CallbackUnreadable."""
    return {
        # PostgreSQL stores no NUL; nobody who means well sends one.
        str(name): str(value).replace("\x00", "").strip()
        for name, value in json_object(body).items()
        if isinstance(value, str | int | float | bool)
    }


def shillings(amount_minor: int) -> int:
    """Whole shillings, as every provider wants them. Raises ValueError for anything else."""
    if amount_minor <= 0 or not is_whole(amount_minor, CURRENCY):
        raise ValueError(f"mobile money moves whole shillings, not {amount_minor} minor units")
    return amount_minor // QUANTUM[CURRENCY]


def digits(msisdn: str) -> str:
    """An E.164 number without its plus. Raises ValueError."""
    found = MSISDN.fullmatch(msisdn)
    if not found:
        raise ValueError("not an E.164 number")
    return found[1]


def named(problem: Exception) -> str:
    return f"{type(problem).__name__} {problem}".strip()[:MESSAGE_CHARS]
