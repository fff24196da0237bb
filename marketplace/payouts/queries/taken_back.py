"""Money that is not paid out as somebody took back what it was earned by.

The dispute's case freezes such an earning, by the delivery of an event; until then, and whatever
becomes of the delivery, the claim itself keeps it here: it is booked with the reversal.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from marketplace.ledger import chart
from marketplace.ledger.queries import family_by_reference, totals_by_reference
from marketplace.payments.queries import open_chargebacks
from marketplace.payouts.models import Payout, PayoutLine
from marketplace.payouts.states import TakenBackBy

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


@dataclass(frozen=True, slots=True)
class Loss:
    """What an approved payout must not pay of one of its lines any more; minor units."""

    line: PayoutLine
    amount_minor: int
    by: TakenBackBy


def losses_of(payout: Payout) -> list[Loss]:
    """What was taken back of an approved payout's lines since; for whoever holds the balance lock.

    All of what a provider took back: its claim says where the money has to lie. Of what was given
    back to the buyer, by a refund or a decision, as much as the seller order owes by now: the
    approval left nothing of it on the seller's balance. Three queries.
    """
    lines = list(payout.lines.filter(amount_minor__gt=0).order_by("pk"))
    claimed = open_chargebacks(seller_ids=[payout.seller_id])
    owed = totals_by_reference(
        account=chart.seller_available(payout.seller.reference),
        references=[line.seller_order_reference for line in lines],
    )
    losses = []
    for line in lines:
        if line.seller_order_reference in claimed:
            losses.append(Loss(line, line.amount_minor, TakenBackBy.PROVIDER))
        elif (debt := owed.get(line.seller_order_reference, 0)) > 0:
            losses.append(Loss(line, min(debt, line.amount_minor), TakenBackBy.BUYER))
    return losses


def taken_back_of(payout: Payout) -> list[str]:
    """The seller orders that a payout pays and whose payment a provider took back since."""
    paid = payout.lines.filter(amount_minor__gt=0)
    mine = set(paid.values_list("seller_order_reference", flat=True))
    return sorted(mine & open_chargebacks(seller_ids=[payout.seller_id]).keys())
