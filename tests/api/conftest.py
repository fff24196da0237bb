"""The API's tests: its rate limits count in Valkey, so each test begins with none used."""

from collections.abc import Iterator

import pytest

from api.throttling import valkey


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    yield
    for key in valkey().scan_iter("zetutech:rate:*"):
        valkey().delete(key)
