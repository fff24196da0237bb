"""What people do about their work."""

from marketplace.casework.commands.hands import assign_case, claim_case, release_case
from marketplace.casework.commands.notes import mark_mentions_seen, write_note
from marketplace.casework.commands.snoozing import snooze_case, wake_case
from marketplace.casework.commands.times import set_queue_time
from marketplace.casework.commands.views import delete_view, save_view

__all__ = [
    "assign_case",
    "claim_case",
    "delete_view",
    "mark_mentions_seen",
    "release_case",
    "save_view",
    "set_queue_time",
    "snooze_case",
    "wake_case",
    "write_note",
]
