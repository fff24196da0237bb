"""`make run` as people use it: it comes up, says what is in its way, survives kills, stops cleanly, keeps the data."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from backoffice.configuration import BASE_DIR
from backoffice.embedded import process
from backoffice.embedded.layout import Layout

COLD_PATIENCE_S = 120
SET_BY_TESTS = {
    "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "ENVIRONMENT", "TEST_SESSION_DATA", "BACKOFFICE_DATA",
}  # fmt: skip


class Run:
    """One `make run` (without the part that prepares .venv) in a data directory of its own."""

    def __init__(self, layout: Layout, port: int, log: Path):
        self.layout, self.port, self.log = layout, port, log
        environment = {k: v for k, v in os.environ.items() if k not in SET_BY_TESTS}
        with log.open("wb") as output:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "backoffice.embedded", "--port", str(port), "--empty"],
                cwd=BASE_DIR,
                env=environment
                | {"BACKOFFICE_DATA": str(layout.data), "SIMULATOR_PORT": str(free_port())},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, text: str, *, patience_s: float = COLD_PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not re.search(text, self.said):
            assert self.child.poll() is None, f"it ended early:\n{self.said}"
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.said}"
            time.sleep(0.1)

    def login_page(self) -> int:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.port}/console/login/", timeout=10).status_code
        return 0

    def wait_for_login_page(self, *, patience_s: float = 60) -> None:
        deadline = time.monotonic() + patience_s
        while self.login_page() != 200:
            assert time.monotonic() < deadline, f"the login page did not open:\n{self.said}"
            time.sleep(0.2)

    def pids(self, words: str) -> list[int]:
        """Its programs whose command line holds `words`, oldest first."""
        found = []
        for pid in process.processes_of(self.layout.data):
            with contextlib.suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if words in line:
                    found.append(pid)
        return sorted(found)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.child.send_signal(number)
        return self.child.wait(90)


@pytest.fixture
def run(tmp_path_factory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("run")
    for parent in (folder, folder.parent, folder.parent.parent):
        parent.chmod(0o711)
    started = Run(Layout(folder / "data"), free_port(), folder / "log")
    yield started
    if started.child.poll() is None:
        started.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.slow
def test_everything_comes_up_survives_kills_stops_on_ctrl_c_and_keeps_its_data(run):
    run.wait_for(r"Stop: Ctrl-C")
    run.wait_for_login_page()
    with psycopg.connect(run.layout.database_url("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept')")

    for victim in (run.pids("gunicorn")[-1], run.pids("gunicorn")[0], run.pids("qcluster")[0]):
        os.kill(victim, signal.SIGKILL)
    for directory in (run.layout.postgres, run.layout.valkey):
        os.kill(min(process.processes_in(directory)), signal.SIGKILL)

    run.wait_for("postgres fell|postgres .*fell")
    run.wait_for("valkey fell")
    run.wait_for("web fell")
    run.wait_for_login_page()
    assert run.stop() == 0
    assert process.processes_of(run.layout.data) == []
    assert process.processes_in(run.layout.postgres) == []
    assert process.processes_in(run.layout.valkey) == []

    again = Run(run.layout, run.port, run.log.with_name("log2"))
    try:
        again.wait_for(r"answers after")
        again.wait_for_login_page()
        assert "migrations" not in again.said
        with psycopg.connect(run.layout.database_url("app")) as connection:
            assert connection.execute("SELECT text FROM notes").fetchall() == [("kept",)]
        # The supervisor itself dies: its servers end, and the next start needs no cleaning by hand.
        os.kill(again.child.pid, signal.SIGKILL)
        third = Run(run.layout, run.port, run.log.with_name("log3"))
        third.wait_for(r"answers after")
        third.wait_for_login_page()
        assert third.stop(signal.SIGTERM) == 0
    finally:
        process.end(process.processes_of(run.layout.data))


def test_a_taken_port_is_named_with_the_way_out(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        started = Run(Layout(tmp_path / "data"), port, tmp_path / "log")

        assert started.child.wait(30) == 1
    assert f"Port {port} cannot be used" in started.said
    assert f"make run PORT={port + 1}" in started.said
    assert "Traceback" not in started.said
