"""Make the queue's schedules equal to the table in tasks/schedules.py."""

from typing import Any

from django.core.management.base import BaseCommand

from tasks.schedules import SWEEPS, sync_schedules


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        sync_schedules()
        self.stdout.write(f"{len(SWEEPS)} sweeps scheduled")
