"""Who bears a refund: the seller's net, our commission and its VAT, in proportion to what remains."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db.models import Sum

from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.payments.models import Refund, RefundPart
from marketplace.shared.money import allocate


class Part(Protocol):
    """What we need of a seller order."""

    pk: UUID

    @property
    def net_minor(self) -> int: ...
    @property
    def commission_minor(self) -> int: ...
    @property
    def commission_vat_minor(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Shares:
    """Minor units; the amount is the sum of the three."""

    seller_minor: int
    commission_minor: int
    commission_vat_minor: int

    @property
    def amount_minor(self) -> int:
        return self.seller_minor + self.commission_minor + self.commission_vat_minor


def remaining_shares(part: Part) -> Shares:
    """What of a seller order can still be given back; failed refunds still owe their money."""
    given = RefundPart.objects.filter(seller_order_id=part.pk).aggregate(
        seller=Sum("seller_minor", default=0),
        commission=Sum("commission_minor", default=0),
        vat=Sum("commission_vat_minor", default=0),
    )
    return Shares(
        part.net_minor - given["seller"],
        part.commission_minor - given["commission"],
        part.commission_vat_minor - given["vat"],
    )


def owed_by(refund: Refund) -> list[tuple[str, int]]:
    """(what it belongs to in the ledger, amount): its seller orders, else the payment itself."""
    parts = list(refund.parts.values_list("seller_order__reference", "amount_minor"))
    return parts or [(refund.attempt.reference, refund.amount_minor)]


def split(amount_minor: int, left: Shares) -> Shares:
    """Share an amount out over what remains: no share exceeds its remainder, none is lost."""
    return Shares(
        *allocate(
            amount_minor, [left.seller_minor, left.commission_minor, left.commission_vat_minor]
        )
    )


def seller_account(seller_reference: str, part_reference: str, amount_minor: int) -> str:
    """Where the seller's money of this seller order lies now.

    What was paid out already is taken from the available balance, which may go below zero: the
    next payouts make up for it. The caller holds the seller's balance lock.
    """
    for account in (chart.seller_on_hold(seller_reference), chart.seller_pending(seller_reference)):
        if amount_minor and -balance(account=account, reference=part_reference) >= amount_minor:
            return account
    return chart.seller_available(seller_reference)
