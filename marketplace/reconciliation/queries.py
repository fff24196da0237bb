"""Reads of statements, exceptions and the daily proof, for finance, the console and reports."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Count, F, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from marketplace.ledger import chart
from marketplace.ledger.queries import balance, movement
from marketplace.reconciliation.differences import Named, booked_by_kind, named_differences
from marketplace.reconciliation.errors import (
    ExceptionNotFound,
    StatementNotFound,
    SuggestionNotFound,
)
from marketplace.reconciliation.models import (
    ReconciliationException,
    Statement,
    StatementLine,
    Suggestion,
)
from marketplace.reconciliation.policies import resolutions_for
from marketplace.reconciliation.states import (
    LISTED_AS,
    ExceptionKind,
    ExceptionStatus,
    LineState,
    Resolution,
    StatementStatus,
    SuggestionStatus,
)

LINES_PER_STEP = 2_000


@dataclass(slots=True)
class KindFigures:
    """One kind of movement on both sides; amounts signed as the wallet sees them."""

    kind: str
    statement_count: int = 0
    statement_minor: int = 0
    books_count: int = 0
    books_minor: int = 0

    @property
    def difference_minor(self) -> int:
        return self.statement_minor - self.books_minor


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """Open exceptions of one kind: how many, and the sum of wallet minus books."""

    kind: str
    count: int
    difference_minor: int

    @property
    def label(self) -> str:
        return str(ExceptionKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Proof:
    """A provider's wallet against our books in [since, until).

    `clearing_minor` is what our books say the wallet holds at `closing_at`, the time of the last
    statement's closing balance `closing_minor`; both are None without such a statement. A wallet
    that held money before our books began differs by that constant.
    """

    provider: str
    since: datetime
    until: datetime
    kinds: list[KindFigures]
    lines: dict[str, int]
    open_exceptions: list[OpenFigures]
    named: list[Named]
    ledger_minor: int
    closing_at: datetime | None
    closing_minor: int | None
    clearing_minor: int | None
    statements: int = field(default=0)

    @property
    def lines_total(self) -> int:
        return sum(self.lines.values())

    @property
    def lines_matched(self) -> int:
        return self.lines.get(LineState.MATCHED, 0)

    @property
    def statement_minor(self) -> int:
        """What the statements say the wallet gained."""
        return sum(kind.statement_minor for kind in self.kinds)

    @property
    def difference_minor(self) -> int:
        """Statements minus ledger movements of provider clearing."""
        return self.statement_minor - self.ledger_minor

    @property
    def explained_minor(self) -> int:
        """The part of the difference that open exceptions name."""
        return sum(figures.difference_minor for figures in self.open_exceptions)

    @property
    def named_minor(self) -> int:
        """The part that has another cause: what lies beyond the period's edges, or was explained."""
        return sum(named.minor for named in self.named)

    @property
    def unexplained_minor(self) -> int:
        """What is left, and nobody can name."""
        return self.difference_minor - self.explained_minor - self.named_minor


def proof(*, provider: str, since: datetime, until: datetime) -> Proof:
    """The proof of a period, in a handful of queries whatever its length."""
    in_period = StatementLine.objects.filter(
        provider=provider, completed_at__gte=since, completed_at__lt=until
    )
    closing = _closing(provider, until)
    return Proof(
        provider=provider,
        since=since,
        until=until,
        kinds=_by_kind(provider, in_period, since, until),
        lines=dict(in_period.order_by().values_list("state").annotate(count=Count("pk"))),
        open_exceptions=_open_by_kind(provider, since, until),
        named=named_differences(provider=provider, since=since, until=until),
        ledger_minor=movement(account=chart.provider_clearing(provider), since=since, until=until),
        closing_at=closing[0] if closing else None,
        closing_minor=closing[1] if closing else None,
        clearing_minor=(
            balance(account=chart.provider_clearing(provider), at=closing[0] + timedelta(seconds=1))
            if closing
            else None
        ),
        statements=Statement.objects.filter(
            provider=provider,
            status=StatementStatus.IMPORTED,
            period_end__gte=since,
            period_start__lt=until,
        ).count(),
    )


def daily_proofs(*, provider: str, since: datetime, until: datetime) -> Iterator[Proof]:
    """One proof per 24 hours from `since`, oldest first."""
    while since < until:
        yield proof(provider=provider, since=since, until=min(since + timedelta(days=1), until))
        since += timedelta(days=1)


def get_statement(*, reference: str) -> Statement:
    """Raises StatementNotFound."""
    statement = Statement.objects.filter(reference=reference).first()
    if statement is None:
        raise StatementNotFound
    return statement


def statement_by_id(statement_id: UUID) -> Statement:
    """Raises StatementNotFound."""
    statement = Statement.objects.filter(pk=statement_id).first()
    if statement is None:
        raise StatementNotFound
    return statement


def provider_of(*, statement_id: UUID) -> str:
    """Whose statement it is."""
    return Statement.objects.values_list("provider", flat=True).get(pk=statement_id)


def get_exception(*, reference: str) -> ReconciliationException:
    """With its line and statement. Raises ExceptionNotFound."""
    row = _with_line(ReconciliationException.objects.filter(reference=reference)).first()
    if row is None:
        raise ExceptionNotFound
    return row


