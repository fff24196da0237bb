"""Bring the whole search index up to date, while it goes on being used."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.search.commands import rebuild


class Command(BaseCommand):
    help = __doc__

    def handle(self, *, verbosity: int, **options: Any) -> None:
        changed = rebuild()
        if verbosity:
            self.stdout.write(f"{changed} documents changed")
