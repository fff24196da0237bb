"""Suggested matches: found by the engine, judged by a person. Until then they change nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.reconciliation import rules, suggesting
from marketplace.reconciliation.commands.exceptions import close_exceptions
from marketplace.reconciliation.errors import (
    ReasonMissing,
    SuggestionNotFound,
    SuggestionOutdated,
    TooManyAtOnce,
)
from marketplace.reconciliation.events import (
    SuggestionConfirmed,
    SuggestionRejected,
    SuggestionSuperseded,
)
from marketplace.reconciliation.models import (
    Match,
    ReconciliationException,
    StatementLine,
    Suggestion,
    SuggestionLine,
    SuggestionTarget,
)
from marketplace.reconciliation.policies import BULK_MAX, tolerance_for
from marketplace.reconciliation.sentences import suggested
from marketplace.reconciliation.states import (
    SUGGESTION_TRANSITIONS,
    ExceptionKind,
    ExceptionStatus,
    LineState,
    Resolution,
    SuggestionStatus,
)
from marketplace.reconciliation.worktables import analyze, rows, run, stream
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.sayings import KEPT_IN
from marketplace.shared.states import IllegalTransition, move

PER_STEP = 1_000


@dataclass(frozen=True, slots=True)
class _Found:
    """What one of the queries in `suggesting.py` answered."""

    rule: str
    score: int
    lines: list[int]
    targets: list[tuple[str, str, int, datetime]]

    @property
    def fingerprint(self) -> str:
        ours = [f"{kind} {reference}" for kind, reference, _amount, _at in self.targets]
        return sha256(repr((sorted(self.lines), sorted(ours))).encode()).hexdigest()

    @property
    def explanation(self) -> str:
        ours = [(reference, amount) for _kind, reference, amount, _at in self.targets]
        return suggested(rule=self.rule, lines=len(self.lines), targets=ours)


@translation.override(KEPT_IN)
def suggest(*, provider: str, actor: Actor) -> None:
    """Write down what may explain new lines, once; called after their verdicts were made true."""
    given = rules.parameters(tolerance_for(provider))
    run(suggesting.FORGET_CLAIMED)
    run(suggesting.SUSPECT)
    analyze("suspect", "unclaimed")
    for query in suggesting.ALL:
        for step in batched(stream(query, given), PER_STEP):
            _keep(provider, [_found(row) for row in step])
    run(MARK_AMBIGUOUS, {"provider": provider})
    supersede(actor=actor)


def supersede(*, actor: Actor) -> None:
    """Close suggestions whose lines or movements the present verdicts explain otherwise."""
    outdated = [row[0] for row in rows(suggesting.OUTDATED)]
    _supersede(Suggestion.objects.filter(pk__in=outdated), actor)


@transaction.atomic
def confirm_suggestion(*, suggestion_id: UUID, actor: Actor) -> Suggestion:
    """Match the lines with the movements: the exceptions on both sides close, nothing is booked.

    Our books hold the movements already. Raises SuggestionNotFound, SuggestionOutdated where a line
    or a movement was matched in the meantime, and IllegalTransition where it was decided before.
    """
    suggestion = locked_suggestion(suggestion_id)
    # The exceptions before the lines, as whoever resolves one does.
    exceptions = lock_rows(exceptions_of(suggestion).filter(status=ExceptionStatus.OPEN))
    lines = lock_rows(StatementLine.objects.filter(suggestions__suggestion=suggestion))
    targets = list(suggestion.targets.order_by("target_reference"))
    move(
        suggestion,
        SuggestionStatus.CONFIRMED,
        SUGGESTION_TRANSITIONS,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
    )
    if _explained(lines, targets):
        raise SuggestionOutdated
    with translation.override(KEPT_IN):
        reason = _("Suggestion %(reference)s was confirmed.") % {"reference": suggestion.reference}
    close_exceptions(exceptions, Resolution.MATCHED, reason, actor)
    _match(suggestion, lines, targets, actor)
    record(
        SuggestionConfirmed(suggestion_id=suggestion.pk),
        actor=actor,
        before={"status": SuggestionStatus.PROPOSED},
        after={"status": SuggestionStatus.CONFIRMED, "lines": [line.pk for line in lines]},
    )
    rivals = Suggestion.objects.filter(
        Q(lines__line__in=lines)
        | Q(targets__target_reference__in=[target.target_reference for target in targets]),
        status=SuggestionStatus.PROPOSED,
    )
    _supersede(rivals.distinct(), actor)
    return suggestion


@transaction.atomic
def reject_suggestion(*, suggestion_id: UUID, reason: str, actor: Actor) -> Suggestion:
    """The lines stay exceptions, and this is not suggested again.

    Raises SuggestionNotFound, ReasonMissing, and IllegalTransition where it was decided before.
    """
    suggestion = locked_suggestion(suggestion_id)
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise ReasonMissing
    move(
        suggestion,
        SuggestionStatus.REJECTED,
        SUGGESTION_TRANSITIONS,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
        reason=reason,
    )
    record(
        SuggestionRejected(suggestion_id=suggestion.pk, reason=reason),
        actor=actor,
        before={"status": SuggestionStatus.PROPOSED},
        after={"status": SuggestionStatus.REJECTED},
    )
    return suggestion


def confirm_suggestions(*, suggestion_ids: Sequence[UUID], actor: Actor) -> tuple[int, list[str]]:
    """Confirm many, each for itself, the surest first: how many, and the references of the others.

    Raises TooManyAtOnce above `BULK_MAX`.
    """
    if len(suggestion_ids) > BULK_MAX:
        raise TooManyAtOnce(count=len(suggestion_ids), limit=BULK_MAX)
    confirmed, refused = 0, []
    chosen = Suggestion.objects.filter(pk__in=suggestion_ids).order_by("-score", "pk")
    for suggestion in chosen:
        try:
            confirm_suggestion(suggestion_id=suggestion.pk, actor=actor)
        except (SuggestionOutdated, IllegalTransition):
            refused.append(suggestion.reference)
        else:
            confirmed += 1
    return confirmed, refused


def locked_suggestion(suggestion_id: UUID) -> Suggestion:
    """Alone with its provider's statements and suggestions. Raises SuggestionNotFound."""
    found = Suggestion.objects.filter(pk=suggestion_id).first()
    if found is None:
        raise SuggestionNotFound
    one_at_a_time(f"reconcile:{found.provider}")
    return Suggestion.objects.select_for_update().get(pk=suggestion_id)


