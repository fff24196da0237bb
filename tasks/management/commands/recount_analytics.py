"""Count the whole event log again into the figures of the analytics page."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.analytics.commands import recount_everything


class Command(BaseCommand):
    help = __doc__

    def handle(self, *, verbosity: int, **options: Any) -> None:
        counted = recount_everything()
        if verbosity:
            self.stdout.write(f"{counted} events counted")
