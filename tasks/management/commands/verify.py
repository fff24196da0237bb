"""Check every invariant of the data: one line each, and a non-zero exit if one fails."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.shared.invariants import check_all
from tasks.verification import INVARIANTS


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for invariant, finding in check_all(INVARIANTS):
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