def exceptions_of(suggestion: Suggestion) -> QuerySet[ReconciliationException]:
    """The exceptions on both sides of a suggestion, in whatever state."""
    named = suggestion.targets.filter(
        target_kind=OuterRef("target_kind"), target_reference=OuterRef("target_reference")
    )
    on_lines = Q(line__in=suggestion.lines.values("line_id"))
    return ReconciliationException.objects.filter(on_lines | Q(Exists(named), line=None))


def is_outdated(suggestion: Suggestion) -> bool:
    """Whether a line or a movement of it is explained in another way."""
    lines = list(StatementLine.objects.filter(suggestions__suggestion=suggestion))
    return _explained(lines, list(suggestion.targets.all()))


def _explained(lines: Sequence[StatementLine], targets: Sequence[SuggestionTarget]) -> bool:
    ours = Q()
    for target in targets:
        ours |= Q(target_kind=target.target_kind, target_reference=target.target_reference)
    in_lines = sum(line.amount_minor for line in lines)
    return (
        any(line.state != LineState.EXCEPTION for line in lines)
        or in_lines != sum(target.amount_minor for target in targets)
        or Match.objects.filter(ours).exists()
        or SuggestionTarget.objects.filter(ours, is_held=True).exists()
        or _other_holders(lines, ours).exists()
        or _booked(ours).exists()
    )


def _other_holders(lines: Sequence[StatementLine], ours: Q) -> Any:
    """Another line stands for one of the movements, with an amount that differs."""
    holders = ReconciliationException.objects.filter(ours, kind=ExceptionKind.AMOUNT_DIFFERS)
    displaced = Q(status=ExceptionStatus.RESOLVED, resolved_by=None)
    return holders.exclude(displaced).exclude(line__in=lines)


