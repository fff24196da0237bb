"""`make run` as people use it: it comes up, says what is in its way, survives kills, stops cleanly, keeps the data."""

import os
import signal
import socket
from collections.abc import Iterator

import psycopg
import pytest

from backoffice.embedded import process
from backoffice.embedded.layout import Layout
from backoffice.embedded.postgres import Postgres
from tests.running import Run, free_port, open_the_way_to


@pytest.fixture
def layout(tmp_path_factory) -> Layout:
    layout = Layout(tmp_path_factory.mktemp("run") / "data")
    open_the_way_to(layout.data)
    return layout


@pytest.fixture
def half_a_past(layout) -> None:
    """What a first start leaves that was killed while it made the demo: some rows, and no logins."""
    server = Postgres(layout)
    server.start()
    try:
        with psycopg.connect(layout.database_url("owner"), autocommit=True) as connection:
            connection.execute("CREATE TABLE half_a_past ()")
    finally:
        server.stop()
    layout.half_made.touch()


@pytest.fixture
def run(layout, half_a_past) -> Iterator[Run]:
    started = Run(layout, free_port(), layout.data.with_name("log"))
    yield started
    if started.child.poll() is None:
        started.stop()


@pytest.mark.slow(155)
def test_everything_comes_up_survives_kills_stops_on_ctrl_c_and_keeps_its_data(run):
    run.wait_for(r"once more")
    run.wait_for(r"Stop: Ctrl-C")
    run.wait_for_login_page()
    assert not run.layout.half_made.exists()
    with psycopg.connect(run.layout.database_url("owner"), autocommit=True) as connection:
        assert connection.execute("SELECT to_regclass('half_a_past')").fetchall() == [(None,)]
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
