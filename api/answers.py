"""Answers that are JSON already."""

from typing import Any

import orjson
from django.http import HttpResponse


def written(content: Any) -> HttpResponse:
    """What an operation would answer with `content`, without building its schema's objects first.

    For lists that are asked for all the time: the objects and their checks are two thirds of the
    work (docs/performance.md). That the answer fits the schema is for the tests to say.
    """
    return answer(orjson.dumps(content))


def answer(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type="application/json; charset=utf-8")
