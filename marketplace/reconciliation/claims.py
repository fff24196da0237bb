"""What waiting lines say of payments, refunds and payouts of ours that our books know otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from marketplace.payments.commands import DOUBT
from marketplace.payments.gateways import wire
from marketplace.payments.queries import payments_named, refunds_in_doubt
from marketplace.payouts.queries import paid_payouts_named, payouts_in_doubt
from marketplace.reconciliation.models import Match, Statement, StatementLine
from marketplace.reconciliation.policies import SAFETY_MARGIN
from marketplace.reconciliation.proofs import is_told
from marketplace.reconciliation.rules import our_reference_in
from marketplace.reconciliation.states import (
    ExceptionKind,
    ExceptionStatus,
    LineState,
    StatementStatus,
    TargetKind,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor

REVERSALS_MAX = 200
# What lines wait as whose movement our books do not know yet.
HAS_AN_ANSWER = {"failed", "requested"}
UNKNOWN_TO_US = (ExceptionKind.REVERSED, ExceptionKind.MISSING_IN_BOOKS)


@dataclass(frozen=True, slots=True)
class Claim:
    """A refund or a payout, what a line says of it, and who says so: whoever brought the file."""

    target_id: UUID
    receipt: str
    words: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Absence:
    """A refund of which nobody knows, and that no statement shows."""

    refund_id: UUID
    provider: str
    since: datetime
    until: datetime


def claimed_reversals(*, statement_id: UUID) -> list[UUID]:
    """Payments that outgoing lines of a statement take back without our books knowing why."""
    lines = StatementLine.objects.filter(
        statement_id=statement_id, state=LineState.EXCEPTION, amount_minor__lt=0
    )[:REVERSALS_MAX]
    if not lines:
        return []
    return payments_named(
        provider=lines[0].provider,
        receipts={line.linked_receipt for line in lines},
        references=filter(None, {_named_by(line) for line in lines}),
    )


def claimed_returns() -> list[Claim]:
    """Paid payouts whose whole amount a waiting line sends back, the newest lines first."""
    lines = _waiting(ExceptionKind.REVERSED).filter(amount_minor__gt=0)
    return [
        _claim(payout.pk, line)
        for line in lines.order_by("-pk")[:REVERSALS_MAX]
        for payout in paid_payouts_named(
            provider=line.provider,
            receipts=[line.linked_receipt],
            references=filter(None, [_named_by(line)]),
        )
        if payout.amount_minor == line.amount_minor
    ]


def claimed_payouts() -> list[Claim]:
    """Payouts of unknown fate that a waiting line names, with their amount."""
    doubtful = {(p.provider, wire(p.reference), p.amount_minor): p.pk for p in payouts_in_doubt()}
    lines = _outgoing({amount_minor for _provider, _name, amount_minor in doubtful})
    return [
        _claim(payout_id, line)
        for line in lines
        if (payout_id := doubtful.get((line.provider, _named_by(line), -line.amount_minor)))
    ]


def claimed_refunds() -> list[Claim]:
    """Refunds in doubt that a waiting line shows to have left us.

    A line names the refund; or it gives back the payment, and one refund only of that payment and
    amount is without an answer.
    """
    doubtful = list(refunds_in_doubt())
    named = {(r.attempt.provider, wire(r.reference), r.amount_minor): r.pk for r in doubtful}
    by_payment: dict[tuple[str, str, int], list[UUID]] = {}
    for refund in doubtful:
        if refund.status in HAS_AN_ANSWER:
            continue
        for name in filter(None, (refund.attempt.receipt.upper(), wire(refund.attempt.reference))):
            key = (refund.attempt.provider, name, refund.amount_minor)
            by_payment.setdefault(key, []).append(refund.pk)
    claims = {}
    for line in _outgoing({refund.amount_minor for refund in doubtful}):
        amount_minor = -line.amount_minor
        found = named.get((line.provider, _named_by(line), amount_minor))
        for name in (line.linked_receipt.upper(), _named_by(line)):
            alike = by_payment.get((line.provider, name, amount_minor), [])
            found = found or (alike[0] if len(alike) == 1 else None)
        if found and found not in claims:
            claims[found] = _claim(found, line)
    return list(claims.values())


def refunds_not_shown() -> Iterator[Absence]:
    """Refunds without an answer whose statements tell of all the time from before their last try until
    DOUBT after it, and have no line that could be theirs.

    Not by statements that the person brought who asked for the refund: they could send it again.
    """
    for refund in refunds_in_doubt():
        if refund.status in HAS_AN_ANSWER or refund.sent_at is None:
            continue
        since, until = refund.sent_at - SAFETY_MARGIN, refund.sent_at + DOUBT
        provider = refund.attempt.provider
        if until > clock.now() or not is_told(provider=provider, since=since, until=until):
            continue
        could_be_it = StatementLine.objects.filter(
            provider=provider, completed_at__gte=since, amount_minor=-refund.amount_minor
        ).exclude(state=LineState.MATCHED)
        if could_be_it.exists() or _brought_by(refund.requested_by_id, provider, since, until):
            continue
        yield Absence(refund.pk, provider, since, until)


def shown_receipts() -> dict[str, str]:
    """Payments that a waiting line takes back by a receipt that we know from statements only: their
    reference → that receipt."""
    lines = _waiting(*UNKNOWN_TO_US).filter(amount_minor__lt=0).exclude(linked_receipt="")
    named = dict(lines.order_by("-pk").values_list("linked_receipt", "provider")[:REVERSALS_MAX])
    matches = Match.objects.filter(
        line__receipt__in=named, line__amount_minor__gt=0, target_kind=TargetKind.ATTEMPT
    ).exclude(target_reference="")
    found = matches.values_list("target_reference", "line__receipt", "line__provider")
    return {
        reference: receipt for reference, receipt, provider in found if named[receipt] == provider
    }


def _waiting(*kinds: ExceptionKind) -> QuerySet[StatementLine]:
    return StatementLine.objects.filter(
        state=LineState.EXCEPTION,
        exceptions__kind__in=kinds,
        exceptions__status=ExceptionStatus.OPEN,
    ).select_related("statement__uploaded_by")


def _outgoing(amounts_minor: set[int]) -> QuerySet[StatementLine]:
    """Waiting lines of one of these amounts, oldest first."""
    rows = _waiting(*UNKNOWN_TO_US).filter(amount_minor__in=[-each for each in amounts_minor])
    return rows.order_by("pk")


def _named_by(line: StatementLine) -> str:
    return our_reference_in(line.third_party_id, line.details)


def _brought_by(user_id: UUID | None, provider: str, since: datetime, until: datetime) -> bool:
    return (
        user_id is not None
        and Statement.objects.filter(
            provider=provider,
            status=StatementStatus.IMPORTED,
            uploaded_by_id=user_id,
            period_end__gte=since,
            period_start__lte=until,
        ).exists()
    )


def _claim(target_id: UUID, line: StatementLine) -> Claim:
    statement, actor = line.statement, Actor.provider(line.provider)
    if statement.uploaded_by is not None:
        actor = Actor.staff(statement.uploaded_by.pk, statement.uploaded_by.name)
    words = f"{statement.reference}, line {line.line_number}: {line.details}"
    return Claim(target_id, line.receipt, words, actor)
