"""What every request under /api/ passes: the wide limit per address, the caller's language, a few headers.

What Django's middlewares do for pages is done here for programs in one go, because the API is asked
all the time: each of them costs every request (docs/performance.md).
"""

import time
from collections.abc import Callable
from functools import lru_cache

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from api.errors import (
    CONTENT_TYPE,
    BodyTooLarge,
    InternalError,
    Malformed,
    MethodNotAllowed,
    RouteUnknown,
    SlowDown,
    problem,
)
from api.kept import Kept
from api.throttling import (
    ADDRESS,
    RATES,
    Allowance,
    announce,
    caller,
    client_address,
    spend,
    spend_all,
)
from marketplace.shared.errors import DomainError, Unavailable

PREFIX = "/api/"
# A provider's message and a monitor's question are never refused for their frequency.
UNLIMITED = ("/api/v1/webhooks/", "/api/health")

# What Django itself answers with HTML.
_PLAIN: dict[int, type[DomainError]] = {
    400: Malformed,
    404: RouteUnknown,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    500: InternalError,
    503: Unavailable,
}


# An answer is data: whoever shows it as a page gets nothing to run, load or frame.
_INERT = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response
        self.kept = Kept()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        translation.activate(_language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")))
        allowance: Allowance | None = None
        if not request.path.startswith(UNLIMITED):
            allowance, request.spent_ahead = _spend(request)  # type: ignore[attr-defined]
        response = self._answer(request, allowance)
        allowance = getattr(request, "allowance", None) or allowance
        if allowance:
            announce(response, allowance)
        _stamp(response, is_personal="HTTP_AUTHORIZATION" in request.META)
        return response

    def _answer(self, request: HttpRequest, allowance: Allowance | None) -> HttpResponseBase:
        if allowance and allowance.is_exceeded:
            refused = problem(SlowDown(seconds=allowance.reset_s))
            refused["Retry-After"] = str(allowance.reset_s)
            return refused
        try:
            request.get_host()
        except DisallowedHost:
            return problem(Malformed())
        # PostgreSQL stores no NUL, so that no address with one can name anything.
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return problem(Malformed())
        return self._kept(request) or self._fresh(request)

    def _kept(self, request: HttpRequest) -> HttpResponseBase | None:
        """For somebody unknown who reads, and may: what was answered a moment ago."""
        reading: Allowance | None = getattr(request, "spent_ahead", None)
        if request.method != "GET" or reading is None or reading.is_exceeded:
            return None
        found = self.kept.find(request)
        if found is not None:
            request.allowance = reading  # type: ignore[attr-defined]
        return found

    def _fresh(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = _as_problem(self.get_response(request))
        self.kept.add(request, response, began=began)
        return response


@lru_cache(maxsize=256)
def _language(accepted: str) -> str:
    """What we speak of what an Accept-Language asks for."""
    asking = HttpRequest()
    asking.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(asking)


def _stamp(response: HttpResponseBase, *, is_personal: bool) -> None:
    """What every answer says of itself."""
    if not response.get("Content-Type", "").startswith("text/html"):  # The page of documentation.
        for name, value in _INERT.items():
            response[name] = value
    # Maybe the person's own language, not the one that was asked for.
    response["Content-Language"] = translation.get_language()
    if not response.streaming and "Content-Length" not in response:
        response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
    if is_personal:
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
    else:
        patch_vary_headers(response, ["Accept-Language"])


def _spend(request: HttpRequest) -> tuple[Allowance, Allowance | None]:
    """The address's limit; for somebody unknown who reads, in the same round trip the one of reading."""
    address = client_address(request)
    if request.method not in {"GET", "HEAD"} or "HTTP_AUTHORIZATION" in request.META:
        return spend(ADDRESS, address), None
    allowance, ahead = spend_all([(ADDRESS, address), (RATES["read"], caller(request))])
    return allowance, ahead


def _as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """Django's own error pages as problems; our answers as they are."""
    refusal = _PLAIN.get(response.status_code)
    content_type = response.get("Content-Type", "")
    if refusal is None or content_type.startswith((CONTENT_TYPE, "application/json")):
        return response
    answer: HttpResponse = problem(refusal())
    if "Allow" in response:
        answer["Allow"] = response["Allow"]
    return answer
