"""Who is told that staff look at their account."""

from marketplace.notifications import commands
from marketplace.privacy.events import SightBegun
from marketplace.privacy.queries import sight_by_id
from marketplace.shared.actors import Actor
from marketplace.shared.clock import EAT
from marketplace.shared.events import EventMeta

NOTIFICATIONS = Actor.system("notifications")


def account_seen(event: SightBegun, meta: EventMeta) -> None:
    """Its owner, with the reason, by whatever reaches them; not by whom, which our log knows."""
    commands.tell(
        code="account_seen",
        context={
            "at": f"{meta.occurred_at.astimezone(EAT):%d/%m/%Y %H:%M}",
            "minutes": event.minutes,
            "reason": event.reason,
        },
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=event.user_id,
        about=sight_by_id(event.sight_id).reference,
    )
