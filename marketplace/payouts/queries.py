"""Reads of balances, earnings and payouts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.ledger import chart
from marketplace.ledger.queries import balances
from marketplace.payments.queries import Settled
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


def paid_by_receipts(*, provider: str, receipts: Iterable[str]) -> list[Settled]:
    """Payouts with one of these provider receipts."""
    wanted = {receipt for receipt in receipts if receipt}
    # Of a long list PostgreSQL does not see that no receipt is empty; told so, it uses the index.
    return _paid(provider, Q(receipt__in=wanted) & ~Q(receipt=""))


def paid_by_references(*, provider: str, references: Iterable[str]) -> list[Settled]:
    """Payouts that the provider knows by one of these references (letters and digits only)."""
    return _paid(provider, Q(reference__in=[dashed(reference) for reference in references]))


def paid_between(*, provider: str, since: datetime, until: datetime) -> list[Settled]:
    """Payouts settled in [since, until)."""
    return _paid(provider, Q(settled_at__gte=since, settled_at__lt=until))


def dashed(reference: str) -> str:
    """Our reference again from the provider's form of it: `PO7K3M9QX2` is `PO-7K3M9QX2`."""
    return f"PO-{reference.removeprefix('PO').lstrip('-')}"


def _paid(provider: str, which: Q) -> list[Settled]:
    rows = Payout.objects.filter(which, provider=provider, status=PayoutStatus.PAID)
    return [
        Settled("payout", row.reference, row.receipt, -row.amount_minor, row.settled_at, row.msisdn)
        for row in rows
        if row.settled_at is not None
    ]
