"""Whatever the OpenAPI document allows, and much that it does not, is answered as it says: never by a crash."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from marketplace.accounts.tokens import issue_access
from tests.api.client import document
from tests.factories.accounts import a_buyer
from tests.factories.sellers import a_seller

# Ten of each keep the suite quick; a hundred and fifty of each found nothing more.
EXAMPLES = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# What takes nothing, or only a text in its address or its body, can be given nothing wrong.
CASES = [
    (path, method, mode)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    for mode in GenerationMode
    if mode == GenerationMode.POSITIVE
    or set(operation.get("requestBody", {}).get("content", {})) - {"application/xml"}
    or any(parameter["in"] != "path" for parameter in operation["parameters"])
]


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """A request of its own would close the connection that this test's transaction is on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize(
    ("path", "method", "mode"),
    CASES,
    ids=[f"{method.upper()} {path} {mode.value}" for path, method, mode in CASES],
)
def test_an_operation_keeps_its_word(path, method, mode):
    person = a_buyer()
    a_seller(person)
    token = issue_access(person)

    @given(case=schema()[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=CHECKS)

    ask()
