"""The API, asked as the person whose account it is.

The question passes every middleware and the API itself, in this process: what is drawn is what the
person gets, and it is refused, counted and written down as any other request of a sight.
"""

import json
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils import translation

from marketplace.privacy.models import Sight
from marketplace.privacy.queries import sight_token
from marketplace.shared.request_context import current_request_id

API = "/api/v1"
# Of the request of the page, what the API's own looks at.
PASSED_ON = (
    "REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT", "HTTP_HOST",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is what the API said, a problem where `status` is not 200."""

    status: int
    data: Any

    @property
    def is_good(self) -> bool:
        return self.status == 200


def ask(request: HttpRequest, sight: Sight, path: str, **question: str) -> Answer:
    """GET `path` of the API, in the language of who looks."""
    asked = WSGIRequest(_environ(request, sight, path, urlencode(question)))
    # Language and request id of the page stay its own.
    response = copy_context().run(_answer, asked)
    body = b"".join(response) if response.streaming else response.content
    return Answer(response.status_code, json.loads(body))


def _answer(asked: WSGIRequest) -> Any:
    return _handler().get_response(asked)


def _environ(request: HttpRequest, sight: Sight, path: str, question: str) -> dict[str, Any]:
    passed = {name: request.META[name] for name in PASSED_ON if name in request.META}
    return passed | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": f"{API}{path}",
        "SCRIPT_NAME": "",
        "QUERY_STRING": question,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(),
        "HTTP_ACCEPT_LANGUAGE": translation.get_language() or "en",
        "HTTP_X_REQUEST_ID": current_request_id.get(),
        "HTTP_AUTHORIZATION": f"Bearer {sight_token(sight)}",
        # Nobody's visit: it is not counted either way.
        "HTTP_DNT": "1",
    }


@cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler
