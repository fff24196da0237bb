"""A client of the API that holds every answer against our own OpenAPI document.

Whatever a test asks for, its answer must have a documented status, fit that status's schema and, where it is
a refusal, carry a code that the document lists for the operation.
"""

import json
import re
import uuid
from functools import cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from django.http import HttpResponse
from django.test import Client

from api.app import api
from marketplace.accounts.models import User
from marketplace.accounts.tokens import issue_access

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"


class Caller:
    """Somebody with or without an account, and an HTTP client."""

    def __init__(self, user: User | None = None) -> None:
        self.user = user
        self.http = Client()

    def get(self, path: str, **options: Any) -> HttpResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> HttpResponse:
        return self.call("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> HttpResponse:
        return self.call("PATCH", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> HttpResponse:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> HttpResponse:
        return self.call("DELETE", path, **options)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        key: str | None = None,
        files: dict[str, Any] | None = None,
        **query: Any,
    ) -> HttpResponse:
        """`key` is the Idempotency-Key; None makes a new one for each call, "" sends none."""
        sent = {**self._identity(), **(headers or {})}
        key = uuid.uuid4().hex if key is None else key
        if method == "POST" and key:
            sent.setdefault("Idempotency-Key", key)
        target = f"{PREFIX}{path}"
        if query:
            pairs = [f"{name}={value}" for name, value in query.items()]
            target += "?" + "&".join(pairs)
        if files is not None:
            response = self.http.post(target, {**(body or {}), **files}, headers=sent)
        elif body is not None:
            data = body if isinstance(body, str) else json.dumps(body)
            response = self.http.generic(
                method, target, data, content_type="application/json", headers=sent
            )
        else:
            response = self.http.generic(method, target, headers=sent)
        hold_to_the_document(method, path, response)
        return response

    def _identity(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {issue_access(self.user)}"} if self.user else {}


def refusal(response: HttpResponse) -> tuple[int, str]:
    """`(409, "stock_insufficient")`."""
    assert response["Content-Type"] == PROBLEM, response.content
    return response.status_code, response.json()["code"]


@cache
def document() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [
        (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path.removeprefix(PREFIX)) + "$"), path)
        for path in paths
    ]


@cache
def validator(pointer: str) -> Any:
    """For the schema at a JSON pointer of the document."""
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"openapi:///{pointer}"},
        registry=jsonschema_rs.Registry([("openapi:///", document())]),
    )


def pointer(*parts: str) -> str:
    """A JSON pointer as a URI fragment (RFC 6901 section 6)."""
    escaped = [part.replace("~", "~0").replace("/", "~1") for part in parts]
    return "#/" + "/".join(quote(part, safe="~") for part in escaped)


def hold_to_the_document(method: str, path: str, response: HttpResponse) -> None:
    template = next((full for pattern, full in _templates() if pattern.match(path)), None)
    operation = document()["paths"].get(template, {}).get(method.lower())
    if operation is None:
        assert response.status_code in {404, 405}, f"{method} {path} is not documented"
        return
    status = str(response.status_code)
    assert status in operation["responses"], f"{method} {path}: {status} {response.content!r}"
    contents = operation["responses"][status].get("content", {})
    if not contents:
        return
    media = response["Content-Type"].split(";")[0]
    assert media in contents, f"{method} {path} answers {media}"
    if "json" not in media:
        return
    answer = response.json()
    at = ("paths", str(template), method.lower(), "responses", status, "content", media, "schema")
    validator(pointer(*at)).validate(answer)
    if media == PROBLEM:
        assert answer["code"] in contents[media]["examples"], f"{method} {path}: {answer['code']}"
