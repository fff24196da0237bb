"""Reads of balances, earnings and payouts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Value

from marketplace.ledger import chart
from marketplace.ledger.queries import balances
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.states import PayoutStatus


@dataclass(frozen=True, slots=True)
class SellerBalance:
    """What we owe a seller, in minor units; available is negative after a late refund."""

    pending_minor: int
    available_minor: int
    on_hold_minor: int


def balance_of(*, seller_reference: str) -> SellerBalance:
    """Computed from the postings; one query."""
    accounts = (
        chart.seller_pending(seller_reference),
        chart.seller_available(seller_reference),
        chart.seller_on_hold(seller_reference),
    )
    found = balances(accounts=accounts)
    return SellerBalance(*(-found[account] for account in accounts))


def earnings_of(*, seller_id: UUID, status: str = "") -> QuerySet[Earning]:
    """A seller's earnings with their seller orders and payouts, newest first."""
    rows = Earning.objects.filter(seller_id=seller_id).select_related("seller_order", "payout")
    return (rows.filter(status=status) if status else rows).order_by("-id")


def payouts_of(*, seller_id: UUID) -> QuerySet[Payout]:
    """A seller's payouts with their lines, newest first."""
    rows = Payout.objects.filter(seller_id=seller_id).select_related("batch")
    return rows.prefetch_related("lines").order_by("-id")


def get_payout(payout_id: UUID) -> Payout:
    """By id, with its seller."""
    return Payout.objects.select_related("seller", "batch").get(pk=payout_id)


def paid_movements(*, provider: str) -> "QuerySet[Any, tuple[Any, ...]]":
    """Payouts that arrived, with the columns of `payments.queries.settled_movements`."""
    rows = Payout.objects.filter(
        provider=provider, status=PayoutStatus.PAID, settled_at__isnull=False
    )
    return rows.values_list(
        Value("payout"), "reference", "receipt", 0 - F("amount_minor"), "settled_at", "msisdn",
        Value(""), Value(True),
    )  # fmt: skip


def dashed(reference: str) -> str:
    """Our reference again from the provider's form of it: `PO7K3M9QX2` is `PO-7K3M9QX2`."""
    return f"PO-{reference.removeprefix('PO').lstrip('-')}"
