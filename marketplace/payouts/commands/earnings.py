"""A seller order's money on its way: pending, available, held, or gone back to the buyer.

Whoever moves it between a seller's accounts holds that seller's balance lock; the amounts are the
ledger's, by seller order, so that refunds in between are never paid out.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balance
from marketplace.orders.queries import parts_by_id, parts_of
from marketplace.payouts.commands.reserves import begin_reserve, draw_on_reserve, left_in_reserve
from marketplace.payouts.events import EarningHeld, EarningOpened, EarningReleased
from marketplace.payouts.models import Earning, Hold
from marketplace.payouts.states import EARNING_TRANSITIONS, EarningStatus
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
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
    """From delivery on the hold period runs (RuleName.HOLD)."""
    earning = locked_earning(seller_order_id)
    if earning is None or earning.release_at is not None:
        return
    delivered_at = earning.seller_order.delivered_at or clock.now()
    earning.release_at = delivered_at + timedelta(days=value_of(RuleName.HOLD))
    earning.save(update_fields=["release_at"])


def release_due() -> int:
    """Make what has waited out its hold period available; returns how many earnings."""
    due = Earning.objects.filter(status=EarningStatus.PENDING, release_at__lte=clock.now())
    ids = due.order_by("release_at").values_list("seller_order_id", flat=True)
    return sum(_release(seller_order_id) for seller_order_id in list(ids[:RELEASED_PER_SWEEP]))


def take_back(*, payout_id: UUID, references: Collection[str] | None = None) -> None:
    """The earnings of a payout that failed or came back, once its money is booked back; or only
    those of the seller orders that left it before it was sent.

    In its transaction. What was to be held meanwhile is held now; what was refunded meanwhile is over.
    """
    rows = Earning.objects.filter(payout_id=payout_id).select_related("seller_order", "seller")
    if references is not None:
        rows = rows.filter(seller_order__reference__in=references)
    for earning in lock_rows(rows):
        if earning.status == EarningStatus.PAID:
            move(earning, EarningStatus.AVAILABLE, EARNING_TRANSITIONS, actor=PAYOUTS)
        Earning.objects.filter(pk=earning.pk).update(payout=None)
        earning.payout_id = None
        if open_holds(earning):
            place(earning, _held(earning), PAYOUTS)
        close_if_refunded(seller_order_id=earning.seller_order_id)


@transaction.atomic
def close_if_refunded(*, seller_order_id: UUID) -> None:
    """After a refund: the reserve makes up for what was paid out already, and an earning of which
    nothing is left in any of the seller's accounts is over."""
    earning = locked_earning(seller_order_id)
    if earning is None:
        return
    draw_on_reserve(earning)
    if earning.status not in OPEN or earning.payout_id is not None:
        return
    if any(_amount(earning, EarningStatus(status)) for status in OPEN):
        return
    move(earning, EarningStatus.CANCELLED, EARNING_TRANSITIONS, actor=PAYOUTS)


@transaction.atomic
def account_to_credit(*, seller_order_id: UUID) -> str:
    """Where money lies that a seller is given for an order anew, in the caller's transaction.

    An earning that had gone back whole is pending again; `release_if_due` brings it on its way.
    """
    earning = locked_earning(seller_order_id)
    if earning is None:
        part = parts_by_id(ids=[seller_order_id])[seller_order_id]
        return chart.seller_available(part.seller.reference)
    if earning.status == EarningStatus.CANCELLED:
        move(earning, EarningStatus.PENDING, EARNING_TRANSITIONS, actor=PAYOUTS)
        opened = EarningOpened(earning_id=earning.pk, seller_order_id=seller_order_id)
        record(opened, actor=PAYOUTS, before={"status": EarningStatus.CANCELLED})
    is_gone = earning.status == EarningStatus.PAID or earning.payout_id is not None
    status = EarningStatus.AVAILABLE if is_gone else EarningStatus(earning.status)
    return ACCOUNT[status](earning.seller.reference)


