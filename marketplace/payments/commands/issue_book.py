"""Opening and closing payment issues, inside the transaction of whoever found or settled them."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.payments.events import IssueClosed, IssueOpened
from marketplace.payments.models import Attempt, InboxMessage, PaymentIssue
from marketplace.payments.states import (
    ISSUE_TRANSITIONS,
    IssueDecision,
    IssueKind,
    IssueStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows
from marketplace.shared.outbox import record
from marketplace.shared.states import move

OPEN = [IssueStatus.OPEN, IssueStatus.PROPOSED]
# What news about a payment explain by themselves.
UNCERTAIN = (IssueKind.UNKNOWN, IssueKind.DOUBTFUL)
MONEY_HELD = (
    IssueKind.OVERPAID,
    IssueKind.UNDERPAID,
    IssueKind.DUPLICATE,
    IssueKind.LATE,
)


def open_issue(
    kind: IssueKind,
    *,
    provider: str,
    actor: Actor,
    attempt: Attempt | None = None,
    message: InboxMessage | None = None,
    expected_minor: int | None = None,
    arrived_minor: int | None = None,
    receipt: str = "",
    note: str = "",
) -> None:
    """Keep a trouble for a person. The same trouble again opens nothing."""
    try:
        with transaction.atomic():
            issue = PaymentIssue.objects.create(
                kind=kind,
                provider=provider,
                attempt=attempt,
                message=message,
                expected_minor=expected_minor,
                arrived_minor=arrived_minor,
                receipt=receipt,
                note=note[:300],
                opened_at=clock.now(),
            )
    except IntegrityError:
        return
    record(
        IssueOpened(issue_id=issue.pk, kind=kind),
        actor=actor,
        after={"status": issue.status, "expected": expected_minor, "arrived": arrived_minor},
    )


def close_issues(
    *,
    attempt_id: UUID,
    kinds: Sequence[IssueKind],
    decision: IssueDecision,
    reason: str,
    actor: Actor,
) -> None:
    """Close what is open of these kinds; the caller has locked the attempt."""
    rows = PaymentIssue.objects.filter(attempt_id=attempt_id, kind__in=kinds, status__in=OPEN)
    for issue in lock_rows(rows):
        close_issue(issue, decision, reason, actor)


def explain_orphans(*, attempt: Attempt, actor: Actor) -> None:
    """Messages that named this payment's receipt when nobody knew it."""
    if not attempt.receipt:
        return
    rows = PaymentIssue.objects.filter(
        provider=attempt.provider, receipt=attempt.receipt, kind=IssueKind.ORPHAN, status__in=OPEN
    )
    for issue in lock_rows(rows):
        reason = f"the receipt is that of {attempt.reference}"
        close_issue(issue, IssueDecision.EXPLAINED, reason, actor)


@transaction.atomic
def explain_orphan(*, issue_id: UUID, reason: str) -> bool:
    """Close a message about an unknown payment, once somebody knows; False where it was closed."""
    issue = PaymentIssue.objects.select_for_update(of=("self",)).get(pk=issue_id)
    if issue.kind != IssueKind.ORPHAN or issue.status not in OPEN:
        return False
    close_issue(issue, IssueDecision.EXPLAINED, reason, Actor.system("payments"))
    return True


def close_issue(issue: PaymentIssue, decision: IssueDecision, reason: str, actor: Actor) -> None:
    """Of a locked, open issue. Raises IllegalTransition."""
    before = move(
        issue,
        IssueStatus.CLOSED,
        ISSUE_TRANSITIONS,
        actor=actor,
        decision=decision,
        reason=reason[:300],
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
    )
    record(
        IssueClosed(issue_id=issue.pk, kind=issue.kind, decision=decision, reason=reason[:300]),
        actor=actor,
        before={"status": before},
        after={"status": issue.status, "decision": decision},
    )
