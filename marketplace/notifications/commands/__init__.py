"""Telling people: queue a message, send it, try it again; and the words it is told with."""

from marketplace.notifications.commands.queueing import Recipient, tell
from marketplace.notifications.commands.sending import retry_message, revive, send, send_once_more
from marketplace.notifications.commands.wording import edit_template, sync_templates

__all__ = [
    "Recipient",
    "edit_template",
    "retry_message",
    "revive",
    "send",
    "send_once_more",
    "sync_templates",
    "tell",
]
