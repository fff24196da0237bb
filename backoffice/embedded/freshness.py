"""Whether `manage.py prepare` has anything to do: a second start must not pay for what the first one did."""

import hashlib
import os
from pathlib import Path

import psycopg

from backoffice.embedded.instance import needs_postgres
from backoffice.embedded.layout import PROJECT, Layout

PACKAGES = ("marketplace", "reports", "tasks", "api", "backoffice", "fixtures")
IGNORED = {"__pycache__", "staticfiles"}


def changed(layout: Layout) -> bool:
    """True unless neither our files, nor the locked packages, nor the applied migrations changed since `remember`.

    A database elsewhere may have changed without us, so it is always prepared.
    """
    try:
        return not needs_postgres() or _stamp(layout).read_text(encoding="ascii") != _state(layout)
    except OSError:
        return True


def remember(layout: Layout) -> None:
    if needs_postgres():
        _stamp(layout).write_text(_state(layout), encoding="ascii")


def _stamp(layout: Layout) -> Path:
    return layout.data / "prepared"


def _state(layout: Layout) -> str:
    digest = hashlib.sha256((PROJECT / "deploy/requirements/runtime.txt").read_bytes())
    for package in PACKAGES:
        for folder, folders, files in os.walk(PROJECT / package):
            folders[:] = sorted(set(folders) - IGNORED)
            for name in sorted(files):
                path = Path(folder) / name
                stat = path.stat()
                if path.suffix != ".mo":  # Written by the preparation itself.
                    digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    digest.update(repr(_applied_migrations(layout)).encode())
    return digest.hexdigest()


def _applied_migrations(layout: Layout) -> list[tuple[str, str]]:
    with psycopg.connect(layout.database_url("owner")) as connection:
        try:
            return connection.execute(
                "SELECT app, name FROM django_migrations ORDER BY 1, 2"
            ).fetchall()
        except psycopg.errors.UndefinedTable:
            return []
