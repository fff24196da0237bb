"""Reads of payments, for buyers, the console and reconciliation."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from marketplace.payments.errors import PaymentNotFound
from marketplace.payments.gateways import gateway
from marketplace.payments.models import Attempt, Chargeback, Intent, PaymentIssue, Refund
from marketplace.payments.ports import ParsedStatement
from marketplace.payments.states import (
    AttemptStatus,
    ChargebackStatus,
    IssueKind,
    IssueStatus,
    PaidFrom,
    RefundStatus,
)
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.ids import REFERENCE_CHARS

# What these ask for by themselves may need a second person; the system's refunds follow a rule.
PEOPLE = {ActorKind.STAFF, ActorKind.SELLER, ActorKind.BUYER}
# Somebody's money or order waits.
ISSUE_DUE = timedelta(days=1)


def get_intent(*, reference: str, buyer_id: UUID | None = None) -> Intent:
    """With its order and attempts; with `buyer_id` only their own. Raises PaymentNotFound."""
    rows = Intent.objects.filter(reference=reference)
    if buyer_id is not None:
        rows = rows.filter(order__buyer_id=buyer_id)
    return _one(rows)


def intent_of(*, order_id: UUID) -> Intent:
    """The payment of an order. Raises PaymentNotFound."""
    return _one(Intent.objects.filter(order_id=order_id))


def attempts_of(*, order_id: UUID) -> QuerySet[Attempt]:
    """All tries to charge an order, newest first."""
    return Attempt.objects.filter(intent__order_id=order_id).order_by("-id")


def get_attempt(attempt_id: UUID) -> Attempt:
    """By id, with its payment."""
    return Attempt.objects.select_related("intent__order").get(pk=attempt_id)


def payments_named(
    *, provider: str, receipts: Iterable[str], references: Iterable[str]
) -> list[UUID]:
    """Payments that hold money, by the provider's receipt or our reference (`wire`), oldest first."""
    dashed = [f"{r[:3]}-{r[3 : 3 + REFERENCE_CHARS]}" for r in references]
    rows = Attempt.objects.filter(
        Q(receipt__in=[receipt for receipt in receipts if receipt]) | Q(reference__in=dashed),
        provider=provider,
        status=AttemptStatus.SUCCEEDED,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def chargeback_of(*, seller_order_id: UUID) -> Chargeback | None:
    """What the provider took back of a seller order whose goods had left, with its payment."""
    rows = Chargeback.objects.select_related("attempt")
    return rows.filter(seller_order_id=seller_order_id).first()


def chargebacks_of(*, attempt_id: UUID) -> list[Chargeback]:
    """The same of all seller orders of a payment, oldest first."""
    return list(Chargeback.objects.filter(attempt_id=attempt_id).order_by("pk"))


def open_chargebacks(*, seller_ids: Collection[UUID] | None = None) -> dict[str, str]:
    """What providers took back and nobody bears yet, of all sellers or of these: a seller order's
    reference, and its seller's. Booked in the reversal's own transaction, before anybody is told."""
    rows = Chargeback.objects.filter(status=ChargebackStatus.OPEN)
    if seller_ids is not None:
        rows = rows.filter(seller_order__seller_id__in=seller_ids)
    return dict(rows.values_list("seller_order__reference", "seller_order__seller__reference"))


def refunds_of(*, order_id: UUID) -> QuerySet[Refund]:
    """All refunds of an order, newest first."""
    rows = Refund.objects.filter(attempt__intent__order_id=order_id)
    return rows.select_related("attempt").prefetch_related("parts").order_by("-id")


def refund_named(*, reference: str) -> Refund:
    """By reference."""
    return Refund.objects.get(reference=reference)


def get_refund(refund_id: UUID) -> Refund:
    """By id, with what it gives back."""
    return Refund.objects.select_related("attempt__intent__order").get(pk=refund_id)


def exceeds_approval(attempt: Attempt, amount_minor: int, actor: Actor) -> bool:
    """What a person asks for above the threshold; many small ones count together."""
    if actor.kind not in PEOPLE:
        return False
    unapproved = Refund.objects.filter(
        attempt=attempt, requested_by__isnull=False, decided_by=None
    ).exclude(status=RefundStatus.PROPOSED)
    asked_minor: int = unapproved.aggregate(total=Sum("amount_minor", default=0))["total"]
    return asked_minor + amount_minor > value_of(RuleName.REFUND_APPROVAL)


def needs_second_person(*, order_id: UUID, amount_minor: int, actor: Actor) -> bool:
    """Whether such a refund of an order, asked for now, would wait for a second person."""
    paid = Attempt.objects.filter(intent__order_id=order_id, is_applied=True).first()
    return paid is not None and exceeds_approval(paid, amount_minor, actor)


def settled_movements(*, provider: str) -> "list[QuerySet[Any, tuple[Any, ...]]]":
    """All that our books say the provider moved, as queries: whole statements are joined with them.

    Columns: kind, reference, provider's receipt, amount in minor units (negative where money left),
    time, wallet number, receipt of the payment that it gives back (""), and whether the provider's
    statement must show it. What the provider took back by itself is known by its payment's
    reference, and is not expected: the statement is what may explain it.
    """
    payments = Attempt.objects.filter(
        provider=provider,
        status__in=[AttemptStatus.SUCCEEDED, AttemptStatus.REVERSED],
        settled_at__isnull=False,
    )
    # What was paid by hand from our bank never touched the provider's wallet.
    refunds = Refund.objects.filter(
        attempt__provider=provider, status=RefundStatus.SUCCEEDED, settled_at__isnull=False
    ).exclude(evidence__paid_from=PaidFrom.BANK)
    given_back = Sum("refunds__amount_minor", filter=Q(refunds__status=RefundStatus.SUCCEEDED))
    taken_back = Attempt.objects.filter(
        provider=provider, status=AttemptStatus.REVERSED, settled_at__isnull=False
    )
    return [
        payments.values_list(
            Value("attempt"), "reference", "receipt", "amount_minor", "settled_at", "msisdn",
            Value(""), Value(True),
        ),
        refunds.values_list(
            Value("refund"), "reference", "receipt", 0 - F("amount_minor"), "settled_at",
            "attempt__msisdn", "attempt__receipt", Value(True),
        ),
        taken_back.values_list(
            Value("refund"), "reference", Value(""), Coalesce(given_back, 0) - F("amount_minor"),
            "settled_at", "msisdn", "receipt", Value(False),
        ),
    ]  # fmt: skip


def parse_statement(*, provider: str, file: BinaryIO) -> ParsedStatement:
    """Read a provider's statement file, row by row. Raises StatementUnreadable and ProviderUnknown."""
    return gateway(provider).parse_statement(file=file)


def _one(rows: QuerySet[Intent]) -> Intent:
    intent = rows.select_related("order").prefetch_related("attempts").first()
    if intent is None:
        raise PaymentNotFound
    return intent


def unfinished_refunds(*, before: datetime) -> QuerySet[Refund]:
    """Asked for before that instant and neither paid back nor rejected, oldest first."""
    finished = [RefundStatus.SUCCEEDED, RefundStatus.REJECTED]
    rows = Refund.objects.filter(created_at__lt=before).exclude(status__in=finished)
    return rows.order_by("created_at", "pk")


def refunds_in_doubt() -> QuerySet[Refund]:
    """Sent, and not known to be paid back: without an answer, or refused, which need not be true, or
    about to be sent again.

    With their payments, oldest first.
    """
    doubtful = [
        RefundStatus.SENT,
        RefundStatus.UNKNOWN,
        RefundStatus.FAILED,
        RefundStatus.REQUESTED,
    ]
    rows = Refund.objects.filter(status__in=doubtful, sent_at__isnull=False)
    return (
        rows.exclude(attempt__status=AttemptStatus.REVERSED)
        .select_related("attempt")
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class IssuesAtDesk:
    """Open payment issues: how many, how many for longer than `ISSUE_DUE`, since when the oldest."""

    count: int
    late: int
    oldest_at: datetime | None


def issues_at_desk(*, now: datetime) -> IssuesAtDesk:
    """What the payment desk has not closed; one query."""
    rows = PaymentIssue.objects.exclude(status=IssueStatus.CLOSED)
    late = Q(opened_at__lt=now - ISSUE_DUE)
    found = rows.aggregate(
        count=Count("pk"), late=Count("pk", filter=late), oldest=Min("opened_at")
    )
    return IssuesAtDesk(found["count"], found["late"], found["oldest"])


def open_orphans(*, provider: str) -> dict[UUID, str]:
    """Open issues of messages about payments that nobody knew, with the receipts that they named."""
    rows = PaymentIssue.objects.filter(
        provider=provider, kind=IssueKind.ORPHAN, status=IssueStatus.OPEN
    ).exclude(receipt="")
    return dict(rows.values_list("pk", "receipt"))


def open_issues(*, before: datetime) -> QuerySet[PaymentIssue]:
    """What came to the payment desk before that instant and is not closed, oldest first."""
    rows = PaymentIssue.objects.filter(opened_at__lt=before).exclude(status=IssueStatus.CLOSED)
    return rows.order_by("opened_at", "pk")
