"""What people do about their work."""

from marketplace.casework.commands.bulk import (
    cancel_bulk,
    choose_rows,
    drop_drafts,
    forget_bulk_runs,
    mark_bulk_seen,
    start_bulk,
    try_rows,
    work_on_bulk,
)
from marketplace.casework.commands.hands import assign_case, claim_case, release_case
from marketplace.casework.commands.macros import save_macro, use_macro
from marketplace.casework.commands.notes import mark_mentions_seen, write_note
from marketplace.casework.commands.snoozing import snooze_case, wake_case
from marketplace.casework.commands.times import set_queue_time
from marketplace.casework.commands.views import delete_view, save_view

__all__ = [
    "assign_case",
    "cancel_bulk",
    "choose_rows",
    "claim_case",
    "delete_view",
    "drop_drafts",
    "forget_bulk_runs",
    "mark_bulk_seen",
    "mark_mentions_seen",
    "release_case",
    "save_macro",
    "save_view",
    "set_queue_time",
    "snooze_case",
    "start_bulk",
    "try_rows",
    "use_macro",
    "wake_case",
    "work_on_bulk",
    "write_note",
]
