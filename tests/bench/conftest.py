"""The table at the end of `make bench`."""

import pytest

from tests.bench.recorder import figures_of_this_run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures = figures_of_this_run()
    if not figures:
        return
    terminalreporter.section("figures")
    for line in figures:
        terminalreporter.write_line(line)
