"""Who is told that a closed month is to be opened again."""

from marketplace.accounts.queries import contact_of, people_who_may
from marketplace.closing.events import ReopeningRequested
from marketplace.notifications import commands
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

NOTIFICATIONS = Actor.system("notifications")
DUTY = "approve_reopening"


def reopening_requested(event: ReopeningRequested, meta: EventMeta) -> None:
    """Everybody who may agree, but for the person who asks."""
    asking = meta.actor.user_id
    who = contact_of(asking).name if asking else "–"
    for user_id in people_who_may(DUTY):
        if user_id == asking:
            continue
        commands.tell(
            code="reopening_requested",
            context={"month": event.month, "who": who, "reason": event.reason},
            dedupe_key=str(meta.event_id),
            actor=NOTIFICATIONS,
            user_id=user_id,
            about=event.month,
        )
