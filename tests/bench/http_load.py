"""Load over HTTP: a few kept connections, each asking again as soon as it is answered."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.running import free_port

CONNECTIONS = 4
WARM_UP_S = 1.0
START_MAX_S = 60
CONFIG = Path(__file__).with_name("gunicorn.conf.py")


@contextmanager
def gunicorn(application: str, **variables: str) -> Iterator[int]:
    """The port on which one worker of our web server, with these variables, serves an application."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(CONFIG), application],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PORT": str(port)} | variables,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def get(port: int, path: str) -> bytes:
    """The body of one answer, which must be a 200."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        return _ask(connection, _request(port, path))


def per_second(port: int, path: str, *, seconds: float, connections: int = CONNECTIONS) -> float:
    """Answers per second over all connections, after a warm-up."""
    counts = [0] * connections
    begin = time.perf_counter() + WARM_UP_S
    request = _request(port, path)

    def client(index: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            while (now := time.perf_counter()) < begin + seconds:
                _ask(connection, request)
                counts[index] += now >= begin

    threads = [threading.Thread(target=client, args=(index,)) for index in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(counts), "a connection failed; its traceback is above"
    return sum(counts) / seconds


def _request(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n\r\n".encode()


def _ask(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    answer = _received(connection)
    while b"\r\n\r\n" not in answer:
        answer += _received(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _received(connection)
    return body


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    assert data, "the server closed the connection"
    return data


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_MAX_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < deadline, "the web server did not come up"
            time.sleep(0.05)
        else:
            return
