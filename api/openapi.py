"""The OpenAPI document, completed from what the code knows: refusals, headers, examples.

Examples are put together from the fields' own, so that they cannot drift from the schemas.
"""

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.utils import translation
from ninja import NinjaAPI
from ninja.operation import Operation

from api.errors import (
    CONTENT_TYPE,
    PROBLEM_TYPES,
    BodyTooLarge,
    InternalError,
    Malformed,
    PreconditionFailed,
    PreconditionRequired,
    SlowDown,
    ValidationFailed,
    status_of,
)
from api.idempotency import HEADER, REPLAYED, IdempotencyKeyInvalid, IdempotencyKeyMissing
from api.pagination import CursorInvalid
from api.refusals import Refusal
from api.schemas.base import Problem
from api.sights import SAFE
from api.throttling import Unpaced
from marketplace.accounts.errors import AccessTokenExpired, AccessTokenInvalid
from marketplace.privacy.errors import SightOver, SightReadOnly
from marketplace.shared.errors import Unauthenticated
from marketplace.shared.idempotency import IdempotencyKeyReused, RequestInProgress

type Json = dict[str, Any]

# Deeper than any answer; a schema that contains itself ends here.
DEPTH_MAX = 24
_RATE_HEADERS = {
    "RateLimit": {
        "description": 'What is left: `"read";r=299;t=60` (requests, seconds).',
        "schema": {"type": "string"},
    },
    "X-Request-ID": {
        "description": "Name this when you ask us about a request.",
        "schema": {"type": "string"},
    },
}


def complete(api: NinjaAPI, document: Json) -> Json:
    """Add to ninja's document, in place, what only we know."""
    schemas = document["components"]["schemas"]
    schemas.update(_problem_schemas())
    operations = _operations(api)
    for methods in document["paths"].values():
        for described in methods.values():
            operation = operations[described["operationId"]]
            _describe_parameters(described)
            _describe_body(described, schemas)
            _describe_answers(described, schemas)
            _describe_headers(operation, described)
            _describe_refusals(refusals_of(operation, described), described)
    return document


def _operations(api: NinjaAPI) -> dict[str, Operation]:
    return {
        operation.operation_id or api.get_openapi_operation_id(operation): operation
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    }


def refusals_of(operation: Operation, described: Json) -> list[Refusal]:
    """What is declared beside the operation, and what follows from its shape."""
    view = operation.view_func
    refusals = [*getattr(view, "refusals", ()), InternalError, Malformed]
    if operation.auth_callbacks:
        refusals += [Unauthenticated, AccessTokenInvalid, AccessTokenExpired, SightOver]
        if not SAFE.issuperset(operation.methods):
            refusals.append(SightReadOnly)
    if not any(isinstance(throttle, Unpaced) for throttle in operation.throttle_objects):
        refusals.append(SlowDown)
    names = {parameter["name"] for parameter in described["parameters"]}
    if "requestBody" in described:
        refusals.append(BodyTooLarge)
    if "requestBody" in described or names:
        refusals.append(ValidationFailed)
    if "cursor" in names:
        refusals.append(CursorInvalid)
    if getattr(view, "is_idempotent", False):
        refusals += [
            IdempotencyKeyMissing,
            IdempotencyKeyInvalid,
            IdempotencyKeyReused,
            RequestInProgress,
        ]
    if getattr(view, "edits_version", False):
        refusals += [PreconditionRequired, PreconditionFailed]
    return list(dict.fromkeys(refusals))


def _describe_refusals(refusals: Iterable[Refusal], described: Json) -> None:
    by_status: defaultdict[HTTPStatus, list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        by_status[status_of(refusal)].append(refusal)
    for status in sorted(by_status):
        kinds = sorted(by_status[status], key=lambda kind: kind.code)
        codes = ", ".join(f"`{kind.code}`" for kind in {kind.code: kind for kind in kinds}.values())
        answer: Json = {
            "description": f"{status.phrase}: {codes}",
            "content": {
                CONTENT_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {kind.code: {"value": _problem_example(kind)} for kind in kinds},
                }
            },
        }
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            answer["headers"] = {
                "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
            }
        described["responses"][str(status.value)] = answer


def _problem_example(refusal: Refusal) -> Json:
    status = status_of(refusal)
    with translation.override("en"):
        detail = str(refusal.message)
    fault = {"field": refusal.field, "code": refusal.code, "message": detail}
    return {
        "type": f"{PROBLEM_TYPES}#{refusal.code}",
        "title": status.phrase,
        "status": status.value,
        "code": refusal.code,
        "detail": detail,
        "errors": [fault] if refusal.field else [],
        "request_id": "3f2a9c5d7e8b4f10a6c1d2e3f4a5b6c7",
    }


def _describe_headers(operation: Operation, described: Json) -> None:
    view = operation.view_func
    offered: list[tuple[str, str, str]] = []
    if getattr(view, "is_idempotent", False):
        why = "A new random value for each wish, the same one for its retries; kept for 24 hours."
        offered.append((HEADER, why, "5f0c2d1e-8a4b-4c7d-9e6f-1a2b3c4d5e6f"))
    if getattr(view, "edits_version", False):
        offered.append(("If-Match", "The ETag of what you looked at.", '"v3"'))
    for name, why, example in offered:
        described["parameters"].append(
            {
                "in": "header",
                "name": name,
                "description": why,
                "required": True,
                "schema": {"type": "string", "maxLength": 80},
                "example": example,
            }
        )
    for status, answer in described["responses"].items():
        if int(status) >= 400:
            continue
        headers = answer.setdefault("headers", {})
        headers.update(_RATE_HEADERS)
        if getattr(view, "is_idempotent", False):
            headers[REPLAYED] = {
                "description": "`true` where this is the stored answer of an earlier request.",
                "schema": {"type": "string"},
            }
        if getattr(view, "shows_version", False):
            headers["ETag"] = {"description": "For If-Match.", "schema": {"type": "string"}}


def _describe_parameters(described: Json) -> None:
    for parameter in described["parameters"]:
        examples = parameter["schema"].get("examples") or []
        if isinstance(parameter.get("examples"), list):
            del parameter["examples"]
        if examples:
            parameter["example"] = examples[0]


def _describe_body(described: Json, schemas: Json) -> None:
    for content in described.get("requestBody", {}).get("content", {}).values():
        content["example"] = example_of(content["schema"], schemas)


def _describe_answers(described: Json, schemas: Json) -> None:
    described["responses"] = {
        str(status): answer for status, answer in described["responses"].items()
    }
    for answer in described["responses"].values():
        for content in answer.get("content", {}).values():
            if "example" not in content and "schema" in content:
                content["example"] = example_of(content["schema"], schemas)


def example_of(schema: Json, schemas: Json, depth: int = 0) -> Any:
    """A value that the schema allows, from the examples of its fields."""
    if depth > DEPTH_MAX:
        return None
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth + 1)
    for several in ("anyOf", "allOf", "oneOf"):
        if several in schema:
            return example_of(schema[several][0], schemas, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    return _example_of_type(schema, schemas, depth)


def _example_of_type(schema: Json, schemas: Json, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return {
            name: example_of(field, schemas, depth + 1)
            for name, field in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [example_of(schema["items"], schemas, depth + 1)] if "items" in schema else []
    if schema.get("default") is not None:
        return schema["default"]
    plain = {"integer": 1, "number": 1, "boolean": True, "null": None}
    return plain.get(str(kind), "string")


def _problem_schemas() -> Json:
    described = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    return {**described.pop("$defs"), "Problem": described}
