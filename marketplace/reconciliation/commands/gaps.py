"""The other side: what our books say was settled, and no statement shows."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched

from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.payments.queries import Settled, settled_between
from marketplace.payouts.queries import paid_between
from marketplace.reconciliation.models import Match, ReconciliationException, Statement
from marketplace.reconciliation.states import ExceptionKind
from marketplace.shared import clock
from marketplace.shared.money import format_minor

# Our clock is not the provider's, and a callback takes its time: what was settled this close to the
# edge of a statement may stand in its neighbour.
SAFETY_MARGIN = timedelta(minutes=15)
# Bounds memory: a busy day is looked at in pieces.
WINDOW = timedelta(hours=6)
MOVEMENTS_PER_STEP = 2_000


def open_gaps(*, statement: Statement) -> int:
    """Open an exception for each settled movement inside the statement's period that has no line
    in any statement; how many. A target is reported once, whatever became of the report."""
    if statement.period_start is None or statement.period_end is None:
        return 0
    opened = 0
    for since, until in _windows(
        statement.period_start + SAFETY_MARGIN, statement.period_end - SAFETY_MARGIN
    ):
        movements = [
            *settled_between(provider=statement.provider, since=since, until=until),
            *paid_between(provider=statement.provider, since=since, until=until),
        ]
        opened += sum(_open(statement, step) for step in batched(movements, MOVEMENTS_PER_STEP))
    return opened


def _open(statement: Statement, movements: Sequence[Settled]) -> int:
    seen = _seen({movement.reference for movement in movements})
    missing = [m for m in movements if (m.kind, m.reference) not in seen]
    now = clock.now()
    ReconciliationException.objects.bulk_create(
        [
            ReconciliationException(
                provider=statement.provider,
                kind=ExceptionKind.MISSING_IN_STATEMENT,
                target_kind=movement.kind,
                target_reference=movement.reference,
                expected_minor=movement.amount_minor,
                explanation=_(
                    "%(reference)s over %(amount)s (receipt %(receipt)s) is settled in our books; "
                    "statement %(statement)s does not show it."
                )
                % {
                    "reference": movement.reference,
                    "amount": format_minor(movement.amount_minor),
                    "receipt": movement.receipt or "-",
                    "statement": statement.reference,
                },
                happened_at=movement.settled_at,
                opened_at=now,
            )
            for movement in missing
        ],
        ignore_conflicts=True,  # `exception_once_per_target`
    )
    return len(missing)


def _seen(references: set[str]) -> set[tuple[str, str]]:
    """Targets with a line (matched, or in exception), or with an earlier report of their absence."""
    matched = Match.objects.filter(target_reference__in=references)
    excepted = ReconciliationException.objects.filter(
        Q(kind=ExceptionKind.MISSING_IN_STATEMENT) | Q(line__isnull=False),
        target_reference__in=references,
    )
    return {
        *matched.values_list("target_kind", "target_reference"),
        *excepted.values_list("target_kind", "target_reference"),
    }


def _windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        yield since, min(since + WINDOW, until)
        since += WINDOW
