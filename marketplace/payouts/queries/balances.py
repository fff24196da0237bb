"""What a seller has: by account, line by line, and what holds it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from marketplace.ledger import chart
from marketplace.ledger.queries import balances
from marketplace.payouts.models import Earning, Hold, Reserve


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
    """A seller's earnings with seller orders, payouts, reserves and open holds, newest first."""
    rows = Earning.objects.filter(seller_id=seller_id)
    rows = rows.select_related("seller_order", "payout", "reserve").prefetch_related(
        Prefetch("holds", Hold.objects.filter(freed_at__isnull=True).order_by("pk"), "open_holds")
    )
    return (rows.filter(status=status) if status else rows).order_by("-id")


def holds_of(*, seller_id: UUID) -> list[Hold]:
    """The open holds of the whole seller, oldest first; those of single earnings stand with these."""
    rows = Hold.objects.filter(seller_id=seller_id, earning__isnull=True, freed_at__isnull=True)
    return list(rows.order_by("pk"))


def reserves_of(*, seller_id: UUID) -> QuerySet[Reserve]:
    """What is in reserve, the next to be free first."""
    rows = Reserve.objects.filter(earning__seller_id=seller_id, released_at__isnull=True)
    return rows.select_related("earning__seller_order").order_by("release_at", "pk")