def _booked(ours: Q) -> Any:
    """A person closed the gap by a booking: the money is in the books in another place."""
    return ReconciliationException.objects.filter(
        ours,
        kind=ExceptionKind.MISSING_IN_STATEMENT,
        resolution__in=[Resolution.TO_SUSPENSE, Resolution.WRITE_OFF],
    )


def _match(
    suggestion: Suggestion,
    lines: Sequence[StatementLine],
    targets: Sequence[SuggestionTarget],
    actor: Actor,
) -> None:
    """One line and one movement are an ordinary match; of sums, the suggestion holds the movements."""
    is_pair = len(lines) == len(targets) == 1
    if not is_pair:
        suggestion.targets.update(is_held=True)
    Match.objects.bulk_create(
        Match(
            line=line,
            target_kind=targets[0].target_kind,
            target_reference=targets[0].target_reference if is_pair else "",
            rule=suggestion.rule,
            score=suggestion.score,
            explanation=suggestion.explanation,
            suggestion=suggestion,
            matched_at=clock.now(),
            matched_by_id=actor.user_id,
        )
        for line in lines
    )
    StatementLine.objects.filter(pk__in=[line.pk for line in lines]).update(state=LineState.MATCHED)


def _supersede(suggestions: Any, actor: Actor) -> None:
    for suggestion in suggestions.order_by("pk"):
        move(
            suggestion,
            SuggestionStatus.SUPERSEDED,
            SUGGESTION_TRANSITIONS,
            actor=actor,
            decided_at=clock.now(),
        )
        record(
            SuggestionSuperseded(suggestion_id=suggestion.pk),
            actor=actor,
            before={"status": SuggestionStatus.PROPOSED},
            after={"status": SuggestionStatus.SUPERSEDED},
        )


def _found(row: tuple[Any, ...]) -> _Found:
    rule, score, lines, *ours = row
    return _Found(rule, max(1, int(score)), lines, list(zip(*ours, strict=True)))


def _keep(provider: str, found: Sequence[_Found]) -> None:
    """Store what was not suggested before."""
    known = set(
        Suggestion.objects.filter(fingerprint__in=[one.fingerprint for one in found]).values_list(
            "fingerprint", flat=True
        )
    )
    fresh = {one.fingerprint: one for one in found if one.fingerprint not in known}
    suggestions = Suggestion.objects.bulk_create(
        Suggestion(
            provider=provider,
            fingerprint=fingerprint,
            rule=one.rule,
            score=one.score,
            explanation=one.explanation[:300],
            suggested_at=clock.now(),
        )
        for fingerprint, one in fresh.items()
    )
    ours = list(zip(suggestions, fresh.values(), strict=True))
    SuggestionLine.objects.bulk_create(
        SuggestionLine(suggestion=suggestion, line_id=line)
        for suggestion, one in ours
        for line in one.lines
    )
    SuggestionTarget.objects.bulk_create(
        SuggestionTarget(
            suggestion=suggestion,
            target_kind=kind,
            target_reference=reference,
            amount_minor=amount_minor,
            settled_at=settled_at,
        )
        for suggestion, one in ours
        for kind, reference, amount_minor, settled_at in one.targets
    )


# By the lines and movements that more than one open suggestion names.
MARK_AMBIGUOUS = """
WITH proposed AS MATERIALIZED (
    SELECT id FROM reconciliation_suggestion
    WHERE provider = %(provider)s AND status = 'proposed'
), named AS MATERIALIZED (
    SELECT suggestion_id, 'line' AS kind, line_id::text AS name
    FROM reconciliation_suggestionline
    WHERE suggestion_id IN (SELECT id FROM proposed)
    UNION ALL
    SELECT suggestion_id, target_kind, target_reference
    FROM reconciliation_suggestiontarget
    WHERE suggestion_id IN (SELECT id FROM proposed)
)
UPDATE reconciliation_suggestion SET is_ambiguous = true
WHERE NOT is_ambiguous AND id IN (
    SELECT suggestion_id FROM (
        SELECT suggestion_id, count(*) OVER (PARTITION BY kind, name) AS times FROM named
    ) counted WHERE times > 1)
"""
