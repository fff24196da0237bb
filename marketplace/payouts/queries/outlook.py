"""What a seller has and when they are paid next: one answer for the console and the API."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum

from marketplace.payouts.models import PayoutRun
from marketplace.payouts.queries.balances import SellerBalance, balance_of, reserves_of
from marketplace.payouts.queries.prospects import Prospect, prospects
from marketplace.shared import clock


@dataclass(frozen=True, slots=True)
class Outlook:
    """Amounts in minor units; `next_payout_on` is None for who is paid by hand."""

    balance: SellerBalance
    in_reserve_minor: int
    prospect: Prospect
    next_payout_on: date | None


def outlook_of(*, seller_id: UUID) -> Outlook:
    """Of a seller that exists; a bounded number of queries."""
    (prospect,) = prospects(seller_ids=[seller_id])
    kept = reserves_of(seller_id=seller_id).aggregate(total=Sum("left_minor", default=0))
    return Outlook(
        balance_of(seller_reference=prospect.reference),
        kept["total"],
        prospect,
        prospect.terms.next_due(since=next_run_day()),
    )


def next_run_day() -> date:
    """Today, until today's run has been."""
    today = clock.today()
    return today + timedelta(days=PayoutRun.objects.filter(day__gte=today).exists())
