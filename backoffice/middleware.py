"""What every request passes, and what only people's pages need."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

from marketplace.shared.request_context import current_request_id

HEADER = "X-Request-ID"
API = "/api/"
API_PAGE = "/api/v1/docs"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Take the caller's request id if it is a sane one, else make one; put it on events, log lines and answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = offered if _ACCEPTABLE.fullmatch(offered) else uuid.uuid4().hex
        token = current_request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response[HEADER] = request_id
        return response


class PrintableAddressMiddleware:
    """PostgreSQL and the file system store no NUL, so that no address with one names anything: 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("an address with NUL")
        return self.get_response(request)


def for_people(middleware: type[Any]) -> type[Any]:
    """The same middleware for pages only.

    Programs call the API all the time. What is there for pages costs them nothing; what an answer of
    the API needs of it (language, headers, a known host) `api.middleware` does in one go.
    """

    class ForPeople(middleware):
        def __call__(self, request: HttpRequest) -> HttpResponseBase:
            path = request.path_info
            if path.startswith(API) and path != API_PAGE:
                answer: HttpResponseBase = self.get_response(request)
                return answer
            return super().__call__(request)

    ForPeople.__qualname__ = ForPeople.__name__ = middleware.__name__
    return ForPeople


class _ContentSecurityPolicy(CSPMiddleware):
    """The strict policy everywhere, relaxed for the console only by what Unfold's own scripts need."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path.startswith("/console/") and parts.replace is None:
            parts.replace = settings.CONSOLE_CONTENT_SECURITY_POLICY
        return parts


StaticFiles = for_people(WhiteNoiseMiddleware)
ContentSecurityPolicy = for_people(_ContentSecurityPolicy)
Sessions = for_people(SessionMiddleware)
Languages = for_people(LocaleMiddleware)
Addresses = for_people(CommonMiddleware)
Forms = for_people(CsrfViewMiddleware)
SignedIn = for_people(AuthenticationMiddleware)
Messages = for_people(MessageMiddleware)
Frames = for_people(XFrameOptionsMiddleware)
