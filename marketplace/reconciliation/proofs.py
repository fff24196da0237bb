"""A wallet at the end of a month: what its statements say, what our books say, and what explains the
difference. For the close of a month, whole months in a few statements each."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from marketplace.ledger import chart
from marketplace.ledger.queries import balance, moved_by_context
from marketplace.payments.queries import settled_movements
from marketplace.payouts.queries import paid_movements
from marketplace.reconciliation.models import (
    ReconciliationException,
    Statement,
    StatementLine,
    Suggestion,
)
from marketplace.reconciliation.states import (
    ExceptionStatus,
    LineState,
    Resolution,
    StatementStatus,
    SuggestionStatus,
    TargetKind,
)
from marketplace.shared.clock import EAT, midnight

# Statements give times to the second: one that ends at 23:59:59 ends with its day.
SECOND = timedelta(seconds=1)
_BOOKED = (Resolution.TO_SUSPENSE, Resolution.AS_FEE, Resolution.WRITE_OFF)
_OURS = (
    TargetKind.ATTEMPT,
    TargetKind.REFUND,
    TargetKind.PAYOUT,
    TargetKind.RETURNED,
    TargetKind.TOP_UP,
)


@dataclass(frozen=True, slots=True)
class WalletMonth:
    """A wallet's closing balance by its statements and by our ledger, and what explains the gap.

    Amounts in minor units; each explanation says by how much the statements are above the ledger
    because of it. `statement_minor` is None where no statement reaches to the end of the month.
    """

    provider: str
    statement_minor: int | None
    ledger_minor: int
    # What the wallet held beyond our books when its first statement began.
    before_minor: int = 0
    # Exceptions nobody has resolved, and those that a person resolved without booking.
    open_minor: int = 0
    accepted_minor: int = 0
    # Resolved or booked, but in a later month, because this one was closed.
    later_minor: int = 0
    # On one side of the month's end in the statement, on the other in our books.
    straddling_minor: int = 0

    @property
    def gap_minor(self) -> int:
        return (self.statement_minor or 0) - self.ledger_minor

    @property
    def explained_minor(self) -> int:
        return (
            self.before_minor
            + self.open_minor
            + self.accepted_minor
            + self.later_minor
            + self.straddling_minor
        )

    @property
    def unexplained_minor(self) -> int:
        return self.gap_minor - self.explained_minor

    def as_stored(self) -> dict[str, Any]:
        return asdict(self)


def wallet_month(*, provider: str, until: datetime) -> WalletMonth:
    """The wallet at `until`, the end of a month."""
    account = chart.provider_clearing(provider)
    return WalletMonth(
        provider=provider,
        statement_minor=_stated_at(provider, until),
        ledger_minor=balance(account=account, at=until),
        before_minor=_before_the_books(provider),
        open_minor=_differences(_exceptions(provider, until).filter(status=ExceptionStatus.OPEN)),
        accepted_minor=_differences(
            _exceptions(provider, until).filter(
                resolution=Resolution.NO_ACTION, resolved_by__isnull=False
            )
        ),
        later_minor=_to_book(provider, until)
        - moved_by_context(account=account, context="reconciliation", until=until),
        straddling_minor=_straddling(provider, until),
    )


def days_without_statement(*, provider: str, since: datetime, until: datetime) -> list[date]:
    """Days in [since, until) of which no imported statement tells, oldest first.

    Between two statements nothing moved where the one begins with the balance that the other ended
    with: those days are told of, too.
    """
    days = []
    day = since.astimezone(EAT).date()
    spans = list(_told(provider, since, until))
    while (begin := midnight(day)) < until:
        end = midnight(day + timedelta(days=1)) - SECOND
        if not any(first <= begin and end <= last for first, last in spans):
            days.append(day)
        day += timedelta(days=1)
    return days


def is_told(*, provider: str, since: datetime, until: datetime) -> bool:
    """Whether statements tell of all that time, one after the other."""
    return any(first <= since and until <= last for first, last in _told(provider, since, until))


def open_exceptions_before(until: datetime) -> QuerySet[ReconciliationException]:
    """What happened before that instant, in any wallet, and nobody explained yet; oldest first."""
    rows = ReconciliationException.objects.filter(
        status=ExceptionStatus.OPEN, happened_at__lt=until
    )
    return rows.order_by("happened_at", "pk")


def open_suggestions_before(until: datetime) -> QuerySet[Suggestion]:
    """Suggested matches of lines from before that instant, for a person to judge."""
    rows = Suggestion.objects.filter(
        status=SuggestionStatus.PROPOSED, lines__line__completed_at__lt=until
    )
    return rows.distinct().order_by("suggested_at", "pk")


def statements_to_read() -> QuerySet[Statement]:
    """Files that are kept and not read yet."""
    return Statement.objects.filter(status=StatementStatus.UPLOADED)


def _imported(provider: str) -> QuerySet[Statement]:
    return Statement.objects.filter(
        provider=provider,
        status=StatementStatus.IMPORTED,
        period_start__isnull=False,
        period_end__isnull=False,
    )


def _told(provider: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Spans of time of which statements tell, overlapping and adjoining ones together."""
    rows = _imported(provider).filter(period_end__gte=since - timedelta(days=31))
    rows = rows.filter(period_start__lt=until + timedelta(days=31))
    spans: list[tuple[datetime, datetime, int | None]] = []
    order = rows.order_by("period_start", "period_end")
    for begin, end, opening, closing in order.values_list(
        "period_start", "period_end", "opening_minor", "closing_minor"
    ):
        if begin is None or end is None:
            continue
        if spans:
            first, last, held = spans[-1]
            is_bridged = held is not None and held == opening
            if begin <= last + SECOND or is_bridged:
                spans[-1] = (first, max(last, end), closing if end >= last else held)
                continue
        spans.append((begin, end, closing))
    yield from ((begin, end) for begin, end, _closing in spans)


