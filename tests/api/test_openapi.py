"""The OpenAPI document is valid and complete: a client developer needs nothing else."""

import pytest
from django.test import Client

from api.app import TAGS, api
from api.openapi import example_of
from api.schemas.base import In
from tests.api.client import document, pointer, validator

OPERATIONS = [
    (f"{method.upper()} {path}", path, method)
    for path, methods in document()["paths"].items()
    for method in methods
]


def each_operation(function):
    names = [name for name, _path, _method in OPERATIONS]
    cases = [(path, method) for _name, path, method in OPERATIONS]
    return pytest.mark.parametrize(("path", "method"), cases, ids=names)(function)


def test_the_document_is_served_and_is_openapi_3_1(client: Client):
    answer = client.get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
    assert answer.json()["info"]["title"] == "ZetuTech API"


def test_the_tests_own_client_notices_an_answer_that_does_not_fit():
    at = ("paths", "/api/v1/auth/me", "get", "responses", "200", "content", "application/json")

    assert not validator(pointer(*at, "schema")).is_valid({"name": 4})


def test_every_operation_has_its_own_id():
    ids = [document()["paths"][path][method]["operationId"] for _name, path, method in OPERATIONS]

    assert sorted(ids) == sorted(set(ids))


@each_operation
def test_an_operation_says_what_it_does(path, method):
    operation = document()["paths"][path][method]

    assert operation["summary"]
    assert operation["tags"]
    assert set(operation["tags"]) <= set(TAGS)


@each_operation
def test_its_examples_fit_its_schemas(path, method):
    operation = document()["paths"][path][method]
    bodies = [(("requestBody",), operation.get("requestBody", {}))]
    bodies += [(("responses", status), each) for status, each in operation["responses"].items()]

    for place, body in bodies:
        for media, content in body.get("content", {}).items():
            if "schema" not in content or "json" not in media:
                continue
            at = ("paths", path, method, *place, "content", media, "schema")
            examples = [each["value"] for each in content.get("examples", {}).values()]
            for example in examples or [content["example"]]:
                validator(pointer(*at)).validate(example)


@each_operation
def test_it_documents_its_refusals(path, method):
    operation = document()["paths"][path][method]
    refusals = {status for status in operation["responses"] if int(status) >= 400}

    assert {"400", "500"} <= refusals
    assert ("401" in refusals) or "security" not in operation
    assert ("422" in refusals) or not (operation.get("requestBody") or operation["parameters"])


@each_operation
def test_nothing_names_an_internal_id(path, method):
    operation = document()["paths"][path][method]
    answers = [operation["responses"][s] for s in operation["responses"] if int(s) < 400]
    examples = [
        example_of(content["schema"], document()["components"]["schemas"])
        for answer in answers
        for media, content in answer.get("content", {}).items()
        if "json" in media
    ]

    assert "id" not in set(_keys(examples))


def test_every_body_refuses_fields_that_we_do_not_know():
    bodies = [
        model
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        for model in operation.models
        if model.__ninja_param_source__ == "body"
    ]
    schemas = [field.annotation for model in bodies for field in model.model_fields.values()]

    assert schemas
    assert [schema for schema in schemas if not issubclass(schema, In)] == []


def _keys(value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from _keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from _keys(below)
