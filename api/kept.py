"""Answers that are the same for everybody, kept in this process for a moment.

The front page of a shop is asked for far more often than it changes. Each process makes it anew once
its answer is `settings.LIST_AGE_MS` old, so that nothing has to be told of any change and none can be
forgotten: what is shown is at most that old, whatever happens to queue, Valkey or workers.

An operation marks its answer; `ApiMiddleware` keeps it, and gives it to whoever asks the same without
signing in, after counting their limits. What is kept must name no person and speak no language.
"""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api.answers import answer

# Pages of up to 20 kB; beyond that all are forgotten, as somebody walks through the list.
MOST = 500


def for_everybody(response: HttpResponse) -> HttpResponse:
    """Mark the answer of an operation that is open to everybody."""
    response.is_for_everybody = True  # type: ignore[attr-defined]
    return response


class Kept:
    """Answers by what was asked. Threads share them; at worst two of them make the same one."""

    def __init__(self) -> None:
        self.made: dict[str, tuple[float, bytes]] = {}

    def find(self, request: HttpRequest) -> HttpResponse | None:
        """What was answered to the same question, where it is still fresh."""
        made_at, body = self.made.get(request.get_full_path(), (0.0, None))
        if body is None or (time.monotonic() - made_at) * 1000 >= settings.LIST_AGE_MS:
            return None
        return answer(body)

    def add(self, request: HttpRequest, response: HttpResponseBase, *, began: float) -> None:
        """Keep what is marked. It is as old as what it was made from: `began`, before reading."""
        if not getattr(response, "is_for_everybody", False):
            return
        if len(self.made) >= MOST:
            self.made.clear()
        self.made[request.get_full_path()] = (began, response.content)  # type: ignore[attr-defined]
