"""`make run` to the first answer of the console's login page: cold with the demo to make, then warm."""

import time
from pathlib import Path

import pytest

from backoffice.embedded.layout import Layout
from tests.bench.recorder import record_figure
from tests.running import Run, free_port

pytestmark = pytest.mark.bench
PATIENCE_S = 300


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    for parent in (folder, folder.parent, folder.parent.parent):
        parent.chmod(0o711)
    return folder


def started_in(folder: Path) -> float:
    """Seconds from nothing to the login page. The packages are there already."""
    began = time.monotonic()
    run = Run(Layout(folder / "data"), free_port(), folder / "log", demo=True)
    try:
        run.wait_for_login_page(patience_s=PATIENCE_S)
        seconds = time.monotonic() - began
        run.wait_for(r"Stop: Ctrl-C", patience_s=PATIENCE_S)
        return seconds
    finally:
        run.stop()


def test_first_and_second_start(folder: Path) -> None:
    cold_s, warm_s = started_in(folder), started_in(folder)

    record_figure("run.cold_s", cold_s, "s", aim="<= 60")
    record_figure("run.warm_s", warm_s, "s", aim="<= 8")
