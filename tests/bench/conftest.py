"""The table at the end of `make bench`, and the million orders of the console's figures."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bench.million import a_million_orders
from tests.bench.recorder import figures_of_this_run


@pytest.fixture(scope="module")
def million(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The connection of the module's tests leads to them; what a test writes there is rolled back."""
    with django_db_blocker.unblock(), a_million_orders():
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures = figures_of_this_run()
    if not figures:
        return
    terminalreporter.section("figures")
    for line in figures:
        terminalreporter.write_line(line)
