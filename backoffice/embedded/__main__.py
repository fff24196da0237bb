"""`make run`: everything the marketplace needs, on this machine, until Ctrl-C. `make reset`: start afresh."""

import argparse
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from backoffice.embedded import console, freshness, process
from backoffice.embedded.errors import CannotStart
from backoffice.embedded.instance import needs_postgres, needs_valkey, owner_of, ownership
from backoffice.embedded.layout import PROJECT, SIMULATORS, Layout
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.supervisor import Program, Stopped, Supervisor
from backoffice.embedded.valkey import Valkey

PYTHON = sys.executable
DEFAULT_PORT = 8000
SIMULATOR_PORT_OFFSET = 901


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or DEFAULT_PORT))
    parser.add_argument(
        "--reset", action="store_true", help="stop what runs here and delete its data"
    )
    parser.add_argument(
        "--empty",
        action="store_true",
        help="do not fill an empty database with the demo marketplace",
    )
    arguments = parser.parse_args()
    layout = Layout.of_project()
    try:
        if arguments.reset:
            reset(layout)
        else:
            run(layout, arguments.port, demo=not arguments.empty)
    except CannotStart as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    return 0


def run(layout: Layout, port: int, *, demo: bool) -> None:
    began = time.monotonic()
    with ownership(layout, purpose="make run"):
        require_free(port, variable="PORT")
        supervisor = Supervisor(environment(layout, port))
        with supervisor.signals():
            try:
                start(supervisor, layout, port, began, demo=demo)
                supervisor.run()
            except Stopped:
                pass
            finally:
                supervisor.stop()


def start(supervisor: Supervisor, layout: Layout, port: int, began: float, *, demo: bool) -> None:
    process.end(process.processes_of(layout.data))  # Left by a supervisor that was killed.
    if layout.half_made.exists():
        clear_half_made(layout)
    if needs_valkey():
        supervisor.serve("valkey", Valkey(layout))
    if needs_postgres():
        supervisor.serve(
            "postgres", Postgres(layout, tell=lambda text: console.line("postgres", text))
        )
    changed = freshness.changed(layout)
    if changed:
        supervisor.step("set-up", [PYTHON, "manage.py", "prepare"])
    web = Program(
        "web", [PYTHON, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "backoffice.wsgi"]
    )
    supervisor.keep(web)
    # The console opens while its past is still being written; the workers wait for the present.
    # An image for production has neither a demo nor simulators in it.
    demo_past = (
        supervisor.begin("demo", [PYTHON, "manage.py", "seed_demo", "--if-empty"])
        if changed and demo and (PROJECT / "fixtures/demo").exists()
        else None
    )
    supervisor.wait_until(lambda: answers(port), program=web)
    console.line("web", f"answers after {time.monotonic() - began:.1f} s")
    if demo_past:
        supervisor.finish(demo_past)
    if changed:
        freshness.remember(layout)
    # The rest starts when pages already open: four interpreters at once would keep each other waiting.
    supervisor.keep(
        Program("worker", [PYTHON, "manage.py", "qcluster"], patience_s=60),
        Program("bulk", [PYTHON, "manage.py", "qcluster", "--name", "bulk"], patience_s=60),
    )
    supervisor.keep(
        *(
            Program(name, [PYTHON, "manage.py", "simulate", name])
            for name in SIMULATORS
            if (PROJECT / "fixtures/simulators" / name).exists()
        )
    )
    console.block(welcome(layout, port))


def environment(layout: Layout, port: int) -> dict[str, str]:
    """What every program gets: the embedded servers' addresses, unless real ones are configured."""
    given = {
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        process.INSTANCE_VARIABLE: str(layout.data),
    }
    if not os.environ.get("SIMULATOR_PORT"):
        given["SIMULATOR_PORT"] = str(port + SIMULATOR_PORT_OFFSET)
    if needs_postgres():
        given |= {
            "DATABASE_URL": layout.database_url("app"),
            "DATABASE_OWNER_URL": layout.database_url("owner"),
        }
    if needs_valkey():
        given["REDIS_URL"] = layout.redis_url
    return os.environ | given


def require_free(port: int, *, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror}).\n"
                f"Choose another: make run {variable}={port + 1}"
            ) from error


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def welcome(layout: Layout, port: int) -> list[str]:
    logins = layout.logins
    return [
        f"Console     http://localhost:{port}/console/",
        f"API         http://localhost:{port}/api/v1/docs",
        *(logins.read_text(encoding="utf-8").splitlines() if logins.exists() else []),
        "",
        "Stop: Ctrl-C.  Start again: make run (the data stays).  Start afresh: make reset.",
    ]


def clear_half_made(layout: Layout) -> None:
    """Remove what an interrupted first start left: a marketplace whose past breaks off, and no logins."""
    if not needs_postgres():
        raise CannotStart(
            "The demo marketplace was interrupted while it was made, and its database is not ours to\n"
            f"delete. Empty the database that DATABASE_URL names, delete {layout.half_made}, start again."
        )
    console.line("set-up", "the demo marketplace was interrupted while it was made; once more")
    for directory in (layout.postgres, layout.valkey):
        process.end(process.processes_in(directory))
        delete(directory)
    for book in layout.data.glob("simulator-*.sqlite3*"):
        book.unlink()
    layout.half_made.unlink()


def reset(layout: Layout) -> None:
    """Stop the instance that runs here, whoever started it, and delete its data."""
    owner = owner_of(layout)
    if owner:
        console.line("set-up", f"stopping process {owner}")
        process.end([owner], patience_s=90)
    process.end(process.processes_of(layout.data))
    for directory in (layout.postgres, layout.valkey):
        process.end(process.processes_in(directory))
    for directory in (layout.postgres_socket.parent, layout.data):
        delete(directory)
    console.line("set-up", f"{layout.data} is gone; the next 'make run' starts afresh")


def delete(directory: Path) -> None:
    try:
        shutil.rmtree(directory)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise CannotStart(f"{directory} could not be deleted: {error}") from error


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
