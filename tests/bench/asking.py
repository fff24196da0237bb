"""Asking pages of the console as a browser does, without a network: WSGI in this process.

Not Django's test client, which keeps a copy of the context of every template that is rendered.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.models import User
from tests.conftest import AtTheDoor


class Asker:
    """A member of staff before the console, with the session that the door gave them."""

    def __init__(self, person: User) -> None:
        self.person = person
        client = AtTheDoor()
        client.force_login(person)
        self._cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"
        self._handler = WSGIHandler()
        self._requests = RequestFactory(HTTP_COOKIE=self._cookie)
        # Their connection is in the test's transaction; no request may end it.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)

    def get(self, address: str) -> bytes:
        """The body of a page that is there."""
        said: list[str] = []
        response: Any = self._handler(
            self._requests.get(address).environ,
            lambda status, _headers, _info=None: said.append(status),
        )
        body = b"".join(response)
        response.close()
        assert said[0].startswith("200"), f"{address}: {said[0]}"
        return body

    def times_ms(self, address: str, times: int, *, cold: int = 0) -> list[float]:
        """How long each of so many requests took, after one that does not count; before the first
        `cold` of them the cache is emptied, as time does it between two visits."""
        self.get(address)
        found = []
        for number in range(times):
            if number < cold:
                cache.clear()
            found.append(self.timed(address)[0])
        return found

    def queries(self, address: str, *, cold: bool = False) -> int:
        """How many statements a page asks of the database."""
        self.get(address)
        if cold:
            cache.clear()
        with CaptureQueriesContext(connection) as asked:
            self.get(address)
        return len(asked)

    def timed(self, address: str) -> tuple[float, bytes]:
        """Milliseconds, and the body."""
        began = time.perf_counter()
        body = self.get(address)
        return (time.perf_counter() - began) * 1000, body


def quietly(call: Callable[[], Any]) -> Any:
    """Without the garbage collector, which visits when it likes."""
    gc.collect()
    gc.disable()
    try:
        return call()
    finally:
        gc.enable()
