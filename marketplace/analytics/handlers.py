"""What analytics does when others announce something."""

from marketplace.accounts.events import ConsentWithdrawn
from marketplace.accounts.states import Purpose
from marketplace.analytics.commands import withhold_waiting
from marketplace.shared.events import EventMeta


def stop_telling(event: ConsentWithdrawn, meta: EventMeta) -> None:
    """At once, not only when the next batch is made."""
    if event.purpose == Purpose.ANALYTICS:
        withhold_waiting(buyer_id=event.user_id)
