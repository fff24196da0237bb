"""Keeps a set of programs running: prefixes their output, restarts the fallen, stops all in order.

Single-threaded on purpose: children are forked here, and they get their signal if exactly this thread dies.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from backoffice.embedded import console, process
from backoffice.embedded.errors import CannotStart
from backoffice.embedded.layout import PROJECT

RESTART_DELAYS_S = (0, 1, 2, 5, 10, 30)
STEADY_S = 60
"""After this long a program counts as healthy, and its next fall is its first."""
PROGRESS_S = 2
TICK_S = 0.2


class Server(Protocol):
    """A database: started and made ready by its own class."""

    child: "subprocess.Popen[Any] | None"

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Program:
    """A command that should run for ever. SIGTERM goes to it alone: its children are its own business."""

    name: str
    command: list[str]
    patience_s: float = 20
    child: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0
    falls: int = 0
    restart_at: float | None = None
    unfinished: bytes = field(default=b"", repr=False)


class Stopped(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    def __init__(self, environment: Mapping[str, str]):
        self.environment = dict(environment)
        self.servers: dict[str, Server] = {}
        self.programs: list[Program] = []
        self._steps: list[Program] = []
        self._selector = selectors.DefaultSelector()
        self._stop_asked = False

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask us to stop; what we are doing ends at its next look."""
        before = {
            number: signal.signal(number, self._ask_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, frame: object) -> None:
        if not self._stop_asked:
            console.line("set-up", f"stopping ({signal.Signals(number).name})")
        self._stop_asked = True

    def serve(self, name: str, server: Server) -> None:
        """Start a database server and keep it."""
        began = time.monotonic()
        self.servers[name] = server
        server.start()
        console.line(name, f"ready in {time.monotonic() - began:.1f} s")
        self._look()

    def step(self, name: str, command: list[str]) -> None:
        """Run a command to its end."""
        self.finish(self.begin(name, command))

    def begin(self, name: str, command: list[str]) -> Program:
        """Start a command that ends by itself; whoever begins one must `finish` it."""
        program = self._start(Program(name, command))
        self._steps.append(program)
        return program

    def finish(self, program: Program) -> None:
        """Wait for its end, showing what it says and, when it says nothing, that it still works."""
        spoke = time.monotonic()
        assert program.child
        try:
            while program.child.poll() is None:
                if self._pump():
                    spoke = time.monotonic()
                elif time.monotonic() - spoke > PROGRESS_S:
                    spoke = time.monotonic()
                    console.line(
                        program.name, f"still working ({spoke - program.started_at:.0f} s)"
                    )
                self._look()
        finally:
            code = self._end(program)
        if code:
            raise CannotStart(
                f"'{' '.join(program.command[1:])}' failed (exit code {code}); its output is above."
            )

    def keep(self, *programs: Program) -> None:
        """Start programs that should go on running."""
        for program in programs:
            self.programs.append(self._start(program))

    def wait_until(self, answers: Any, *, program: Program, patience_s: float = 120) -> None:
        """Pump output until `answers()`; a program that falls before it ever answered is an error."""
        deadline = time.monotonic() + patience_s
        while not answers():
            assert program.child
            if program.child.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"{program.name} did not come up; its output is above.")
            self._pump()
            self._look()

    def run(self) -> None:
        """Until asked to stop: pass on output, restart what fell."""
        while True:
            self._pump()
            self._look()
            for name, server in self.servers.items():
                if server.child and server.child.poll() is not None:
                    console.line(
                        "trouble", f"{name} fell ({_outcome(server.child)}); starting it again"
                    )
                    server.start()
                    console.line(name, "ready again")
            for program in self.programs:
                self._restart_if_fallen(program)

    def _end(self, step: Program) -> int:
        assert step.child
        code = process.stop(step.child, signal.SIGTERM)
        self._drain(step)
        self._steps.remove(step)
        return code

    def stop(self) -> None:
        """Programs first, all at once, then the servers they use, last started first."""
        for step in list(self._steps):
            self._end(step)
        running = [program for program in self.programs if program.child]
        for program in running:
            assert program.child
            with contextlib.suppress(ProcessLookupError):
                program.child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + max((program.patience_s for program in running), default=0)
        while any(program.child and program.child.poll() is None for program in running):
            self._pump()
            if time.monotonic() > deadline:
                break
        for program in running:
            assert program.child
            process.stop(program.child)
            self._drain(program)
        for name, server in reversed(self.servers.items()):
            server.stop()
            console.line(name, "stopped")

    def _look(self) -> None:
        if self._stop_asked:
            raise Stopped

    def _start(self, program: Program) -> Program:
        program.child = process.spawn(
            program.command, cwd=PROJECT, stdout=subprocess.PIPE, env=self.environment
        )
        program.started_at = time.monotonic()
        program.restart_at = None
        assert program.child.stdout
        os.set_blocking(program.child.stdout.fileno(), False)
        self._selector.register(program.child.stdout, selectors.EVENT_READ, program)
        return program

    def _restart_if_fallen(self, program: Program) -> None:
        now = time.monotonic()
        if program.restart_at is not None:
            if now >= program.restart_at:
                self._start(program)
            return
        if not program.child or program.child.poll() is None:
            return
        self._drain(program)
        process.kill_group(program.child.pid)  # Workers of a killed master must not work on unseen.
        program.falls = 0 if now - program.started_at > STEADY_S else program.falls + 1
        delay = RESTART_DELAYS_S[min(program.falls, len(RESTART_DELAYS_S) - 1)]
        console.line(
            "trouble",
            f"{program.name} fell ({_outcome(program.child)}); starting it again in {delay} s",
        )
        program.restart_at = now + delay

    def _pump(self) -> bool:
        """Pass on what programs said; wait a tick at most. True if any said something."""
        events = self._selector.select(TICK_S) if self._selector.get_map() else []
        if not events and not self._selector.get_map():
            time.sleep(TICK_S)
        spoke = [self._read(key.data) for key, _ in events]  # All of them, not up to the first.
        return any(spoke)

    def _read(self, program: Program) -> bool:
        assert program.child
        assert program.child.stdout
        try:
            chunk = os.read(program.child.stdout.fileno(), 65_536)
        except BlockingIOError:
            return False
        if not chunk:
            self._selector.unregister(program.child.stdout)
            program.child.stdout.close()
        *lines, program.unfinished = (program.unfinished + chunk).split(b"\n")
        if not chunk and program.unfinished:
            lines, program.unfinished = [*lines, program.unfinished], b""
        for text in lines:
            console.line(program.name, text.decode(errors="replace").rstrip())
        return bool(lines)

    def _drain(self, program: Program) -> None:
        """The last words of a program that has ended; a grandchild that kept the pipe is not waited for."""
        stdout = program.child.stdout if program.child else None
        while stdout and not stdout.closed and self._read(program):
            pass
        if stdout and not stdout.closed:
            self._selector.unregister(stdout)
            stdout.close()


def _outcome(child: "subprocess.Popen[Any]") -> str:
    code = child.returncode
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
