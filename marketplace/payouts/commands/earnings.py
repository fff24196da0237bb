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
from marketplace.orders.queries import parts_by_id, parts_of
from marketplace.payouts.events import EarningHeld, EarningOpened, EarningReleased, EarningUnheld
from marketplace.payouts.models import Earning
from marketplace.payouts.states import EARNING_TRANSITIONS, EarningStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
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
def hold_earning(*, seller_order_id: UUID, reason: str, actor: Actor, dispute: str = "") -> bool:
    """Freeze the money of a seller order; False where it is on its way out, or gone, already.

    A person and a dispute (by its reference) hold independently of each other: the money goes on
    when neither holds it. What is on its way out is frozen should it come back.
    """
    earning = _locked(seller_order_id)
    if earning is None or earning.status not in OPEN:
        return False
    held = {"dispute_reference": dispute} if dispute else {"hold_reason": reason[:200]}
    Earning.objects.filter(pk=earning.pk).update(**held)
    if earning.payout_id is not None:
        return False
    if earning.status != EarningStatus.ON_HOLD:
        _hold(earning, reason, actor)
    return True


@transaction.atomic
def unhold_earning(*, seller_order_id: UUID, actor: Actor, dispute: str = "") -> bool:
    """A person, or the dispute, holds it no more; whether the money goes on by that."""
    earning = _locked(seller_order_id)
    if earning is None:
        return False
    if not dispute:
        earning.hold_reason = ""
    elif earning.dispute_reference == dispute:
        earning.dispute_reference = ""
    earning.save(update_fields=["hold_reason", "dispute_reference"])
    if earning.status != EarningStatus.ON_HOLD or earning.held_because:
        return False
    ripe = earning.release_at is not None and earning.release_at <= clock.now()
    event = EarningUnheld(earning_id=earning.pk, seller_order_id=seller_order_id)
    move(
        earning,
        EarningStatus.AVAILABLE if ripe else EarningStatus.PENDING,
        EARNING_TRANSITIONS,
        actor=actor,
        released_at=clock.now() if ripe else None,
    )
    _shift(earning, EarningStatus.ON_HOLD, record(event, actor=actor))
    return True


def take_back(*, payout_id: UUID) -> None:
    """The earnings of a payout that failed, once its money is booked back; in its transaction.

    What was to be held meanwhile is held now; what was refunded meanwhile is over.
    """
    rows = Earning.objects.filter(payout_id=payout_id).select_related("seller_order", "seller")
    for earning in lock_rows(rows):
        earning.payout = None
        earning.save(update_fields=["payout"])
        if earning.held_because:
            _hold(earning, earning.held_because, PAYOUTS)
        close_if_refunded(seller_order_id=earning.seller_order_id)


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


def _hold(earning: Earning, reason: str, actor: Actor) -> None:
    before = EarningStatus(earning.status)
    held = EarningHeld(
        earning_id=earning.pk, seller_order_id=earning.seller_order_id, reason=reason
    )
    event = record(held, actor=actor, before={"status": before})
    move(earning, EarningStatus.ON_HOLD, EARNING_TRANSITIONS, actor=actor)
    _shift(earning, before, event)


def _locked(seller_order_id: UUID) -> Earning | None:
    """The earning under its seller's balance lock; opened here where the news of the payment are late."""
    rows = Earning.objects.select_related("seller_order", "seller")
    earning = rows.filter(seller_order_id=seller_order_id).first()
    if earning is None:
        part = parts_by_id(ids=[seller_order_id]).get(seller_order_id)
        if part is None or part.order.paid_at is None:
            return None
        open_earnings(order_id=part.order_id)
        earning = rows.get(seller_order_id=seller_order_id)
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
