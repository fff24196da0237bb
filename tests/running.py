"""One `make run` (without the part that prepares .venv) in a data directory of its own."""

import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx

from backoffice.configuration import BASE_DIR
from backoffice.embedded import process
from backoffice.embedded.layout import Layout
from tests.patience import looks, wait_until

COLD_PATIENCE_S = 120
SET_BY_TESTS = {
    "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "ENVIRONMENT", "TEST_SESSION_DATA", "BACKOFFICE_DATA",
}  # fmt: skip


class Run:
    """Started empty, or with the demo; `settings` are further variables of its environment."""

    def __init__(
        self, layout: Layout, port: int, log: Path, *, demo: bool = False, **settings: str
    ):
        self.layout, self.port, self.log = layout, port, log
        environment = {k: v for k, v in os.environ.items() if k not in SET_BY_TESTS}
        self.environment = (
            environment
            | {"BACKOFFICE_DATA": str(layout.data), "SIMULATOR_PORT": str(free_port())}
            | settings
        )
        with log.open("wb") as output:
            self.child = subprocess.Popen(
                [
                    *(sys.executable, "-m", "backoffice.embedded", "--port", str(port)),
                    *([] if demo else ["--empty"]),
                ],
                cwd=BASE_DIR,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.environment['SIMULATOR_PORT']}/simulator"

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`manage.py …` against the running instance."""
        addresses = {
            "DATABASE_URL": self.layout.database_url("app"),
            "DATABASE_OWNER_URL": self.layout.database_url("owner"),
            "REDIS_URL": self.layout.redis_url,
            "PORT": str(self.port),
        }
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment | addresses,
            check=False,
            capture_output=True,
            text=True,
        )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, text: str, *, patience_s: float = COLD_PATIENCE_S) -> None:
        for _look in looks(patience_s, every_s=0.1):
            if re.search(text, self.said):
                return
            assert self.child.poll() is None, f"it ended early:\n{self.said}"
        raise AssertionError(f"no {text!r} in:\n{self.said}")

    def login_page(self) -> int:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.port}/console/login/", timeout=10).status_code
        return 0

    def wait_for_login_page(self, *, patience_s: float = 60) -> None:
        wait_until(
            lambda: self.login_page() == 200,
            patience_s=patience_s,
            every_s=0.2,
            complaint=lambda: f"the login page did not open:\n{self.said}",
        )

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


def open_the_way_to(path: Path) -> None:
    """pytest closes its folders to other users; the server's own user must walk through."""
    for folder in path.parents:
        if "pytest-of" in str(folder):
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o711)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
