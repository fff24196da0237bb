"""Bring the database and the files on disk to the state that this version of the code expects.

The release step of a deployment, and what `make run` does when something changed. Safe to run again.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser

from backoffice.embedded.layout import Layout


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="fill an empty database with the demo marketplace"
        )

    def handle(self, *, demo: bool, **options: Any) -> None:
        known = get_commands()
        self._step("translations", lambda: call_command("translations", "--compile"))
        self._step("migrations", lambda: call_command("migrate", verbosity=0, interactive=False))
        self._step(
            "static files", lambda: call_command("collectstatic", verbosity=0, interactive=False)
        )
        for name in ("sync_roles", "sync_schedules", "sync_templates"):
            if name in known:
                self._step(name.replace("_", " "), partial(call_command, name, verbosity=0))
        if demo and "seed_demo" in known and not get_user_model().objects.exists():
            self._step("demo marketplace", lambda: call_command("seed_demo"))
        if demo and "logins" in known:
            with Layout.of_project().logins.open("w", encoding="utf-8") as file:
                call_command("logins", stdout=file)

    def _step(self, name: str, work: Callable[[], Any]) -> None:
        self.stdout.write(f"{name} …")
        self.stdout.flush()
        began = time.monotonic()
        work()
        self.stdout.write(f"{name} ready ({time.monotonic() - began:.1f} s)")
        self.stdout.flush()
