"""Sends nothing: the message's row is the mailbox, and the console shows it.

What runs where no provider is configured, so that nobody is written to by a developer's machine.
"""

from marketplace.notifications.ports import Outgoing


class RecordedSender:
    def send(self, message: Outgoing) -> str:
        return f"recorded-{message.reference}"
