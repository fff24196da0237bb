"""`Idempotency-Key`: the effect and its stored answer in one transaction.

`@idempotent` stands between the route and the function: what the function does, and what it answered,
commit together; what it refuses rolls back together and may be sent again with the same key.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Schema, Status
from ninja.files import UploadedFile
from ninja.responses import NinjaJSONEncoder

from api.auth import person
from marketplace.shared.errors import DomainError, Invalid
from marketplace.shared.idempotency import begin, finish

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_ACCEPTABLE = re.compile(r"[\x21-\x7e]{8,80}")


class IdempotencyKeyMissing(DomainError):
    code = "idempotency_key_missing"
    message = _(
        "Send an Idempotency-Key: a new random value per wish, the same one when you retry."
    )
    field = HEADER


class IdempotencyKeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    message = _("An Idempotency-Key has 8 to 80 visible characters.")
    field = HEADER


def idempotent(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Run `view` once per user, route and key; it answers a Schema or a `Status` around one."""

    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        named = {"scope": f"{person(request).id}:{request.method}:{request.path}", "key": key}
        request_hash = _hash_of(request)
        with transaction.atomic():
            stored = begin(**named, request_hash=request_hash)
            if stored is not None:
                return _answer(stored.status, stored.body, replayed=True)
            status, body = _rendered(view(request, *args, **kwargs))
            finish(**named, request_hash=request_hash, status=status, body=body)
        return _answer(status, body, replayed=False)

    once.is_idempotent = True  # type: ignore[attr-defined] # read by the OpenAPI document
    return once


def _key(request: HttpRequest) -> str:
    key = request.headers.get(HEADER, "")
    if not key:
        raise IdempotencyKeyMissing
    if not _ACCEPTABLE.fullmatch(key):
        raise IdempotencyKeyInvalid
    return key


def _hash_of(request: HttpRequest) -> str:
    """Of the body; of a form, whose body was read already, of its fields and files, in pieces."""
    if request.content_type != "multipart/form-data":
        return hashlib.sha256(request.body).hexdigest()
    digest = hashlib.sha256(json.dumps(sorted(request.POST.lists())).encode())
    for name in sorted(request.FILES):
        file = cast(UploadedFile, request.FILES[name])
        digest.update(f"\0{name}\0{file.name}\0{file.size}\0".encode())
        for piece in file.chunks():
            digest.update(piece)
        file.seek(0)
    return digest.hexdigest()


def _rendered(result: Schema | Status[Schema]) -> tuple[int, str]:
    status, shown = (
        (result.status_code, result.value) if isinstance(result, Status) else (200, result)
    )
    return status, json.dumps(shown.model_dump(), cls=NinjaJSONEncoder)


def _answer(status: int, body: str, *, replayed: bool) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
    if replayed:
        response[REPLAYED] = "true"
    return response
