"""One wallet, and the third of November 2026."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories.closing import november


@pytest.fixture(autouse=True)
def _one_wallet(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = {"mpesa": settings.PAYMENT_PROVIDERS["mpesa"]}


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with november():
        yield
