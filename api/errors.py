"""Refusals as RFC 9457 problems: one table says which HTTP status a class of refusal becomes."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.encoding import force_str
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from redis.exceptions import RedisError

from marketplace.listings.errors import ListingChangedMeanwhile
from marketplace.sellers.errors import ApplicationChanged
from marketplace.shared.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from marketplace.shared.request_context import current_request_id

logger = logging.getLogger("django.request")

CONTENT_TYPE = "application/problem+json"
# Where a client reads what a code means; a fragment per code.
PROBLEM_TYPES = "/api/v1/problems"
# A server of ours that fell is back by then (docs/reliability.md).
AWAY_S = 5


class Malformed(DomainError):
    """What came is no HTTP request that we can read: broken JSON, NUL bytes, a cut-off body."""

    code = "malformed_request"
    message = _("The request could not be read.")


class ValidationFailed(Invalid):
    code = "validation_failed"
    message = _("Some fields are missing or not valid.")


class RouteUnknown(NotFound):
    code = "route_not_found"
    message = _("There is nothing at this address.")


class MethodNotAllowed(DomainError):
    code = "method_not_allowed"
    message = _("This address does not know this method.")


class BodyTooLarge(DomainError):
    code = "body_too_large"
    message = _("This is larger than we accept.")


class PreconditionRequired(DomainError):
    code = "if_match_required"
    message = _("Send If-Match with the ETag of what you looked at.")
    field = "If-Match"


class PreconditionFailed(DomainError):
    code = "etag_mismatch"
    message = _("This has changed since you looked at it. Load it again.")
    field = "If-Match"


class InternalError(DomainError):
    code = "internal_error"
    message = _("Something went wrong on our side. Tell us the request id.")


class SlowDown(TooMany):
    code = "rate_limited"
    message = _("Too many requests. Try again in %(seconds)s seconds.")


# The first class that fits decides.
STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (ListingChangedMeanwhile, HTTPStatus.PRECONDITION_FAILED),
    (ApplicationChanged, HTTPStatus.PRECONDITION_FAILED),
    (PreconditionFailed, HTTPStatus.PRECONDITION_FAILED),
    (PreconditionRequired, HTTPStatus.PRECONDITION_REQUIRED),
    (MethodNotAllowed, HTTPStatus.METHOD_NOT_ALLOWED),
    (BodyTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InternalError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (DomainError, HTTPStatus.BAD_REQUEST),
)


def status_of(refusal: type[DomainError]) -> HTTPStatus:
    return next(status for kind, status in STATUS if issubclass(refusal, kind))


def problem(
    refusal: DomainError, *, errors: Sequence[dict[str, str]] | None = None
) -> JsonResponse:
    """The answer for a refusal. `errors` name the fields at fault: `{field, code, message}`."""
    status = status_of(type(refusal))
    if errors is None:
        own = {"field": refusal.field, "code": refusal.code, "message": force_str(refusal)}
        errors = [own] if refusal.field else []
    response = JsonResponse(
        {
            "type": f"{PROBLEM_TYPES}#{refusal.code}",
            "title": status.phrase,
            "status": status.value,
            "code": refusal.code,
            "detail": force_str(refusal),
            "errors": list(errors),
            "request_id": current_request_id.get(),
        },
        status=status,
        content_type=CONTENT_TYPE,
    )
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def register(api: NinjaAPI) -> None:
    """Teach the API to answer every exception with a problem."""
    answers: dict[type[Exception], Any] = {
        DomainError: _refused,
        ValidationError: _not_valid,
        AuthenticationError: _not_signed_in,
        Throttled: _too_fast,
        HttpError: _unreadable,
        Http404: _nowhere,
        SuspiciousOperation: _suspicious,
        UnreadablePostError: _unreadable,
        MultiPartParserError: _unreadable,
        OperationalError: _away,
        InterfaceError: _away,
        RedisError: _away,
        Exception: _broken,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem(error)


def _not_signed_in(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(Unauthenticated())


def _nowhere(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(NotFound())


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(Malformed())


def _suspicious(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(BodyTooLarge() if isinstance(error, RequestDataTooBig) else Malformed())


def _too_fast(request: HttpRequest, error: Exception) -> HttpResponse:
    seconds = request.allowance.reset_s  # type: ignore[attr-defined] # set by the throttle
    response = problem(SlowDown(seconds=seconds))
    response["Retry-After"] = str(seconds)
    return response


def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    """PostgreSQL or Valkey does not answer, or gave up on a lock: nothing was done, so try again."""
    logger.error("a server is away: %s %s", request.method, request.path, exc_info=error)
    response = problem(Unavailable())
    response["Retry-After"] = str(AWAY_S)
    return response


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """A bug: told to whoever listens (Django's test client raises it), never shown."""
    got_request_exception.send(sender=None, request=request)
    logger.error("the API failed: %s %s", request.method, request.path, exc_info=error)
    return problem(InternalError())


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(ValidationFailed(), errors=[_field_error(fault) for fault in error.errors])


def _field_error(fault: dict[str, Any]) -> dict[str, str]:
    kind = str(fault["type"])
    return {"field": _field_name(fault["loc"]), "code": kind, "message": _sentence(kind, fault)}


def _field_name(location: Sequence[str | int]) -> str:
    """`lines.0.quantity` for ninja's ("body", "body", "lines", 0, "quantity").

    The first part is the place; the second is our parameter's own name where a whole schema is
    the parameter.
    """
    place, *rest = location
    if place in {"body", "form", "query"} and len(rest) > 1:
        rest = rest[1:]
    return ".".join(str(part) for part in rest) or str(place)


def _sentence(kind: str, fault: dict[str, Any]) -> str:
    """Pydantic's verdict in the reader's language; kinds that no field of ours gives stay English."""
    sentence = _SENTENCES.get(kind)
    if sentence is None:
        return str(fault["msg"]).removeprefix("Value error, ")
    context = {"allowed": "", **(fault.get("ctx") or {})}
    context["allowed"] = context.get("expected", "")
    return gettext(sentence) % context


_SENTENCES = {
    "missing": gettext_noop("This is missing."),
    "extra_forbidden": gettext_noop("We do not know this field."),
    "string_type": gettext_noop("Use a text."),
    "string_too_short": gettext_noop("Use at least %(min_length)s characters."),
    "string_too_long": gettext_noop("Use at most %(max_length)s characters."),
    "string_pattern_mismatch": gettext_noop("This does not have the expected form."),
    "int_type": gettext_noop("Use a whole number."),
    "int_parsing": gettext_noop("Use a whole number."),
    "int_from_float": gettext_noop("Use a whole number."),
    "bool_type": gettext_noop("Use true or false."),
    "bool_parsing": gettext_noop("Use true or false."),
    "greater_than": gettext_noop("Use a number above %(gt)s."),
    "greater_than_equal": gettext_noop("Use %(ge)s or more."),
    "less_than_equal": gettext_noop("Use %(le)s or less."),
    "enum": gettext_noop("Use one of: %(allowed)s."),
    "literal_error": gettext_noop("Use one of: %(allowed)s."),
    "list_type": gettext_noop("Use a list."),
    "too_short": gettext_noop("Use at least %(min_length)s entries."),
    "too_long": gettext_noop("Use at most %(max_length)s entries."),
    "date_from_datetime_parsing": gettext_noop("Use a date such as 2026-11-30."),
    "date_parsing": gettext_noop("Use a date such as 2026-11-30."),
    "string_nul": gettext_noop("A text must not contain the NUL character."),
    "one_place": gettext_noop("Give either a delivery or an address."),
    "key_value": gettext_noop("Use key:value."),
}
