"""All that analytics does. Import from here; the parts are for reading."""

from marketplace.analytics.commands.collecting import collect_deeds, note_deed
from marketplace.analytics.commands.counting import count_events, recount_everything
from marketplace.analytics.commands.forwarding import (
    forget_forwarded,
    forward_due,
    forward_to,
    retry_refused,
)
from marketplace.analytics.commands.withholding import withhold_waiting

__all__ = [
    "collect_deeds",
    "count_events",
    "forget_forwarded",
    "forward_due",
    "forward_to",
    "note_deed",
    "recount_everything",
    "retry_refused",
    "withhold_waiting",
]