@transaction.atomic
def release_if_due(*, seller_order_id: UUID) -> bool:
    """An earning that is pending beyond its hold period goes on; whether it did."""
    return _release(seller_order_id)


def locked_earning(seller_order_id: UUID) -> Earning | None:
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


def open_holds(earning: Earning) -> list[Hold]:
    """What holds it now: its own holds and, once its time has come, those of its whole seller."""
    mine = Q(earning=earning)
    if _is_ripe(earning):
        mine |= Q(earning__isnull=True, seller_id=earning.seller_id)
    return list(Hold.objects.filter(mine, freed_at__isnull=True).order_by("pk"))


def place(earning: Earning, event: LoggedEvent, actor: Actor) -> bool:
    """Bring an earning to where its time and its holds want it; whether it moved.

    What is on its way out stays where it is: it is placed should it come back.
    """
    if earning.status not in OPEN or earning.payout_id is not None:
        return False
    before, wanted = EarningStatus(earning.status), _wanted(earning)
    if _is_ripe(earning) and before != EarningStatus.AVAILABLE:
        begin_reserve(earning, _amount(earning, before))
    if wanted == before:
        return False
    released_at = clock.now() if wanted == EarningStatus.AVAILABLE else None
    move(earning, wanted, EARNING_TRANSITIONS, actor=actor, released_at=released_at)
    _shift(earning, before, event)
    return True


def _wanted(earning: Earning) -> EarningStatus:
    if open_holds(earning):
        return EarningStatus.ON_HOLD
    return EarningStatus.AVAILABLE if _is_ripe(earning) else EarningStatus.PENDING


def _is_ripe(earning: Earning) -> bool:
    """Its hold period is over; once released it stays so."""
    if earning.status == EarningStatus.AVAILABLE:
        return True
    return earning.release_at is not None and earning.release_at <= clock.now()


@transaction.atomic
def _release(seller_order_id: UUID) -> bool:
    earning = locked_earning(seller_order_id)
    if earning is None or earning.status != EarningStatus.PENDING or not _is_ripe(earning):
        return False
    if open_holds(earning):
        return place(earning, _held(earning), PAYOUTS)
    event = EarningReleased(earning_id=earning.pk, seller_order_id=seller_order_id)
    return place(earning, record(event, actor=PAYOUTS), PAYOUTS)


def _held(earning: Earning) -> LoggedEvent:
    """The fact that holds which were opened before catch this earning now."""
    reasons = ", ".join(hold.reason for hold in open_holds(earning))
    held = EarningHeld(
        earning_id=earning.pk, seller_order_id=earning.seller_order_id, reason=reasons[:300]
    )
    return record(held, actor=PAYOUTS, before={"status": earning.status})


def _amount(earning: Earning, status: EarningStatus) -> int:
    """What lies in the seller's account of that state for this seller order, as a credit."""
    account = ACCOUNT[status](earning.seller.reference)
    return -balance(account=account, reference=earning.seller_order.reference)


def _shift(earning: Earning, before: EarningStatus, event: LoggedEvent) -> None:
    """Move what is left of the seller order to the account of the earning's new state.

    The part in reserve lies on hold whatever the state; only what is not in reserve becomes available.
    """
    amount = _amount(earning, before)
    if not amount:
        return
    after = EarningStatus(earning.status)
    reserved = left_in_reserve(earning) if after == EarningStatus.AVAILABLE else 0
    reserved = min(reserved, max(amount, 0))
    reference, seller = earning.seller_order.reference, earning.seller.reference
    post(
        event=event,
        memo=f"{reference}: {before} → {after}",
        lines=[
            Line(ACCOUNT[before](seller), amount, reference),
            Line(chart.seller_on_hold(seller), -reserved, reference),
            Line(ACCOUNT[after](seller), reserved - amount, reference),
        ],
    )
