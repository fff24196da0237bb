"""Make Django's groups equal to the table of roles in `backoffice/roles.py`. Safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.roles import ROLES, sync_roles


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        sync_roles()
        if options["verbosity"]:
            self.stdout.write(f"{len(ROLES)} roles are in place")
