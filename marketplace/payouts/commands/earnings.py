"""A seller order's money on its way: pending, available, held, or gone back to the buyer.

Whoever moves it between a seller's accounts holds that seller's balance lock; the amounts are the
ledger's, by seller order, so that refunds in between are never paid out.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balance
from marketplace.orders.queries import parts_of
from marketplace.payouts.events import EarningHeld, EarningOpened, EarningReleased, EarningUnheld
from marketplace.payouts.models import Earning
from marketplace.payouts.states import EARNING_TRANSITIONS, EarningStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.outbox import record
from marketplace.shared.states import move

PAYOUTS = Actor.system("payouts")
RELEASED_PER_SWEEP = 1_000
OPEN = [EarningStatus.PENDING, EarningStatus.AVAILABLE, EarningStatus.ON_HOLD]
ACCOUNT = {
    EarningStatus.PENDING: chart.seller_pending,
    EarningStatus.AVAILABLE: chart.seller_available,
    EarningStatus.ON_HOLD: chart.seller_on_hold,
}


@transaction.atomic
def open_earnings(*, order_id: UUID) -> None:
    """One earning for each seller order of a paid order. Safe to repeat."""
    for part in parts_of(order_id=order_id):
        earning, is_new = Earning.objects.get_or_create(
            seller_order_id=part.pk,
            defaults={
                "seller_id": part.seller_id,
                "net_minor": part.net_minor,
                "earned_at": part.order.paid_at or clock.now(),
            },
        )
        if is_new:
            record(EarningOpened(earning_id=earning.pk, seller_order_id=part.pk), actor=PAYOUTS)


@transaction.atomic
def begin_hold(*, seller_order_id: UUID) -> None:
    """From delivery on the hold period runs (settings.HOLD_DAYS)."""
    earning = _locked(seller_order_id)
    if earning is None or earning.release_at is not None:
        return
    delivered_at = earning.seller_order.delivered_at or clock.now()
    earning.release_at = delivered_at + timedelta(days=settings.HOLD_DAYS)
    earning.save(update_fields=["release_at"])


def release_due() -> int:
    """Make what has waited out its hold available; returns how many earnings."""
    due = Earning.objects.filter(status=EarningStatus.PENDING, release_at__lte=clock.now())
    ids = due.order_by("release_at").values_list("seller_order_id", flat=True)
    return sum(_release(seller_order_id) for seller_order_id in list(ids[:RELEASED_PER_SWEEP]))


@transaction.atomic
def hold_earning(*, seller_order_id: UUID, reason: str, actor: Actor) -> bool:
    """Freeze the money of a seller order; False where it is on its way out, or gone, already."""
    earning = _locked(seller_order_id)
    if earning is None or earning.payout_id is not None:
        return False
    if earning.status not in {EarningStatus.PENDING, EarningStatus.AVAILABLE}:
        return False
    event = EarningHeld(earning_id=earning.pk, seller_order_id=seller_order_id, reason=reason)
    before = EarningStatus(earning.status)
    move(
        earning,
        EarningStatus.ON_HOLD,
        EARNING_TRANSITIONS,
        actor=actor,
        hold_reason=reason[:200],
    )
    _shift(earning, before, record(event, actor=actor, before={"status": before}))
    return True


@transaction.atomic
def unhold_earning(*, seller_order_id: UUID, actor: Actor) -> bool:
    """Let the money of a seller order go on; False where it is not held."""
    earning = _locked(seller_order_id)
    if earning is None or earning.status != EarningStatus.ON_HOLD:
        return False
    ripe = earning.release_at is not None and earning.release_at <= clock.now()
    event = EarningUnheld(earning_id=earning.pk, seller_order_id=seller_order_id)
    move(
        earning,
        EarningStatus.AVAILABLE if ripe else EarningStatus.PENDING,
        EARNING_TRANSITIONS,
        actor=actor,
        hold_reason="",
        released_at=clock.now() if ripe else None,
    )
    _shift(earning, EarningStatus.ON_HOLD, record(event, actor=actor))
    return True


@transaction.atomic
def close_if_refunded(*, seller_order_id: UUID) -> None:
    """An earning of which nothing is left in any of the seller's accounts is over."""
    earning = _locked(seller_order_id)
    if earning is None or earning.status not in OPEN or earning.payout_id is not None:
        return
    if any(_amount(earning, EarningStatus(status)) for status in OPEN):
        return
    move(earning, EarningStatus.CANCELLED, EARNING_TRANSITIONS, actor=PAYOUTS)


@transaction.atomic
def _release(seller_order_id: UUID) -> bool:
    earning = _locked(seller_order_id)
    if earning is None or earning.status != EarningStatus.PENDING:
        return False
    move(
        earning,
        EarningStatus.AVAILABLE,
        EARNING_TRANSITIONS,
        actor=PAYOUTS,
        released_at=clock.now(),
    )
    event = EarningReleased(earning_id=earning.pk, seller_order_id=seller_order_id)
    _shift(earning, EarningStatus.PENDING, record(event, actor=PAYOUTS))
    return True


def _locked(seller_order_id: UUID) -> Earning | None:
    """The earning under its seller's balance lock."""
    rows = Earning.objects.select_related("seller_order", "seller")
    earning = rows.filter(seller_order_id=seller_order_id).first()
    if earning is None:
        return None
    one_at_a_time(f"seller-balance:{earning.seller.reference}")
    return rows.select_for_update(of=("self",)).get(pk=earning.pk)


def _amount(earning: Earning, status: EarningStatus) -> int:
    """What lies in the seller's account of that state for this seller order, as a credit."""
    account = ACCOUNT[status](earning.seller.reference)
    return -balance(account=account, reference=earning.seller_order.reference)


def _shift(earning: Earning, before: EarningStatus, event: LoggedEvent) -> None:
    """Move all that is left of the seller order to the account of the earning's new state."""
    amount = _amount(earning, before)
    if not amount:
        return
    after = EarningStatus(earning.status)
    reference, seller = earning.seller_order.reference, earning.seller.reference
    post(
        event=event,
        memo=f"{reference}: {before} → {after}",
        lines=[
            Line(ACCOUNT[before](seller), amount, reference),
            Line(ACCOUNT[after](seller), -amount, reference),
        ],
    )
