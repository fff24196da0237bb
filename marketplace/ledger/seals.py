"""Seals: a chain of digests over the event log and the books, so that tampering shows.

Triggers stop the application from changing what was written; whoever owns the database can lift
them. Each seal takes in what was committed since the last one. What a seal holds is compared with
the rows as they stand: recent seals each time and a share of the old ones, so that a week sees all.
Someone who rewrites the whole chain as well is found out by a seal that was kept elsewhere.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.ledger import digests
from marketplace.ledger.models import Seal
from marketplace.shared import clock
from marketplace.shared.invariants import Finding, Invariant, by_sql
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.models import InvariantResult

SEAL_ROWS_MAX = 20_000
SEALS_PER_SWEEP_MAX = 10
# A row's id is older than its commit. What commits later than this after its id is not sealed any
# more but reported: no transaction of ours takes a tenth of it.
LATEST_COMMIT = timedelta(hours=1)
RECENT = timedelta(days=1)
# Old seals are looked at in turn, one share an hour.
SHARES = 24 * 7
NAMES = frozenset({"ledger.sealed_rows_rest", "ledger.seals_chain", "ledger.nothing_slips_in"})


@dataclass(frozen=True, slots=True)
class SealNote:
    """What to keep outside: `text` is `NUMBER:DIGEST`, as `manage.py verify --seal` takes it."""

    number: int
    digest: str
    rows: int
    sealed_at: datetime

    @property
    def text(self) -> str:
        return f"{self.number}:{self.digest}"


def seal_due() -> str:
    """Seal what was committed since the last seal; bounded, the next beat goes on. Safe to run twice.

    Records no event: that would be the next thing to seal, for ever.
    """
    rows = 0
    for _seal in range(SEALS_PER_SWEEP_MAX):
        added = _seal_next()
        rows += added
        if added < SEAL_ROWS_MAX:
            break
    note = last_seal()
    return f"sealed {rows}, last {note.text}" if note else "nothing to seal"


def last_seal() -> SealNote | None:
    """The end of the chain; None before the first seal."""
    seal = Seal.objects.order_by("-number").first()
    return SealNote(seal.number, seal.digest, seal.rows, seal.sealed_at) if seal else None


@dataclass(frozen=True, slots=True)
class Chain:
    """The seals and what the last check found; `differing` names the first rows and seals at fault.

    `checked_at` is of the check that is oldest; None before any.
    """

    last: SealNote | None
    checked_at: datetime | None
    differing: list[str]

    @property
    def is_intact(self) -> bool:
        return not self.differing


def chain() -> Chain:
    """The state of the chain, as it was found last; two queries, nothing is checked anew."""
    verdicts = list(InvariantResult.objects.filter(name__in=NAMES).order_by("name"))
    is_whole = len(verdicts) == len(NAMES)
    return Chain(
        last=last_seal(),
        checked_at=min(one.checked_at for one in verdicts) if is_whole else None,
        differing=[
            example for one in verdicts if one.differing for example in one.examples or [one.name]
        ],
    )


def is_in_chain(*, number: int, digest: str) -> bool:
    """Whether the seal that somebody kept is still the one of that number."""
    return Seal.objects.filter(number=number, digest=digest.lower()).exists()


def checks(*, whole: bool) -> list[Invariant]:
    """The chain as invariants; `whole` looks at every seal instead of at the recent and a share."""
    return [
        Invariant(
            "ledger.sealed_rows_rest",
            _("Every sealed event and entry stands as it was sealed."),
            _looking(digests.LOOKED_AT, digests.CHANGED, whole=whole),
        ),
        Invariant(
            "ledger.seals_chain",
            _("Every seal follows from the one before and from its rows."),
            _looking("SELECT count(*) FROM ledger_seal", digests.BROKEN_SEALS, whole=whole),
        ),
        Invariant(
            "ledger.nothing_slips_in",
            _("No event or entry stands unsealed in a time that is sealed."),
            _nothing_slips_in,
        ),
    ]


@transaction.atomic
def _seal_next() -> int:
    """One seal; how many rows it holds, 0 where nothing was there to seal."""
    one_at_a_time("ledger-seal")
    last = Seal.objects.order_by("-number").first()
    with connection.cursor() as cursor:
        cursor.execute(
            digests.SEAL_NEXT,
            {
                "since": _late_before(last.reached) if last else UUID(int=0),
                "limit": SEAL_ROWS_MAX,
                "number": last.number + 1 if last else 1,
                "previous": last.digest if last else "",
                # Ids carry the machine's time, whatever the hour of the demo or of a test.
                "now": UUID(int=time.time_ns() // 1_000_000 << 80),
                "sealed_at": clock.now(),
            },
        )
        return int(cursor.rowcount)


def _late_before(reached: UUID) -> UUID:
    """The first id that may still have been on its way when a seal had reached `reached`."""
    earlier = reached.int - (int(LATEST_COMMIT.total_seconds() * 1000) << 80)
    return UUID(int=max(earlier, 0))


def _looking(counted: str, differing: str, *, whole: bool) -> Callable[[], Finding]:
    def check() -> Finding:
        now = clock.now()
        chosen: dict[str, Any] = {
            "whole": whole,
            "recent": now - RECENT,
            "shares": SHARES,
            "share": int(now.timestamp()) // 3600 % SHARES,
        }
        return by_sql(counted, differing, chosen)()

    return check


def _nothing_slips_in() -> Finding:
    last = Seal.objects.order_by("-number").first()
    if last is None:
        return Finding(0)
    until = {"until": _late_before(last.reached)}
    return by_sql("SELECT count(*) FROM ledger_sealedrow", digests.UNSEALED, until)()
