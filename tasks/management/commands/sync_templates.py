"""Put the message templates that are missing into the database; edited ones stay as they are."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.notifications.commands import sync_templates


class Command(BaseCommand):
    help = __doc__

    def handle(self, *, verbosity: int, **options: Any) -> None:
        inserted = sync_templates()
        if verbosity:
            self.stdout.write(f"{inserted} message templates inserted")
