"""Undoing: a person's resolution or confirmation is taken back, by a counter-entry and in the open."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from marketplace.ledger.commands import Line, in_open_month, post
from marketplace.ledger.queries import postings_for
from marketplace.reconciliation.commands.suggestions import (
    exceptions_of,
    is_outdated,
    locked_suggestion,
)
from marketplace.reconciliation.errors import (
    ClaimedSince,
    ExceptionNotFound,
    NotClosedByHand,
    ReasonMissing,
)
from marketplace.reconciliation.events import (
    ExceptionReopened,
    SuggestionRevived,
    SuggestionTakenBack,
)
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    StatementLine,
    Suggestion,
    SuggestionTarget,
)
from marketplace.reconciliation.states import (
    EXCEPTION_TRANSITIONS,
    SUGGESTION_TRANSITIONS,
    ExceptionStatus,
    LineState,
    Resolution,
    SuggestionStatus,
)
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.outbox import record
from marketplace.shared.states import move


@transaction.atomic
def reopen_exception(*, exception_id: UUID, reason: str, actor: Actor) -> ReconciliationException:
    """Open what a person resolved, and book back what the resolution had booked.

    At the same time as that, or now where its month is closed.
    Raises ExceptionNotFound, ReasonMissing, IllegalTransition where it is open, NotClosedByHand
    where a statement or a match closed it, and ClaimedSince where a line stands by now for the
    movement that was missing.
    """
    found = ReconciliationException.objects.filter(pk=exception_id).first()
    if found is None:
        raise ExceptionNotFound
    reason = _required(reason)
    # No file may bring the missing line meanwhile: it would be judged by what is being undone.
    one_at_a_time(f"reconcile:{found.provider}")
    row = ReconciliationException.objects.select_for_update().get(pk=exception_id)
    if row.status == ExceptionStatus.RESOLVED and row.resolved_by_id is None:
        raise NotClosedByHand
    if row.line_id is None and _is_claimed(row):
        raise ClaimedSince(reference=row.target_reference)
    event = _reopen(row, reason, actor)
    _set_lines([row])
    postings = list(postings_for(references=[row.reference]))
    booked: Counter[str] = Counter()
    for posting in postings:
        booked[posting.account.code] += posting.amount_minor
    if any(booked.values()):
        post(
            event=event,
            memo=f"Reconciliation: {row.reference} reopened",
            lines=[Line(account, -amount, row.reference) for account, amount in booked.items()],
            posted_at=in_open_month(postings[-1].posted_at),
        )
    return row


@transaction.atomic
def take_back_suggestion(*, suggestion_id: UUID, reason: str, actor: Actor) -> Suggestion:
    """Undo a confirmed match: it is only suggested again, beside what it had superseded.

    The exceptions that it closed open again; nothing was booked, so nothing is booked back. Raises
    SuggestionNotFound, ReasonMissing, and IllegalTransition where it is not confirmed.
    """
    suggestion = locked_suggestion(suggestion_id)
    reason = _required(reason)
    closed = lock_rows(
        exceptions_of(suggestion).filter(
            status=ExceptionStatus.RESOLVED, resolution=Resolution.MATCHED
        )
    )
    lines = lock_rows(StatementLine.objects.filter(suggestions__suggestion=suggestion))
    move(
        suggestion,
        SuggestionStatus.PROPOSED,
        SUGGESTION_TRANSITIONS,
        actor=actor,
        decided_by_id=None,
        decided_at=None,
    )
    Match.objects.filter(suggestion=suggestion).delete()
    suggestion.targets.update(is_held=False)
    for row in closed:
        _reopen(row, reason, actor)
    _set_lines(closed)
    record(
        SuggestionTakenBack(suggestion_id=suggestion.pk, reason=reason),
        actor=actor,
        before={"status": SuggestionStatus.CONFIRMED},
        after={"status": SuggestionStatus.PROPOSED, "lines": [line.pk for line in lines]},
    )
    _revive_rivals(suggestion, lines, actor)
    return suggestion


def _required(reason: str) -> str:
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise ReasonMissing
    return reason


def _reopen(row: ReconciliationException, reason: str, actor: Actor) -> LoggedEvent:
    before = {"status": row.status, "resolution": row.resolution, "reason": row.reason}
    move(
        row,
        ExceptionStatus.OPEN,
        EXCEPTION_TRANSITIONS,
        actor=actor,
        resolution="",
        reason="",
        resolved_by_id=None,
        resolved_at=None,
    )
    return record(
        ExceptionReopened(exception_id=row.pk, reason=reason),
        actor=actor,
        before=before,
        after={"status": ExceptionStatus.OPEN},
    )


def _set_lines(rows: Sequence[ReconciliationException]) -> None:
    """Their lines wait for an explanation again."""
    StatementLine.objects.filter(pk__in=[row.line_id for row in rows if row.line_id]).update(
        state=LineState.EXCEPTION
    )


def _is_claimed(row: ReconciliationException) -> bool:
    """A line stands for the movement by now, or another one claims it."""
    ours = Q(target_kind=row.target_kind, target_reference=row.target_reference)
    return (
        Match.objects.filter(ours).exists()
        or SuggestionTarget.objects.filter(ours, is_held=True).exists()
        or ReconciliationException.objects.filter(ours, line__isnull=False).exists()
    )


def _revive_rivals(suggestion: Suggestion, lines: Sequence[StatementLine], actor: Actor) -> None:
    """What else may explain these lines and movements is suggested again, where it still may."""
    targets = suggestion.targets.values_list("target_reference", flat=True)
    rivals = Suggestion.objects.filter(
        Q(lines__line__in=lines) | Q(targets__target_reference__in=list(targets)),
        status=SuggestionStatus.SUPERSEDED,
    )
    for rival in rivals.distinct().order_by("pk"):
        if is_outdated(rival):
            continue
        move(rival, SuggestionStatus.PROPOSED, SUGGESTION_TRANSITIONS, actor=actor, decided_at=None)
        record(
            SuggestionRevived(suggestion_id=rival.pk),
            actor=actor,
            before={"status": SuggestionStatus.SUPERSEDED},
            after={"status": SuggestionStatus.PROPOSED},
        )