def _stated_at(provider: str, at: datetime) -> int | None:
    """What the wallet held at that instant, by its statements."""
    rows = _imported(provider)
    ended = rows.filter(period_end__lt=at, closing_minor__isnull=False).order_by(
        "-period_end", "-pk"
    )
    before = ended.values_list("period_end", "closing_minor").first()
    if before is not None and before[0] is not None and before[0] >= at - SECOND:
        return before[1]
    # It goes on: its opening balance, and what moved since.
    around = (
        rows.filter(period_start__lt=at, period_end__gte=at, opening_minor__isnull=False)
        .order_by("-period_start", "-pk")
        .values_list("period_start", "opening_minor")
        .first()
    )
    if around is not None and around[1] is not None:
        moved = StatementLine.objects.filter(
            provider=provider, completed_at__gte=around[0], completed_at__lt=at
        )
        return around[1] + _sum(moved)
    after = rows.filter(period_start__gte=at).order_by("period_start").first()
    is_bridged = before is not None and after is not None and after.opening_minor == before[1]
    return before[1] if before is not None and is_bridged else None


def _before_the_books(provider: str) -> int:
    first = (
        _imported(provider)
        .filter(opening_minor__isnull=False)
        .order_by("period_start")
        .values_list("period_start", "opening_minor")
        .first()
    )
    if first is None or first[0] is None or first[1] is None:
        return 0
    return first[1] - balance(account=chart.provider_clearing(provider), at=first[0])


def _exceptions(provider: str, until: datetime) -> QuerySet[ReconciliationException]:
    return ReconciliationException.objects.filter(provider=provider, happened_at__lt=until)


def _differences(rows: QuerySet[ReconciliationException]) -> int:
    """The sum of wallet minus books."""
    sums = rows.aggregate(
        actual=Sum("actual_minor", default=0), expected=Sum("expected_minor", default=0)
    )
    return int(sums["actual"] - sums["expected"])


def _to_book(provider: str, until: datetime) -> int:
    """What reconciliation has to book for all that happened before: charges, transfers, resolutions."""
    lines = StatementLine.objects.filter(
        Q(match__target_kind__in=[TargetKind.FEE, TargetKind.SWEEP]),
        provider=provider,
        state=LineState.MATCHED,
        completed_at__lt=until,
    )
    resolved = _exceptions(provider, until).filter(
        status=ExceptionStatus.RESOLVED, resolution__in=_BOOKED
    )
    return _sum(lines) + _differences(resolved)


def _sum(lines: QuerySet[StatementLine]) -> int:
    return int(lines.aggregate(total=Sum("amount_minor", default=0))["total"])


def _straddling(provider: str, until: datetime) -> int:
    """Matched lines of the one side of `until` whose movement our books have on the other."""
    queries = [*settled_movements(provider=provider), *paid_movements(provider=provider)]
    parts = [query.query.sql_with_params() for query in queries]
    ours = " UNION ALL ".join(sql for sql, _params in parts)
    params: list[Any] = [value for _sql, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(STRADDLING.format(ours), [until, until, *params, list(_OURS), provider])
        return int(cursor.fetchone()[0])


STRADDLING = """
WITH edge AS (SELECT %s::timestamptz AS until)
SELECT coalesce(sum(CASE WHEN l.completed_at < %s THEN l.amount_minor ELSE -l.amount_minor END), 0)
FROM edge, reconciliation_match m
JOIN reconciliation_statementline l ON l.id = m.line_id
JOIN ({}) AS s (kind, reference, receipt, amount_minor, settled_at, wallet, payment_receipt,
    is_expected) ON s.kind = m.target_kind AND s.reference = m.target_reference
WHERE m.target_kind = ANY(%s) AND m.target_reference <> '' AND l.provider = %s
    AND (l.completed_at < edge.until) <> (s.settled_at < edge.until)
"""
