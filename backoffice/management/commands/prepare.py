"""Bring the database and the files on disk to the state that this version of the code expects.

The release step of a deployment, and what `make run` does when something changed. Safe to run again.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        known = get_commands()
        self._step("translations", lambda: call_command("translations", "--compile"))
        self._step("migrations", lambda: call_command("migrate", verbosity=0, interactive=False))
        self._step(
            "static files", lambda: call_command("collectstatic", verbosity=0, interactive=False)
        )
        for name in ("sync_roles", "sync_schedules", "sync_templates"):
            if name in known:
                self._step(name.replace("_", " "), partial(call_command, name, verbosity=0))

    def _step(self, name: str, work: Callable[[], Any]) -> None:
        self.stdout.write(f"{name} …")
        self.stdout.flush()
        began = time.monotonic()
        work()
        self.stdout.write(f"{name} ready ({time.monotonic() - began:.1f} s)")
        self.stdout.flush()
