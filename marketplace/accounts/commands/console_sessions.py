"""The sessions of staff at the console: who is signed in where, and ending it from elsewhere."""

from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from marketplace.accounts.errors import ConsoleSessionNotFound, UserNotFound
from marketplace.accounts.events import ConsoleSessionEnded, ConsoleSessionOpened, SessionsEnded
from marketplace.accounts.models import ConsoleSession, RefreshFamily, User
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record

DEVICE_LENGTH_MAX = 200


@transaction.atomic
def open_console_session(*, user_id: UUID, key: str, device: str, ip: str, actor: Actor) -> UUID:
    """Remember that the session with this key was opened, on what and from where; its own id."""
    now = clock.now()
    session = ConsoleSession.objects.create(
        user_id=user_id,
        key=key,
        device=device[:DEVICE_LENGTH_MAX],
        ip=ip,
        opened_at=now,
        seen_at=now,
    )
    record(
        ConsoleSessionOpened(
            user_id=user_id, session_id=session.pk, device=session.device, ip=session.ip
        ),
        actor=actor,
    )
    return session.pk


def see_console_session(*, session_id: UUID, key: str) -> None:
    """The person was here now. Django gives a session another key when the password changes."""
    ConsoleSession.objects.filter(pk=session_id, ended_at=None).update(key=key, seen_at=clock.now())


@transaction.atomic
def end_console_session(*, session_id: UUID, user_id: UUID, actor: Actor) -> None:
    """End a session of the person's own. Raises ConsoleSessionNotFound, also for somebody else's."""
    session = (
        ConsoleSession.objects.select_for_update()
        .filter(pk=session_id, user_id=user_id, ended_at=None)
        .first()
    )
    if session is None:
        raise ConsoleSessionNotFound
    _end([session.key])
    record(ConsoleSessionEnded(user_id=user_id, session_id=session_id), actor=actor)


@transaction.atomic
def end_other_console_sessions(*, user_id: UUID, kept: UUID | None, actor: Actor) -> int:
    """End all of the person's own but the one that is `kept`; how many."""
    sessions = ConsoleSession.objects.select_for_update().filter(user_id=user_id, ended_at=None)
    others = [one for one in sessions.order_by("pk") if one.pk != kept]
    _end([one.key for one in others])
    for one in others:
        record(ConsoleSessionEnded(user_id=user_id, session_id=one.pk), actor=actor)
    return len(others)


@transaction.atomic
def end_sessions(*, user_id: UUID, reason: str, actor: Actor) -> None:
    """End all that a person has open, at the console and at the API. Raises UserNotFound."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    sessions = ConsoleSession.objects.select_for_update().filter(user=user, ended_at=None)
    _end(list(sessions.order_by("pk").values_list("key", flat=True)))
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    RefreshFamily.objects.filter(user=user, ended_at=None).update(
        ended_at=clock.now(), end_reason="ended by a colleague"
    )
    record(SessionsEnded(user_id=user.pk, reason=reason), actor=actor)


def _end(keys: list[str]) -> None:
    """A request under way cannot bring such a session back: Django only updates what exists."""
    Session.objects.filter(session_key__in=keys).delete()
    ConsoleSession.objects.filter(key__in=keys).update(ended_at=clock.now())
