"""Exceptions: opened by the matching, closed by later files or by a person with a reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.ledger.commands import Line, in_open_month, post
from marketplace.reconciliation.errors import (
    DifferentKinds,
    ExceptionNotFound,
    ReasonMissing,
    ResolutionNotPossible,
    TooManyAtOnce,
)
from marketplace.reconciliation.events import ExceptionResolved
from marketplace.reconciliation.models import ReconciliationException, StatementLine
from marketplace.reconciliation.policies import BULK_MAX, booked_by, resolutions_for
from marketplace.reconciliation.sentences import Finding, kept
from marketplace.reconciliation.states import (
    EXCEPTION_TRANSITIONS,
    ExceptionKind,
    ExceptionStatus,
    LineState,
    Resolution,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.states import IllegalTransition, move


@transaction.atomic
def resolve_exception(
    *, exception_id: UUID, resolution: str, reason: str, actor: Actor
) -> ReconciliationException:
    """Close an exception, booking the difference where the resolution says so.

    The wallet is right: provider clearing moves by `difference_minor`, against suspense, provider
    fees or write-offs; when it happened, or now where that month is closed. Raises
    ExceptionNotFound, ReasonMissing, ResolutionNotPossible, and IllegalTransition where it was
    closed in the meantime.
    """
    row = ReconciliationException.objects.select_for_update().filter(pk=exception_id).first()
    if row is None:
        raise ExceptionNotFound
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise ReasonMissing
    _refuse_unfitting(row, resolution)
    difference_minor = row.difference_minor
    move(
        row,
        ExceptionStatus.RESOLVED,
        EXCEPTION_TRANSITIONS,
        actor=actor,
        resolution=resolution,
        reason=reason,
        resolved_by_id=actor.user_id,
        resolved_at=clock.now(),
    )
    _settle_lines([row])
    event = record(
        ExceptionResolved(exception_id=row.pk, resolution=resolution, reason=reason),
        actor=actor,
        before={"status": ExceptionStatus.OPEN},
        after={"status": ExceptionStatus.RESOLVED, "difference_minor": difference_minor},
    )
    booked = booked_by(
        resolution=resolution, provider=row.provider, difference_minor=difference_minor
    )
    if booked:
        post(
            event=event,
            memo=f"Reconciliation: {row.reference} {resolution}",
            lines=[Line(account, amount_minor, row.reference) for account, amount_minor in booked],
            posted_at=in_open_month(row.happened_at),
        )
    return row


def resolve_exceptions(
    *, exception_ids: Sequence[UUID], resolution: str, reason: str, actor: Actor
) -> tuple[int, list[str]]:
    """Close many of one kind in one way, each for itself: how many, and the references of the others.

    The others were closed in the meantime. Where the resolution does not fit one of them, none is
    closed. Raises TooManyAtOnce above `BULK_MAX`, DifferentKinds, ReasonMissing and
    ResolutionNotPossible.
    """
    if len(exception_ids) > BULK_MAX:
        raise TooManyAtOnce(count=len(exception_ids), limit=BULK_MAX)
    rows = list(ReconciliationException.objects.filter(pk__in=exception_ids).order_by("pk"))
    if len({row.kind for row in rows}) > 1:
        raise DifferentKinds
    for row in rows:
        _refuse_unfitting(row, resolution)
    resolved, others = 0, []
    for row in rows:
        try:
            resolve_exception(
                exception_id=row.pk, resolution=resolution, reason=reason, actor=actor
            )
        except IllegalTransition:
            others.append(row.reference)
        else:
            resolved += 1
    return resolved, others


def close_exceptions(
    rows: Sequence[ReconciliationException], resolution: Resolution, reason: str, actor: Actor
) -> None:
    """What a later file or a later confirmation explains closes by itself; nothing is booked."""
    now = clock.now()
    for row in rows:
        move(
            row,
            ExceptionStatus.RESOLVED,
            EXCEPTION_TRANSITIONS,
            actor=actor,
            resolution=resolution,
            reason=reason[:300],
            resolved_at=now,
        )
        record(
            ExceptionResolved(exception_id=row.pk, resolution=resolution, reason=reason[:300]),
            actor=actor,
            before={"status": ExceptionStatus.OPEN},
            after={"status": ExceptionStatus.RESOLVED},
        )
    _settle_lines(rows)


def open_exceptions_on(
    provider: str, findings: Sequence[tuple[int, datetime, str, Finding]]
) -> None:
    """One exception per line (id, time, what of ours it claims, finding) and kind."""
    now = clock.now()
    ReconciliationException.objects.bulk_create(
        [
            ReconciliationException(
                provider=provider,
                kind=found.exception,
                line_id=line_id,
                target_kind=target_kind,
                target_reference=found.reference,
                expected_minor=_expected_minor(found),
                actual_minor=found.actual_minor,
                explanation=kept(found),
                finding=found.kept(),
                happened_at=happened_at,
                opened_at=now,
            )
            for line_id, happened_at, target_kind, found in findings
        ],
        ignore_conflicts=True,  # `exception_once_per_line`: the same finding again is no news.
    )


def _refuse_unfitting(row: ReconciliationException, resolution: str) -> None:
    fitting = resolutions_for(kind=row.kind, difference_minor=row.difference_minor)
    if resolution not in fitting:
        known = dict(Resolution.choices).get(resolution, resolution)
        raise ResolutionNotPossible(resolution=known, kind=row.get_kind_display())


def _expected_minor(found: Finding) -> int | None:
    """What the books hold for this line: nothing, unless it differs from what it claims."""
    return found.expected_minor if found.exception == ExceptionKind.AMOUNT_DIFFERS else None


def _settle_lines(rows: Sequence[ReconciliationException]) -> None:
    """Lines without an open exception left are resolved; a match made since stays a match."""
    lines = [row.line_id for row in rows if row.line_id is not None]
    waiting = ReconciliationException.objects.filter(
        line_id__in=lines, status=ExceptionStatus.OPEN
    ).values_list("line_id", flat=True)
    StatementLine.objects.filter(
        pk__in=set(lines) - set(waiting), state=LineState.EXCEPTION
    ).update(state=LineState.RESOLVED)
