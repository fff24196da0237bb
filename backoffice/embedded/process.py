"""Child processes that never outlive us, and the search for those that did."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from backoffice.embedded.identity import Identity

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

INSTANCE_VARIABLE = "BACKOFFICE_INSTANCE"
"""Every child carries the data directory of its instance here, so that orphans can be told from strangers."""


def spawn(
    command: list[str],
    *,
    cwd: Path,
    stdout: IO[Any] | int,
    identity: Identity | None = None,
    env: Mapping[str, str] | None = None,
    when_we_die: signal.Signals = signal.SIGTERM,
) -> "subprocess.Popen[Any]":
    """Start a direct child in a session of its own; the kernel sends it `when_we_die` if we go first.

    Its own session, because Ctrl-C must reach only us: we decide who stops when.
    """
    parent = os.getpid()
    enter = identity.enter() if identity else None

    def between_fork_and_exec() -> None:
        if enter:
            enter()
        _libc.prctl(PR_SET_PDEATHSIG, when_we_die)
        if (
            not enter and os.getppid() != parent
        ):  # The parent died before prctl: nobody would tell us.
            os._exit(1)

    return subprocess.Popen(  # noqa: S603 - callers pass fixed commands
        command,
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=between_fork_and_exec,
        **(identity.popen_options() if identity else {}),
    )


def stop(
    child: "subprocess.Popen[Any]",
    *signals: signal.Signals,
    patience_s: float = 20,
    whole_group: bool = True,
) -> int:
    """Ask with each of `signals` in turn, then kill; return the exit code. The child's own children go last."""
    for number in signals:
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience_s)
    if child.poll() is None:
        child.kill()
    code = child.wait()
    if whole_group:
        kill_group(child.pid)
    return code


def kill_group(leader: int) -> None:
    """Kill whatever is left of the session that a child of ours led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def processes_in(directory: Path) -> list[int]:
    """Processes whose working directory is `directory`: PostgreSQL and Valkey both live in their data."""
    wanted = str(directory.resolve())
    return _processes(lambda process: os.readlink(process / "cwd") == wanted)


def processes_of(instance: Path) -> list[int]:
    """Processes started for `instance` by a supervisor, this one's own parents excepted."""
    wanted = f"{INSTANCE_VARIABLE}={instance}".encode()
    return _processes(lambda process: wanted in (process / "environ").read_bytes().split(b"\0"))


def _processes(matches: Callable[[Path], bool]) -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if matches(process):
                found.append(int(process.name))
    return found


def end(pids: Iterable[int], *, patience_s: float = 5) -> None:
    """Stop processes that are not our children: SIGTERM or, for the deaf, SIGKILL; wait until they are gone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        remaining = [pid for pid in pids if _signal(pid, number)]
        deadline = time.monotonic() + patience_s
        while remaining and time.monotonic() < deadline:
            time.sleep(0.05)
            remaining = [pid for pid in remaining if is_running(pid)]
        if not remaining:
            return
        pids = remaining


def _signal(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def is_running(pid: int) -> bool:
    """Whether `pid` is a live process; a zombie is dead, whatever kill(0) says."""
    try:
        state = (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return False
    return bool(state) and state[0] not in {"Z", "X"}
