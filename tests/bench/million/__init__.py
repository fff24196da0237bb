"""A year of a big marketplace, made by PostgreSQL itself and kept between runs.

The SQL beside this file writes it in one go: 1,000,000 orders with their parts, 3,000,000 lines,
1,000,000 payments, 5,000,000 events, the books of every payment, earnings and payouts, and what
waits in every queue. It lies in `.data/bench-orders-<orders>/` as a database of its own and is made
again when a migration, a file here or the program's figures changed. BENCH_ORDERS=100000 makes a
smaller one.

Foreign keys and indexes are taken off while rows are written and put back at the end, which checks
every row against its constraints; only triggers (append-only, balanced entries) do not run.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from backoffice.embedded.layout import DATABASE, PROJECT, Layout
from backoffice.embedded.postgres import Postgres
from marketplace.analytics.commands import counting
from marketplace.analytics.measures import EDITION
from marketplace.shared import sealing
from tests import servers

ORDERS = int(os.environ.get("BENCH_ORDERS") or 1_000_000)
PAGE = 50
FILES = sorted(Path(__file__).parent.glob("*.sql"))
# One for all runs: what was sealed must open tomorrow.
KEY = "YmVuY2gtb25seS1rZXktb2YtdGhlLW1pbGxpb24tISE="
SESSION = {"work_mem": "256MB", "maintenance_work_mem": "1GB", "synchronous_commit": "off"}
COUNTED_AT_ONCE = 1_000_000


def sizes(orders: int) -> dict[str, int]:
    """How many there are of what the files do not derive from the orders."""
    sellers = max(60, orders // 500)
    return {
        "orders": orders,
        "buyers": orders * 3 // 10,
        "sellers": sellers,
        "listings": sellers * 50,
        "products": max(600, orders // 50),
        "applications": 450,
        "moderated": 2_500,
        "refunds": 300,
        "issues": 800,
        "lines": 60_000,
    }


@contextmanager
def a_million_orders() -> Iterator[None]:
    """Django's connection leads to them until the end of the block."""
    layout = Layout(PROJECT / ".data" / f"bench-orders-{ORDERS}")
    known = _made_of(layout)
    if known.get("rows") != _generator():
        _make(layout)
    elif known["schema"] != servers._digest():
        _migrate(layout)
    if _made_of(layout).get("figures") != EDITION:
        _count(layout)
    with _reached(layout):
        yield


def _generator() -> str:
    digest = hashlib.sha256(f"{KEY}{sizes(ORDERS)}".encode())
    for path in FILES:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _made_of(layout: Layout) -> dict[str, str]:
    """By which generator the rows were made, in which schema they are, which figures were counted."""
    path = layout.data / "made-of.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _remember(layout: Layout, **made_of: str) -> None:
    known = _made_of(layout) | made_of
    (layout.data / "made-of.json").write_text(json.dumps(known))


@contextmanager
def _reached(layout: Layout) -> Iterator[None]:
    usual = {name: connection.settings_dict[name] for name in ("HOST", "NAME")}
    keys, settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS, [KEY]
    sealing._cipher.cache_clear()
    connections.close_all()
    connection.settings_dict.update(HOST=str(layout.postgres_socket), NAME=DATABASE)
    try:
        with _served(layout):
            yield
            connections.close_all()
    finally:
        connection.settings_dict.update(usual)
        settings.FIELD_ENCRYPTION_KEYS = keys
        sealing._cipher.cache_clear()


