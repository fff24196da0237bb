"""One POST of JSON, and what its answer means to whoever has to send it again."""

from collections.abc import Mapping

import httpx

from marketplace.analytics.ports import BatchTooLarge, NotTaken

TIMEOUT = httpx.Timeout(20, connect=5)
TOO_LARGE = 413
TRANSIENT = {401, 403, 404, 408, 410, 429, 460}
"""Ours to correct (credentials, address) or theirs to get over; like every 5xx."""
AFTER_S_MAX = 300
"""No service keeps us waiting for longer, whatever it says."""


def post_json(
    url: str, body: bytes, *, auth: tuple[str, str], query: Mapping[str, str] | None = None
) -> httpx.Response:
    """The answer, where it is one about what was sent. Raises NotTaken, BatchTooLarge."""
    try:
        answer = httpx.post(
            url,
            params=query,
            content=body,
            auth=auth,
            headers={"Content-Type": "application/json"},
            timeout=TIMEOUT,
        )
    except httpx.HTTPError as error:
        raise NotTaken(f"{type(error).__name__}: {error}") from error
    if answer.status_code == TOO_LARGE:
        raise BatchTooLarge
    if answer.status_code in TRANSIENT or answer.is_server_error or answer.is_redirect:
        raise NotTaken(f"HTTP {answer.status_code} {_said(answer)}".strip(), after_s=_after(answer))
    return answer


def object_of(answer: httpx.Response) -> dict[str, object]:
    """The JSON object of an answer, or nothing where it is something else."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _said(answer: httpx.Response) -> str:
    body = object_of(answer)
    return str(body.get("error") or body.get("message") or "")


def _after(answer: httpx.Response) -> float | None:
    """`Retry-After` in seconds; a date there is rare, and no reason to fail."""
    try:
        return min(max(float(answer.headers["Retry-After"]), 0), AFTER_S_MAX)
    except (KeyError, ValueError):
        return None
