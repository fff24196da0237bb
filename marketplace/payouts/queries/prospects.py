"""Who would be paid now, how much, and who would not and why: the preview and the batch ask this."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.formats import date_format

from marketplace.ledger import chart
from marketplace.ledger.queries import balances, balances_by_prefix
from marketplace.payouts.calendar import Terms
from marketplace.payouts.models import Hold, Payout, PayoutTerms, WalletCheck
from marketplace.payouts.queries.taken_back import kept_back
from marketplace.payouts.states import (
    CONFIRMED,
    OPEN_PAYOUT,
    Frequency,
    HoldKind,
    Obstacle,
    RiskTier,
)
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.sellers.queries import (
    Wallet,
    payout_wallets,
    seller_cards,
    sellers_by_reference,
)
from marketplace.sellers.states import SellerStatus
from marketplace.shared import clock

AVAILABLE = chart.seller_available("")
_OF_STATUS = {SellerStatus.CLOSED: Obstacle.CLOSED, SellerStatus.SUSPENDED: Obstacle.SUSPENDED}


@dataclass(frozen=True, slots=True)
class Blocked:
    """One reason why a seller is not paid; `detail` says more where there is more to say."""

    obstacle: Obstacle
    detail: Any = ""

    def __str__(self) -> str:
        return f"{self.obstacle.label}: {self.detail}" if self.detail else str(self.obstacle.label)


@dataclass(frozen=True, slots=True)
class Prospect:
    """A seller with money. `amount_minor` is what is available and no provider took back; paid when
    nothing blocks it."""

    seller_id: UUID
    reference: str
    name: str
    amount_minor: int
    wallet: Wallet
    terms: Terms
    blocked: list[Blocked] = field(default_factory=list)

    @property
    def is_payable(self) -> bool:
        return not self.blocked


def prospects(*, seller_ids: Collection[UUID] | None = None) -> list[Prospect]:
    """Sellers with available money (also negative), or held as a whole, in the order of their
    references; of the named ones only, where they are named. A bounded number of queries."""
    amounts = _amounts(seller_ids)
    cards = sellers_by_reference(references=amounts)
    ids = [card.id for card in cards.values()]
    terms, wallets, blocked = terms_of(ids), payout_wallets(ids), obstacles_of(ids)
    found = []
    for reference in sorted(cards):
        card = cards[reference]
        mine, amount = terms[card.id], amounts[reference]
        reasons = blocked[card.id]
        if amount < mine.minimum_minor:
            reasons = [*reasons, Blocked(Obstacle.BELOW_MINIMUM)]
        found.append(
            Prospect(card.id, reference, card.name, amount, wallets[card.id], mine, reasons)
        )
    return found


def obstacles_of(
    ids: Collection[UUID], *, beside_open_payouts: bool = False
) -> dict[UUID, list[Blocked]]:
    """What stands between each seller and any payout, whatever its amount; five queries."""
    now = clock.now()
    cards, wallets = seller_cards(ids), payout_wallets(ids)
    checks = {one.seller_id: one for one in _current_checks(ids)}
    holds: dict[UUID, list[str]] = {}
    for hold in Hold.objects.filter(
        seller_id__in=ids, earning__isnull=True, freed_at__isnull=True
    ).order_by("pk"):
        label = HoldKind(hold.kind).label
        holds.setdefault(hold.seller_id, []).append(f"{label} ({hold.reason})")
    busy = set(
        Payout.objects.filter(status__in=OPEN_PAYOUT, seller_id__in=ids).values_list(
            "seller_id", flat=True
        )
    )
    found: dict[UUID, list[Blocked]] = {}
    for seller_id in ids:
        card, wallet = cards[seller_id], wallets[seller_id]
        reasons = found.setdefault(seller_id, [])
        if card.status in _OF_STATUS:
            reasons.append(Blocked(_OF_STATUS[SellerStatus(card.status)]))
        if seller_id in holds:
            reasons.append(Blocked(Obstacle.HELD, ", ".join(holds[seller_id])))
        reasons += _of_wallet(wallet, checks.get(seller_id))
        if wallet.rests_until is not None and wallet.rests_until > now:
            until = wallet.rests_until.astimezone(clock.EAT)
            reasons.append(Blocked(Obstacle.COOLING_OFF, date_format(until, "j M Y, H:i")))
        if seller_id in busy and not beside_open_payouts:
            reasons.append(Blocked(Obstacle.OPEN_PAYOUT))
    return found


def terms_of(ids: Collection[UUID]) -> dict[UUID, Terms]:
    """What was agreed with each seller, else what holds for all; one query."""
    agreed = {row.seller_id: row for row in PayoutTerms.objects.filter(seller_id__in=ids)}
    least = value_of(RuleName.MINIMUM_PAYOUT)
    return {
        seller_id: Terms(
            RiskTier(row.tier),
            Frequency(row.frequency),
            row.weekday,
            row.month_day,
            row.minimum_minor or least,
        )
        for seller_id in ids
        for row in [agreed.get(seller_id, usual_terms())]
    }


def usual_terms() -> PayoutTerms:
    """Of whoever agreed nothing with us. Not saved."""
    return PayoutTerms(weekday=settings.PAYOUT_WEEKDAY)


def current_check(*, seller_id: UUID) -> WalletCheck | None:
    """Of the wallet that the seller has now; None where it was not opened yet."""
    return next(iter(_current_checks([seller_id])), None)


def _current_checks(ids: Collection[UUID]) -> list[WalletCheck]:
    return list(WalletCheck.objects.filter(seller_id__in=ids, is_current=True))


def _of_wallet(wallet: Wallet, check: WalletCheck | None) -> list[Blocked]:
    if not wallet.msisdn or wallet.provider not in settings.PAYMENT_PROVIDERS:
        return [Blocked(Obstacle.NO_WALLET)]
    if check is None or (check.provider, check.msisdn, check.name) != (
        wallet.provider,
        wallet.msisdn,
        wallet.name,
    ):
        return [Blocked(Obstacle.NAME)]
    if check.status not in CONFIRMED:
        return [Blocked(Obstacle.NAME, check.get_status_display())]
    return []


def _amounts(seller_ids: Collection[UUID] | None) -> dict[str, int]:
    """Available by seller's reference, as a credit, without what a provider took back."""
    kept = {seller: sum(of.values()) for seller, of in kept_back(seller_ids=seller_ids).items()}
    if seller_ids is None:
        totals = balances_by_prefix(prefix=AVAILABLE)
        held = Hold.objects.filter(earning__isnull=True, freed_at__isnull=True)
        owed = {code.removeprefix(AVAILABLE): -total for code, total in totals.items() if total}
        cards = seller_cards(held.values_list("seller_id", flat=True)).values()
        owed = {card.reference: 0 for card in cards} | owed
    else:
        cards = seller_cards(seller_ids).values()
        totals = balances(accounts=[chart.seller_available(card.reference) for card in cards])
        owed = {card.reference: -totals[AVAILABLE + card.reference] for card in cards}
    return {seller: amount - kept.get(seller, 0) for seller, amount in owed.items()}
