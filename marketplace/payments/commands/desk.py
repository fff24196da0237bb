"""The payment desk: what a person decides about money that fits nothing, and about silence.

Locks: payments (in key order), attempt, issue, then what the order's payment locks. Of two people
who decide at once, or a person and a late callback, the second finds the issue closed.
"""

from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.orders.commands import mark_paid
from marketplace.payments.commands.issue_book import (
    MONEY_HELD,
    OPEN,
    UNCERTAIN,
    close_issue,
    close_issues,
)
from marketplace.payments.commands.refund_requests import refund_attempt, refund_surplus
from marketplace.payments.commands.settlement import UNSETTLED, order_lines, settle_attempt
from marketplace.payments.errors import (
    AnotherPersonNeeded,
    ControlReasonMissing,
    EvidenceMissing,
    IssueClosed,
    IssueNotFound,
    NothingToApply,
    OrderDoesNotFit,
)
from marketplace.payments.events import IssueProposed, IssueSentBack, PaymentApplied
from marketplace.payments.models import Attempt, Intent, PaymentIssue
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.states import (
    INTENT_TRANSITIONS,
    ISSUE_TRANSITIONS,
    AttemptStatus,
    IntentStatus,
    IssueDecision,
    IssueStatus,
    SettledAs,
)
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows
from marketplace.shared.money import format_minor
from marketplace.shared.outbox import record
from marketplace.shared.states import move

PAYMENTS = Actor.system("payments")
TEXT_CHARS = 500


@transaction.atomic
def return_payment(*, attempt_id: UUID) -> None:
    """Money that came too late, or twice, goes back by itself. Raises NothingToRefund."""
    attempt = _locked_attempt(attempt_id)
    refund = refund_attempt(attempt_id=attempt.pk, actor=PAYMENTS)
    close_issues(
        attempt_id=attempt.pk,
        kinds=MONEY_HELD,
        decision=IssueDecision.REFUNDED,
        reason=f"goes back as {refund.reference}",
        actor=PAYMENTS,
    )


@transaction.atomic
def refund_issue(*, issue_id: UUID, reason: str, actor: Actor) -> PaymentIssue:
    """Give the money of an issue back to the wallet that sent it.

    Raises IssueNotFound, IssueClosed, ControlReasonMissing and NothingToRefund.
    """
    reason = _words(reason)
    issue, attempt = _locked(issue_id)
    if attempt is None or issue.kind not in MONEY_HELD:
        raise NothingToApply
    refund = refund_attempt(attempt_id=attempt.pk, actor=PAYMENTS)
    close_issue(issue, IssueDecision.REFUNDED, f"{refund.reference}: {reason}", actor)
    return issue


@transaction.atomic
def apply_issue(*, issue_id: UUID, order_reference: str, reason: str, actor: Actor) -> PaymentIssue:
    """Let the money of an issue pay an open order of the same buyer; what is over goes back.

    Raises IssueNotFound, IssueClosed, ControlReasonMissing, NothingToApply and OrderDoesNotFit.
    """
    reason = _words(reason)
    target = (
        Intent.objects.select_related("order")
        .filter(order__reference=order_reference.strip().upper())
        .first()
    )
    issue, attempt = _locked(issue_id, also=target.pk if target else None)
    if attempt is None or issue.kind not in MONEY_HELD or not _is_in_suspense(attempt):
        raise NothingToApply
    misfit = OrderDoesNotFit(most=format_minor(attempt.amount_minor))
    if target is None or target.order.buyer_id != attempt.intent.order.buyer_id:
        raise misfit
    target.refresh_from_db()
    if target.status != IntentStatus.OPEN or target.amount_minor > attempt.amount_minor:
        raise misfit
    if not mark_paid(order_id=target.order_id, actor=actor):
        raise misfit
    move(target, IntentStatus.PAID, INTENT_TRANSITIONS, actor=actor)
    surplus = attempt.amount_minor - target.amount_minor
    before = attempt.intent.reference
    Attempt.objects.filter(pk=attempt.pk).update(
        intent=target, is_applied=True, surplus_minor=surplus
    )
    event = record(
        PaymentApplied(attempt_id=attempt.pk, order_id=target.order_id, surplus_minor=surplus),
        actor=actor,
        before={"payment": before},
        after={"payment": target.reference, "surplus_minor": surplus},
    )
    taken = [Line(chart.SUSPENSE, target.amount_minor, attempt.reference)]
    lines = [*taken, *order_lines(target.order_id)]
    post(event=event, memo=f"Payment {attempt.reference} applied", lines=lines)
    said = f"{target.order.reference}: {reason}"
    if surplus:
        refund = refund_surplus(attempt_id=attempt.pk, actor=PAYMENTS)
        said = f"{said} ({refund.reference})"
    close_issue(issue, IssueDecision.APPLIED, said, actor)
    return issue


