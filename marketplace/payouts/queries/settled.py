"""Payouts as sellers, messages and reconciliation look for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value

from marketplace.payouts.models import Payout, TopUp
from marketplace.payouts.states import OPEN_PAYOUT, PayoutStatus, TopUpStatus


def payouts_of(*, seller_id: UUID) -> QuerySet[Payout]:
    """A seller's payouts with their lines, newest first."""
    rows = Payout.objects.filter(seller_id=seller_id).select_related("batch")
    return rows.prefetch_related("lines").order_by("-id")


def get_payout(payout_id: UUID) -> Payout:
    """By id, with its seller."""
    return Payout.objects.select_related("seller", "batch").get(pk=payout_id)


def paid_movements(*, provider: str) -> "list[QuerySet[Any, tuple[Any, ...]]]":
    """Payouts that left the wallet, those that came back, and what we sent from the bank, with the
    columns of `payments.queries.settled_movements`.

    What came back did leave. The provider's statement must show its way back too, as a line of its
    own that names the payout or its receipt.
    """
    left = [PayoutStatus.PAID, PayoutStatus.RETURNED]
    rows = Payout.objects.filter(provider=provider, status__in=left, settled_at__isnull=False)
    return [
        rows.values_list(
            Value("payout"), "reference", "receipt", 0 - F("amount_minor"), "settled_at", "msisdn",
            Value(""), Value(True),
        ),
        rows.filter(status=PayoutStatus.RETURNED).values_list(
            Value("returned"), "reference", Value(""), "amount_minor", "returned_at", "msisdn",
            "receipt", Value(True),
        ),
        TopUp.objects.filter(provider=provider, status=TopUpStatus.APPROVED).values_list(
            Value("top_up"), "reference", Value(""), "amount_minor", "decided_at", Value(""),
            Value(""), Value(True),
        ),
    ]  # fmt: skip


def paid_payouts_named(
    *, provider: str, receipts: Iterable[str], references: Iterable[str]
) -> list[Payout]:
    """Payouts that read paid, by the provider's receipt or by our reference as it knows it."""
    rows = Payout.objects.filter(
        Q(receipt__in=[receipt for receipt in receipts if receipt])
        | Q(reference__in=[dashed(reference) for reference in references]),
        provider=provider,
        status=PayoutStatus.PAID,
    )
    return list(rows.order_by("pk"))


def payouts_in_doubt() -> QuerySet[Payout]:
    """Sent, and nobody has said what became of them; oldest first."""
    return Payout.objects.filter(status__in=[PayoutStatus.SENT, PayoutStatus.UNKNOWN]).order_by(
        "pk"
    )


def unfinished_payouts(*, before: datetime) -> QuerySet[Payout]:
    """Prepared before that instant, and waiting, on their way or of unknown fate; oldest first.

    A payout that failed or came back is the seller's balance again.
    """
    rows = Payout.objects.filter(created_at__lt=before, status__in=OPEN_PAYOUT)
    return rows.order_by("created_at", "pk")


def dashed(reference: str) -> str:
    """Our reference again from the provider's form of it: `PO7K3M9QX2` is `PO-7K3M9QX2`."""
    return f"PO-{reference.removeprefix('PO').lstrip('-')}"