def _make(layout: Layout) -> None:
    """Into the place itself; the mark that it is whole is written last."""
    began = time.monotonic()
    _say(f"making {ORDERS:,} orders (once; kept in {layout.data})")
    shutil.rmtree(layout.data, ignore_errors=True)
    layout.share_secrets_of(Layout(servers.CACHE))
    layout.prepare()
    template = servers._migrated_template()
    subprocess.run(
        ["cp", "-a", "--reflink=auto", template / "postgres", layout.postgres], check=True
    )
    with _served(layout, careless=True) as server:
        with server.superuser() as superuser:
            superuser.execute(f"DROP DATABASE {DATABASE}")
            superuser.execute(f"ALTER DATABASE {servers.MIGRATED} RENAME TO {DATABASE}")
            superuser.execute("ALTER SYSTEM SET max_wal_size = '16GB'")
            superuser.execute("SELECT pg_reload_conf()")
        with server.superuser(DATABASE) as superuser:
            _write(superuser)
            superuser.execute("ALTER SYSTEM RESET max_wal_size")
    _remember(layout, rows=_generator(), schema=servers._digest())
    _say(f"rows made in {time.monotonic() - began:.0f} s")


def _migrate(layout: Layout) -> None:
    """What migrations add to the kept rows, as it will be added to a big marketplace's."""
    began = time.monotonic()
    urls = {
        "BACKOFFICE_DATA": str(layout.data),
        "DATABASE_URL": layout.database_url("app"),
        "DATABASE_OWNER_URL": layout.database_url("owner"),
    }
    with _served(layout):
        for command in ("migrate", "sync_roles"):
            subprocess.run(
                [sys.executable, "manage.py", command, "--verbosity=0"],
                cwd=PROJECT, env=os.environ | urls, check=True,
            )  # fmt: skip
    _remember(layout, schema=servers._digest())
    _say(f"migrated in {time.monotonic() - began:.0f} s")


def _count(layout: Layout) -> None:
    """The events into figures, as the program does it, only more at once; then as autovacuum leaves it."""
    began = time.monotonic()
    with _reached(layout), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, false)", [SESSION["work_mem"]])
        counting.BATCH = COUNTED_AT_ONCE
        counting.recount_everything()
    with _served(layout) as server, server.superuser(DATABASE) as superuser:
        superuser.execute("VACUUM ANALYZE")
    _remember(layout, figures=EDITION)
    _say(f"figures and statistics: {time.monotonic() - began:.0f} s")


@contextmanager
def _served(layout: Layout, *, careless: bool = False) -> Iterator[Postgres]:
    server = Postgres(layout, careless=careless)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _write(superuser: "psycopg.Connection[Any]") -> None:
    options = {
        **SESSION,
        "session_replication_role": "replica",
        "bench.sealed": Fernet(KEY).encrypt(b"255754000001").decode(),
        **{f"bench.{name}": str(size) for name, size in sizes(ORDERS).items()},
    }
    for name, value in options.items():
        superuser.execute("SELECT set_config(%s, %s, false)", [name, value])
    superuser.execute("SELECT set_config('bench.clock', now()::text, false)")
    put_back = _taken_off(superuser)
    for path in FILES:
        began = time.monotonic()
        superuser.execute(path.read_bytes())
        superuser.execute("ANALYZE")
        _say(f"{path.name}: {time.monotonic() - began:.0f} s")
    superuser.execute("DROP SCHEMA bench CASCADE")
    began = time.monotonic()
    for statement in put_back:
        superuser.execute(statement)
    _say(f"indexes and foreign keys: {time.monotonic() - began:.0f} s")


def _taken_off(superuser: "psycopg.Connection[Any]") -> list[Any]:
    """Drop all foreign keys, and the indexes that are no constraints; the statements that put them back."""
    keys = superuser.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    ).fetchall()
    indexes = superuser.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = (quote_ident(indexname))::regclass"
        "  AND contype IN ('p', 'u', 'x')) AND indexdef NOT LIKE 'CREATE UNIQUE%%'"
    ).fetchall()
    put_back: list[Any] = [sql.SQL(definition) for _name, definition in indexes]
    for table, name, definition in keys:
        superuser.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        put_back.append(sql.SQL(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'))
    for name, _definition in indexes:
        superuser.execute(f'DROP INDEX "{name}"')
    return put_back


def _say(words: str) -> None:
    sys.stderr.write(f"\nbench: {words}")