@transaction.atomic
def propose_settlement(
    *, issue_id: UUID, outcome: str, receipt: str, evidence: str, actor: Actor
) -> PaymentIssue:
    """Say what became of a payment that the provider does not tell of; a second person decides.

    Raises IssueNotFound, IssueClosed, NothingToApply and EvidenceMissing.
    """
    evidence = " ".join(evidence.split())[:TEXT_CHARS]
    receipt = receipt.strip().upper()[:40]
    if not evidence or (outcome == SettledAs.SUCCEEDED and not receipt):
        raise EvidenceMissing
    issue, attempt = _locked(issue_id)
    if attempt is None or issue.kind not in UNCERTAIN or attempt.status not in UNSETTLED:
        raise NothingToApply
    before = move(
        issue,
        IssueStatus.PROPOSED,
        ISSUE_TRANSITIONS,
        actor=actor,
        proposed_outcome=SettledAs(outcome),
        proposed_receipt=receipt if outcome == SettledAs.SUCCEEDED else "",
        evidence=evidence,
        proposed_by_id=actor.user_id,
    )
    record(
        IssueProposed(issue_id=issue.pk, kind=issue.kind, outcome=outcome),
        actor=actor,
        before={"status": before},
        after={"status": issue.status, "receipt": receipt, "evidence": evidence},
    )
    return issue


@transaction.atomic
def confirm_settlement(*, issue_id: UUID, actor: Actor) -> PaymentIssue:
    """A second person agrees: the payment is settled as proposed.

    Raises IssueNotFound, IssueClosed, NothingToApply and AnotherPersonNeeded.
    """
    issue, attempt = _locked(issue_id)
    if attempt is None or issue.status != IssueStatus.PROPOSED:
        raise NothingToApply
    if issue.proposed_by_id == actor.user_id:
        raise AnotherPersonNeeded
    close_issue(issue, IssueDecision.CONFIRMED, issue.evidence, actor)
    answer = Answer(
        Outcome.SUCCEEDED if issue.proposed_outcome == SettledAs.SUCCEEDED else Outcome.FAILED,
        code="two_people",
        message=f"settled by two people, {issue.reference}",
        receipt=issue.proposed_receipt,
        amount_minor=(
            issue.arrived_minor if issue.proposed_outcome == SettledAs.SUCCEEDED else None
        ),
    )
    settle_attempt(attempt_id=attempt.pk, answer=answer, actor=actor)
    return issue


@transaction.atomic
def send_settlement_back(*, issue_id: UUID, reason: str, actor: Actor) -> PaymentIssue:
    """A second person does not agree; it may be proposed again.

    Raises IssueNotFound, IssueClosed, NothingToApply, ControlReasonMissing and AnotherPersonNeeded.
    """
    reason = _words(reason)
    issue, _attempt = _locked(issue_id)
    if issue.status != IssueStatus.PROPOSED:
        raise NothingToApply
    if issue.proposed_by_id == actor.user_id:
        raise AnotherPersonNeeded
    move(issue, IssueStatus.OPEN, ISSUE_TRANSITIONS, actor=actor, proposed_by_id=None)
    record(
        IssueSentBack(issue_id=issue.pk, kind=issue.kind, reason=reason),
        actor=actor,
        before={"status": IssueStatus.PROPOSED},
        after={"status": issue.status},
    )
    return issue


@transaction.atomic
def note_issue(*, issue_id: UUID, reason: str, actor: Actor) -> PaymentIssue:
    """Close what needs no money moved: a forged message, a reversal that was seen.

    Raises IssueNotFound, IssueClosed, ControlReasonMissing, and NothingToApply while money waits.
    """
    reason = _words(reason)
    issue, attempt = _locked(issue_id)
    waits = attempt is not None and (
        _is_in_suspense(attempt) or (issue.kind in UNCERTAIN and attempt.status in UNSETTLED)
    )
    if waits:
        raise NothingToApply
    close_issue(issue, IssueDecision.NOTED, reason, actor)
    return issue


def _is_in_suspense(attempt: Attempt) -> bool:
    held = attempt.status == AttemptStatus.SUCCEEDED and not attempt.is_applied
    return held and not attempt.refunds.exclude(status="rejected").exists()


def _locked_attempt(attempt_id: UUID) -> Attempt:
    intent_id = Attempt.objects.values_list("intent_id", flat=True).get(pk=attempt_id)
    Intent.objects.select_for_update().get(pk=intent_id)
    return Attempt.objects.select_for_update(of=("self",)).get(pk=attempt_id)


def _locked(issue_id: UUID, also: UUID | None = None) -> tuple[PaymentIssue, Attempt | None]:
    """An open issue and its payment, both locked, and the payment of another order with them."""
    known = PaymentIssue.objects.select_related("attempt").filter(pk=issue_id).first()
    if known is None:
        raise IssueNotFound
    attempt = None
    if known.attempt is not None:
        wanted = {known.attempt.intent_id, *([also] if also else [])}
        list(lock_rows(Intent.objects.filter(pk__in=wanted)))
        attempt = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("intent__order")
            .get(pk=known.attempt.pk)
        )
    issue = PaymentIssue.objects.select_for_update(of=("self",)).get(pk=issue_id)
    if issue.status not in OPEN:
        raise IssueClosed
    return issue, attempt


def _words(reason: str) -> str:
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise ControlReasonMissing
    return reason
