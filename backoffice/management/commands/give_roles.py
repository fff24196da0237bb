"""Give somebody roles at the console from the server: the first administrator, or one where all are gone.

At the console roles are given by two people. Who may run commands on the server could write to the
database as well, so here one is enough; it is recorded as done by the system, with the reason.
"""

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from backoffice.roles import ROLES, sync_roles
from marketplace.accounts.commands import register, set_roles
from marketplace.accounts.models import User
from marketplace.accounts.queries import roles_of
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError

SHELL = Actor.system("server command")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("roles", nargs="+", choices=[role.name for role in ROLES])
        parser.add_argument("--because", required=True, help="the reason, for the event log")
        parser.add_argument(
            "--name", help="opens the account where there is none; the password is asked for"
        )

    def handle(self, **options: Any) -> None:
        email, name = options["email"].lower(), options["name"]
        password = getpass() if name and not User.objects.filter(email=email).exists() else ""
        try:
            held = self._give(email, name, password, options["roles"], options["because"])
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{email} has now: {', '.join(held)}")

    @transaction.atomic
    def _give(
        self, email: str, name: str, password: str, roles: list[str], reason: str
    ) -> list[str]:
        """The roles come to those that the person has; all that they have then."""
        sync_roles()
        if password:
            register(email=email, password=password, name=name, actor=SHELL)
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"nobody has the address {email}; open the account with --name")
        wanted = {*roles_of(user.pk), *roles}
        set_roles(user_id=user.pk, roles=wanted, reason=reason, actor=SHELL)
        return sorted(wanted)
