"""What must always be true of the data. Each context lists its own in `invariants.py`."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from marketplace.shared import clock
from marketplace.shared.models import Delivery, DeliveryStatus, InvariantResult


@dataclass(frozen=True, slots=True)
class Finding:
    """How many things were looked at, how many differ, and the references of the first few."""

    counted: int
    differing: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invariant:
    """`name` is stable (`ledger.balanced`), `claim` is the sentence that must hold, to be translated."""

    name: str
    claim: Any
    check: Callable[[], Finding]


def by_sql(
    counted: str, differing: str, params: list[Any] | Mapping[str, Any] | None = None
) -> Callable[[], Finding]:
    """A check from two statements: one counts, the other selects a reference per violation."""

    def check() -> Finding:
        with connection.cursor() as cursor:
            cursor.execute(counted, params)
            (total,) = cursor.fetchone()
            cursor.execute(f"SELECT count(*) FROM ({differing}) AS wrong", params)  # noqa: S608 - our own statement
            (wrong,) = cursor.fetchone()
            if not wrong:
                return Finding(total)
            cursor.execute(f"SELECT * FROM ({differing}) AS wrong LIMIT 5", params)  # noqa: S608 - as above
            return Finding(total, wrong, [str(row[0]) for row in cursor.fetchall()])

    return check


_VERDICT = ("counted", "differing", "examples", "seconds", "checked_at")


def check_all(invariants: Iterable[Invariant]) -> Iterator[tuple[Invariant, Finding]]:
    """Check one after the other, keeping each verdict for the system page."""
    for invariant in invariants:
        began = time.perf_counter()
        finding = invariant.check()
        verdict = InvariantResult(
            name=invariant.name,
            counted=finding.counted,
            differing=finding.differing,
            examples=finding.examples,
            seconds=time.perf_counter() - began,
            checked_at=clock.now(),
        )
        # One statement, where `update_or_create` takes four.
        InvariantResult.objects.bulk_create(
            [verdict], update_conflicts=True, unique_fields=["name"], update_fields=_VERDICT
        )
        yield invariant, finding


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the last check found: `checked_at` of the invariant checked longest ago, None before any."""

    counted: int
    broken: list[str]
    checked_at: datetime | None


def last_verdict() -> Verdict:
    """Of all invariants that were ever checked."""
    rows = list(InvariantResult.objects.order_by("name"))
    return Verdict(
        counted=len(rows),
        broken=[row.name for row in rows if row.differing],
        checked_at=min((row.checked_at for row in rows), default=None),
    )


def _no_delivery_lost() -> Finding:
    """A delivery that is due for an hour while the sweeper runs each minute is a lost one."""
    overdue = Delivery.objects.filter(
        status=DeliveryStatus.PENDING, next_attempt_at__lt=clock.now() - timedelta(hours=1)
    )
    examples = [str(delivery) for delivery in overdue[:5]]
    return Finding(Delivery.objects.count(), overdue.count(), examples)


INVARIANTS = [
    Invariant(
        "shared.no_delivery_lost", _("No delivery waits for more than an hour."), _no_delivery_lost
    )
]
