"""The rolling reserve: a share of each released earning stays on hold until its own day.

Whoever calls these holds the seller's balance lock. The part in reserve lies in the seller's
on-hold account under the seller order's reference, like all money that is held.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balance
from marketplace.payouts.events import ReserveDrawn, ReserveReleased
from marketplace.payouts.models import Earning, Hold, PayoutTerms, Reserve, ReserveRule
from marketplace.payouts.states import EarningStatus, RiskTier
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.money import DEFAULT_CURRENCY, QUANTUM
from marketplace.shared.outbox import record

PAYOUTS = Actor.system("payouts")
RELEASED_PER_SWEEP = 1_000
WHOLE = 10_000


def begin_reserve(earning: Earning, amount_minor: int) -> None:
    """Set the seller's share aside, once per earning: whole shillings, rounded in their favour."""
    terms = PayoutTerms.objects.filter(seller_id=earning.seller_id).first()
    rule = ReserveRule.objects.filter(tier=terms.tier if terms else RiskTier.STANDARD).first()
    if rule is None or not rule.basis_points or earning.release_at is None:
        return
    release_at = earning.release_at + timedelta(days=rule.days)
    quantum = QUANTUM[DEFAULT_CURRENCY]
    reserved = amount_minor * rule.basis_points // WHOLE // quantum * quantum
    if reserved <= 0 or release_at <= clock.now():
        return
    Reserve.objects.get_or_create(
        earning=earning,
        defaults={
            "amount_minor": reserved,
            "left_minor": reserved,
            "basis_points": rule.basis_points,
            "release_at": release_at,
        },
    )


def left_in_reserve(earning: Earning) -> int:
    """Minor units; 0 where nothing was set aside, or all is free again."""
    reserve = Reserve.objects.filter(earning=earning, released_at__isnull=True).first()
    return reserve.left_minor if reserve else 0


def draw_on_reserve(earning: Earning) -> None:
    """After a refund: the reserve covers what the seller order owes beyond its available money."""
    reserve = Reserve.objects.filter(earning=earning, released_at__isnull=True).first()
    if reserve is None:
        return
    held = _held(earning)
    left = max(0, min(reserve.left_minor, held))
    cover = 0
    if earning.status != EarningStatus.ON_HOLD:
        account = chart.seller_available(earning.seller.reference)
        owed = balance(account=account, reference=earning.seller_order.reference)
        cover = max(0, min(left, owed))
    remaining = left - cover
    if remaining == reserve.left_minor:
        return
    event = record(
        ReserveDrawn(
            earning_id=earning.pk,
            seller_order_id=earning.seller_order_id,
            amount_minor=reserve.left_minor - remaining,
        ),
        actor=PAYOUTS,
        before={"left_minor": reserve.left_minor},
        after={"left_minor": remaining},
    )
    Reserve.objects.filter(pk=reserve.pk).update(
        left_minor=remaining, released_at=None if remaining else clock.now()
    )
    _free(earning, cover, event)


def release_reserves() -> int:
    """Free reserves whose day has come and that nothing else holds; returns how many."""
    holds = Hold.objects.filter(freed_at__isnull=True).filter(
        Q(earning_id=OuterRef("earning_id"))
        | Q(earning__isnull=True, seller_id=OuterRef("earning__seller_id"))
    )
    due = Reserve.objects.filter(released_at__isnull=True, release_at__lte=clock.now())
    free = due.filter(Q(earning__status=EarningStatus.ON_HOLD) | ~Exists(holds))
    ids = list(free.order_by("release_at").values_list("pk", flat=True)[:RELEASED_PER_SWEEP])
    return sum(_release(reserve_id) for reserve_id in ids)


@transaction.atomic
def _release(reserve_id: int) -> bool:
    rows = Reserve.objects.select_related("earning__seller", "earning__seller_order")
    earning = rows.get(pk=reserve_id).earning
    one_at_a_time(f"seller-balance:{earning.seller.reference}")
    earning.refresh_from_db(fields=["status"])
    reserve = Reserve.objects.select_for_update().get(pk=reserve_id)
    if reserve.released_at is not None:
        return False
    is_held = earning.status == EarningStatus.ON_HOLD
    if not is_held and _has_hold(earning):
        return False
    event = record(
        ReserveReleased(
            earning_id=earning.pk,
            seller_order_id=earning.seller_order_id,
            amount_minor=reserve.left_minor,
        ),
        actor=PAYOUTS,
    )
    Reserve.objects.filter(pk=reserve.pk).update(released_at=clock.now())
    # Of an earning that is held as a whole the part joins the rest, and goes on with it.
    _free(earning, 0 if is_held else min(reserve.left_minor, _held(earning)), event)
    return True


def _has_hold(earning: Earning) -> bool:
    of_the_seller = Q(earning__isnull=True, seller_id=earning.seller_id)
    open_ones = Hold.objects.filter(freed_at__isnull=True)
    return open_ones.filter(Q(earning=earning) | of_the_seller).exists()


def _held(earning: Earning) -> int:
    account = chart.seller_on_hold(earning.seller.reference)
    return -balance(account=account, reference=earning.seller_order.reference)


def _free(earning: Earning, amount_minor: int, event: LoggedEvent) -> None:
    if amount_minor <= 0:
        return
    reference, seller = earning.seller_order.reference, earning.seller.reference
    post(
        event=event,
        memo=f"{reference}: out of the reserve",
        lines=[
            Line(chart.seller_on_hold(seller), amount_minor, reference),
            Line(chart.seller_available(seller), -amount_minor, reference),
        ],
    )
