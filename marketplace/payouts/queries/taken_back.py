"""Money that is not paid out as a provider took back what it was earned by.

The dispute's case freezes such an earning, by the delivery of an event; until then, and whatever
becomes of the delivery, the claim itself keeps it here: it is booked with the reversal.
"""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from marketplace.ledger import chart
from marketplace.ledger.queries import family_by_reference
from marketplace.payments.queries import open_chargebacks
from marketplace.payouts.models import Payout

AVAILABLE = chart.seller_available("")


def kept_back(*, seller_ids: Collection[UUID] | None = None) -> dict[str, dict[str, int]]:
    """What is available and yet not payable, in minor units, by seller's and seller order's reference.

    Debts stay where they are: what a seller owes is netted, whoever took what back. Two queries.
    """
    owners = open_chargebacks(seller_ids=seller_ids)
    if not owners:
        return {}
    totals = family_by_reference(prefix=AVAILABLE, references=owners)
    kept: dict[str, dict[str, int]] = defaultdict(dict)
    for (account, reference), total in totals.items():
        if total < 0:
            kept[account.removeprefix(AVAILABLE)][reference] = -total
    return dict(kept)


def taken_back_of(payout: Payout) -> list[str]:
    """The seller orders that a payout pays and whose payment a provider took back since."""
    paid = payout.lines.filter(amount_minor__gt=0)
    mine = set(paid.values_list("seller_order_reference", flat=True))
    return sorted(mine & open_chargebacks(seller_ids=[payout.seller_id]).keys())
