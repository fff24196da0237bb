"""Check every invariant of the data: one line each, and a non-zero exit if one fails."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.ledger.seals import is_in_chain, last_seal
from marketplace.shared.invariants import check_all
from tasks.verification import INVARIANTS, WHOLE


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--whole",
            action="store_true",
            help="look at every seal of the chain, not only at the recent ones and this hour's share",
        )
        parser.add_argument(
            "--seal",
            metavar="NUMBER:DIGEST",
            help="a seal kept elsewhere, to be found in the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seal"]:
            self._find(options["seal"])
        broken = 0
        for invariant, finding in check_all(WHOLE if options["whole"] else INVARIANTS):
            broken += bool(finding.differing)
            verdict = (
                self.style.ERROR("FAILS") if finding.differing else self.style.SUCCESS("holds")
            )
            line = f"{verdict}  {invariant.name:<44} {finding.counted:>9} checked"
            if finding.differing:
                line += f", {finding.differing} differ: {', '.join(finding.examples)}"
            self.stdout.write(f"{line}  {invariant.claim}")
        if broken:
            self.stderr.write(self.style.ERROR(f"{broken} of {len(INVARIANTS)} invariants fail"))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS(f"all {len(INVARIANTS)} invariants hold"))
        if note := last_seal():
            self.stdout.write(f"last seal, to keep elsewhere: {note.text}")

    def _find(self, kept: str) -> None:
        """Raises CommandError where the chain does not hold the seal that was kept."""
        number, _colon, digest = kept.strip().partition(":")
        if not number.isascii() or not number.isdigit() or not digest:
            raise CommandError("give a kept seal as NUMBER:DIGEST")
        if not is_in_chain(number=int(number), digest=digest):
            raise CommandError(
                f"seal {number} is not the one that was kept: the chain was rewritten"
            )
        self.stdout.write(f"seal {number} is the one that was kept")
