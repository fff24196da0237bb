"""Which sessions of the console a person has: remembered at the door, seen on every page."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from api.throttling import client_address
from backoffice.pages.decisions import actor_of
from marketplace.accounts.commands import open_console_session, see_console_session
from marketplace.shared import clock

# Nobody needs to know to the second when a session was used last.
SEEN_EVERY_S = 60
_ID, _KEY, _SEEN_AT = "console_session", "console_session_key", "console_session_seen_at"
# The first that is named wins: Edge and Opera call themselves Chrome too, and Chrome Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def remember_session(request: HttpRequest) -> None:
    """The person of the request signed in now."""
    user: Any = request.user
    if not request.session.session_key:
        request.session.save()
    key = request.session.session_key or ""
    session_id = open_console_session(
        user_id=user.pk,
        key=key,
        device=device_of(request.headers.get("User-Agent", "")),
        ip=client_address(request),
        actor=actor_of(request),
    )
    request.session.update({_ID: str(session_id), _KEY: key, _SEEN_AT: clock.now().timestamp()})


def see_session(request: HttpRequest) -> None:
    """Note, once a minute, that the session is used; at once where Django gave it another key."""
    session_id, key = session_of(request), request.session.session_key or ""
    now = clock.now().timestamp()
    seen_at = request.session.get(_SEEN_AT, 0)
    if session_id is None or (key == request.session.get(_KEY) and now - seen_at < SEEN_EVERY_S):
        return
    see_console_session(session_id=session_id, key=key)
    request.session.update({_KEY: key, _SEEN_AT: now})


def session_of(request: HttpRequest) -> UUID | None:
    """None for a session that was opened before they were remembered."""
    kept = request.session.get(_ID)
    return UUID(kept) if kept else None


def device_of(user_agent: str) -> str:
    """Browser and system in words: `Chrome, Windows`; "" where neither is known."""
    named = [
        next((name for sign, name in names.items() if sign in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, named))