def open_exceptions(*, provider: str = "", kind: str = "") -> QuerySet[ReconciliationException]:
    """What waits for a person, oldest first, with lines and statements."""
    rows = ReconciliationException.objects.filter(status=ExceptionStatus.OPEN)
    if provider:
        rows = rows.filter(provider=provider)
    if kind:
        rows = rows.filter(kind=kind)
    return _with_line(rows).order_by("opened_at", "pk")


def exceptions_about(*, target_reference: str) -> QuerySet[ReconciliationException]:
    """Every exception that names a payment, refund or payout of ours, newest first."""
    rows = ReconciliationException.objects.filter(target_reference=target_reference)
    return _with_line(rows).order_by("-opened_at", "-pk")


def possible_resolutions(row: ReconciliationException) -> list[Resolution]:
    """How a person may close this exception; none once it is closed."""
    if row.status != ExceptionStatus.OPEN:
        return []
    return resolutions_for(kind=row.kind, difference_minor=row.difference_minor)


def get_suggestion(*, reference: str) -> Suggestion:
    """With its lines and movements. Raises SuggestionNotFound."""
    row = _with_both_sides(Suggestion.objects.filter(reference=reference)).first()
    if row is None:
        raise SuggestionNotFound
    return row


def open_suggestions(*, provider: str = "") -> QuerySet[Suggestion]:
    """Suggested matches that wait for a person, the surest first, with their lines and movements."""
    rows = Suggestion.objects.filter(status=SuggestionStatus.PROPOSED)
    if provider:
        rows = rows.filter(provider=provider)
    return _with_both_sides(rows).order_by("-score", "suggested_at", "pk")


def suggestions_for(*, line_ids: list[int]) -> QuerySet[Suggestion]:
    """What is suggested for these lines, the surest first: several are candidates for one line."""
    rows = Suggestion.objects.filter(
        status=SuggestionStatus.PROPOSED, lines__line_id__in=line_ids
    ).distinct()
    return _with_both_sides(rows).order_by("-score", "suggested_at", "pk")


def lines_between(*, provider: str, since: datetime, until: datetime) -> QuerySet[StatementLine]:
    """Statement lines in [since, until), oldest first, with statement and match."""
    return (
        StatementLine.objects.filter(
            provider=provider, completed_at__gte=since, completed_at__lt=until
        )
        .select_related("statement", "match")
        .order_by("completed_at", "pk")
    )


def gaps_between(
    *, provider: str, since: datetime, until: datetime
) -> QuerySet[ReconciliationException]:
    """What our books settled in [since, until) and no statement shows to this day, oldest first."""
    rows = ReconciliationException.objects.filter(
        provider=provider, line=None, happened_at__gte=since, happened_at__lt=until
    )
    return rows.exclude(resolution=Resolution.ARRIVED_LATER).order_by("happened_at", "pk")


def exceptions_on(*, line_ids: list[int]) -> dict[int, ReconciliationException]:
    """The latest exception per line."""
    rows = ReconciliationException.objects.filter(line_id__in=line_ids).order_by("pk")
    return {row.line_id: row for row in rows if row.line_id is not None}


def _with_line(rows: QuerySet[ReconciliationException]) -> QuerySet[ReconciliationException]:
    return rows.select_related("line__statement")


def _with_both_sides(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    return rows.prefetch_related("lines__line__statement", "targets")


def _by_kind(
    provider: str, in_period: QuerySet[StatementLine], since: datetime, until: datetime
) -> list[KindFigures]:
    """A line counts as what it is matched with: some wallets list a refund as money sent to anybody."""
    figures: dict[str, KindFigures] = {}
    as_matched = Case(
        *(When(match__target_kind=target, then=Value(kind)) for target, kind in LISTED_AS.items()),
        default=F("kind"),
    )
    sums = (
        in_period.order_by().values_list(as_matched).annotate(n=Count("pk"), s=Sum("amount_minor"))
    )
    for kind, count, total in sums:
        figures[kind] = KindFigures(kind, statement_count=count, statement_minor=total)
    booked = booked_by_kind(provider=provider, since=since, until=until)
    for kind, (count, total) in booked.items():
        row = figures.setdefault(kind, KindFigures(kind))
        row.books_count, row.books_minor = count, total
    return [figures[kind] for kind in sorted(figures)]


def _open_by_kind(provider: str, since: datetime, until: datetime) -> list[OpenFigures]:
    rows = (
        ReconciliationException.objects.filter(
            provider=provider,
            status=ExceptionStatus.OPEN,
            happened_at__gte=since,
            happened_at__lt=until,
        )
        .order_by("kind")
        .values_list("kind")
        .annotate(
            n=Count("pk"),
            s=Sum(Coalesce(F("actual_minor"), 0) - Coalesce(F("expected_minor"), 0)),
        )
    )
    return [OpenFigures(kind, count, total) for kind, count, total in rows]


def _closing(provider: str, until: datetime) -> tuple[datetime, int] | None:
    """The last closing balance that a statement gives before `until`."""
    row = (
        Statement.objects.filter(
            provider=provider,
            status=StatementStatus.IMPORTED,
            closing_minor__isnull=False,
            period_end__lte=until,
        )
        .order_by("-period_end", "-pk")
        .values_list("period_end", "closing_minor")
        .first()
    )
    if row is None or row[0] is None or row[1] is None:
        return None
    return row[0], row[1]
