"""Run one sweep now, instead of when its schedule strikes; without a name, list them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tasks.schedules import SWEEPS, run_sweep


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?")

    def handle(self, *, name: str | None, **options: Any) -> None:
        if name is None:
            for sweep in SWEEPS:
                self.stdout.write(f"{sweep.name:28}{sweep.every_minutes:4} min  {sweep.why}")
            return
        if name not in {sweep.name for sweep in SWEEPS}:
            raise CommandError(f"No sweep is called {name}; without a name, I list them.")
        self.stdout.write(f"{name}: {run_sweep(name)}")
