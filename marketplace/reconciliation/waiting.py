"""What waits at the desk: how long and how late, and what belongs together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Abs, Coalesce

from marketplace.reconciliation.models import (
    ReconciliationException,
    StatementLine,
    Suggestion,
    SuggestionLine,
    SuggestionTarget,
)
from marketplace.reconciliation.policies import AGE_BANDS, SLA
from marketplace.reconciliation.states import ExceptionStatus, SuggestionStatus

DIFFERENCE = Coalesce(F("actual_minor"), 0) - Coalesce(F("expected_minor"), 0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open exceptions: how many, their differences in absolute amounts, and how many are late."""

    count: int
    absolute_minor: int
    late: int


@dataclass(frozen=True, slots=True)
class AtDesk(Waiting):
    """All that is open, and since when the oldest is."""

    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineFigures:
    """Lines of one kind and state: how many, and their sum in minor units."""

    kind: str
    state: str
    count: int
    minor: int


def lines_of_statement(*, statement_id: UUID) -> list[LineFigures]:
    """What a statement's own lines are and became; one query."""
    rows = (
        StatementLine.objects.filter(statement_id=statement_id)
        .order_by("kind", "state")
        .values_list("kind", "state")
        .annotate(count=Count("pk"), minor=Sum("amount_minor"))
    )
    return [LineFigures(*row) for row in rows]


def of_age(band: str, now: datetime) -> Q:
    """Opened as many whole days ago as the band of `AGE_BANDS` says."""
    since, until = AGE_BANDS[band]
    condition = Q(opened_at__lte=now - timedelta(days=since))
    if until is not None:
        condition &= Q(opened_at__gt=now - timedelta(days=until))
    return condition


def late(now: datetime) -> Q:
    """Due before `now`, by the time that each kind may take."""
    condition = Q()
    for kind, allowed in SLA.items():
        condition |= Q(kind=kind, opened_at__lt=now - allowed)
    return condition


def open_at_desk(*, now: datetime) -> AtDesk:
    """Every open exception; one query."""
    rows = ReconciliationException.objects.filter(status=ExceptionStatus.OPEN)
    found = rows.aggregate(
        count=Count("pk"),
        absolute=Sum(Abs(DIFFERENCE), default=0),
        late=Count("pk", filter=late(now)),
        oldest=Min("opened_at"),
    )
    return AtDesk(found["count"], found["absolute"], found["late"], found["oldest"])


def waiting_by_age(rows: QuerySet[ReconciliationException], *, now: datetime) -> dict[str, Waiting]:
    """By band, youngest first, what of `rows` waits; one query."""
    wanted: dict[str, Count | Sum] = {}
    for number, band in enumerate(AGE_BANDS):
        within = of_age(band, now)
        wanted[f"count{number}"] = Count("pk", filter=within)
        wanted[f"sum{number}"] = Sum(Abs(DIFFERENCE), filter=within, default=0)
        wanted[f"late{number}"] = Count("pk", filter=within & late(now))
    found = rows.order_by().aggregate(**wanted)
    return {
        band: Waiting(found[f"count{number}"], found[f"sum{number}"], found[f"late{number}"])
        for number, band in enumerate(AGE_BANDS)
    }


def rivals_of(suggestion: Suggestion) -> QuerySet[Suggestion]:
    """Other open suggestions about the same lines or movements, the surest first."""
    return _with_both_sides(
        Suggestion.objects.filter(
            Q(lines__line__in=suggestion.lines.values("line"))
            | Q(targets__target_reference__in=suggestion.targets.values("target_reference")),
            status=SuggestionStatus.PROPOSED,
        ).exclude(pk=suggestion.pk)
    )


def suggestions_about(row: ReconciliationException) -> QuerySet[Suggestion]:
    """What may explain an exception, from either side, the surest first."""
    about = Q(lines__line=row.line_id) if row.line_id else Q(pk=None)
    if row.target_reference:
        about |= Q(
            targets__target_kind=row.target_kind, targets__target_reference=row.target_reference
        )
    return _with_both_sides(Suggestion.objects.filter(about, status=SuggestionStatus.PROPOSED))


def closing_with(
    suggestions: Sequence[Suggestion],
) -> dict[UUID, list[ReconciliationException]]:
    """By suggestion, the open exceptions that its confirmation closes; three queries for all."""
    lines = _named(
        SuggestionLine.objects.filter(suggestion__in=suggestions).values_list(
            "suggestion_id", "line_id"
        )
    )
    targets = _named(
        (suggestion_id, (kind, reference))
        for suggestion_id, kind, reference in SuggestionTarget.objects.filter(
            suggestion__in=suggestions
        ).values_list("suggestion_id", "target_kind", "target_reference")
    )
    references = [reference for _kind, reference in targets]
    closed: dict[UUID, list[ReconciliationException]] = {one.pk: [] for one in suggestions}
    rows = ReconciliationException.objects.filter(
        Q(line__in=lines) | Q(line=None, target_reference__in=references),
        status=ExceptionStatus.OPEN,
    )
    for row in rows.order_by("pk"):
        key = (row.target_kind, row.target_reference)
        owners = lines.get(row.line_id, []) if row.line_id else targets.get(key, [])
        for suggestion_id in owners:
            closed[suggestion_id].append(row)
    return closed


def _named[Key](pairs: Iterable[tuple[UUID, Key]]) -> dict[Key, list[UUID]]:
    """What is named → the suggestions that name it."""
    found: dict[Key, list[UUID]] = {}
    for suggestion_id, key in pairs:
        found.setdefault(key, []).append(suggestion_id)
    return found


def _with_both_sides(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    return (
        rows.distinct()
        .prefetch_related("lines__line__statement", "targets")
        .order_by("-score", "suggested_at", "pk")
    )
