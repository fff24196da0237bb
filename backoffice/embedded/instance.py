"""One instance per data directory: who runs it, joining it, or running it for one command."""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import redis

from backoffice.embedded.errors import CannotStart
from backoffice.embedded.layout import Layout
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.valkey import Valkey


def needs_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def needs_valkey() -> bool:
    return not os.environ.get("REDIS_URL")


@contextlib.contextmanager
def ownership(layout: Layout, *, purpose: str) -> Iterator[None]:
    """Hold the instance; the kernel lets go for us if we are killed. Raise CannotStart if another holds it."""
    layout.prepare()
    with open(layout.lock, "a+", encoding="utf-8") as file:
        if not _try_lock(file, fcntl.LOCK_EX):
            file.seek(0)
            raise CannotStart(
                f"Another instance already uses {layout.data}: {file.read().strip() or 'unknown'}.\n"
                "Stop it first, or set BACKOFFICE_DATA (and PORT) to run a second one beside it."
            )
        file.truncate(0)
        file.write(f"{purpose} (process {os.getpid()})")
        file.flush()
        yield


def owner_of(layout: Layout) -> int | None:
    """The process that holds the instance, if any."""
    with contextlib.suppress(OSError), open(layout.lock, "r+", encoding="utf-8") as file:
        if not _try_lock(file, fcntl.LOCK_SH):
            return int(file.read().rpartition("process ")[2].strip(" )") or 0)
    return None


@contextlib.contextmanager
def servers_for_command(command: str) -> Iterator[None]:
    """The embedded servers for a management command: those of a running instance, else our own meanwhile.

    A command that joined keeps the one that started waiting at its end, so nobody's database goes away.
    """
    layout = Layout.of_project()
    layout.prepare()
    with open(layout.users_lock, "a", encoding="ascii") as users, contextlib.ExitStack() as stack:
        _lock(users, fcntl.LOCK_SH)
        if not _running(layout):
            stack.enter_context(ownership(layout, purpose=f"manage.py {command}"))
            if needs_postgres():
                postgres = Postgres(layout, tell=_tell)
                stack.callback(postgres.stop)
                postgres.start()
            if needs_valkey():
                valkey = Valkey(layout)
                stack.callback(valkey.stop)
                valkey.start()
            stack.callback(_wait_for_others, users)
        yield


def _running(layout: Layout) -> bool:
    """Whether the servers we need answer."""
    if needs_valkey():
        with contextlib.closing(redis.Redis(unix_socket_path=str(layout.valkey_socket))) as client:
            try:
                client.ping()
            except redis.RedisError:
                return False
    if needs_postgres():
        return (layout.postgres_socket / ".s.PGSQL.5432").exists() and owner_of(layout) is not None
    return True


def _wait_for_others(users: IO[str]) -> None:
    if not _try_lock(users, fcntl.LOCK_EX):
        _tell("another command still uses this database; waiting for it to end")
        _lock(users, fcntl.LOCK_EX)


def _lock(file: IO[str], how: int) -> None:
    fcntl.flock(file, how)


def _try_lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tell(message: str) -> None:
    sys.stderr.write(f"embedded   {message}\n")


def leftovers(data: Path) -> list[Path]:
    """Data of test runs whose process is gone."""
    runs = [(path, path.name.removeprefix("test-")) for path in data.glob("test-*")]
    return [
        path
        for path, process_id in runs
        if process_id.isdigit() and not Path(f"/proc/{process_id}").exists()
    ]
