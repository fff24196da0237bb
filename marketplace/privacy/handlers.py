"""A sight ends with what it rests on. It shows nothing from that moment anyway; here the row says so."""

from marketplace.accounts.events import ConsoleSessionEnded, RolesChanged, SessionsEnded
from marketplace.privacy.commands import end_sights
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

PRIVACY = Actor.system("privacy")


def end_with_roles(event: RolesChanged, _meta: EventMeta) -> None:
    """Also where the duty stays: it is begun again in a moment."""
    end_sights(staff_id=event.user_id, actor=PRIVACY)


def end_with_sessions(event: SessionsEnded, _meta: EventMeta) -> None:
    end_sights(staff_id=event.user_id, actor=PRIVACY)


def end_with_console_session(event: ConsoleSessionEnded, _meta: EventMeta) -> None:
    end_sights(staff_id=event.user_id, console_session_id=event.session_id, actor=PRIVACY)
