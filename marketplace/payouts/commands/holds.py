"""Holds: opened and freed with a reason, on one earning or on all that a seller has.

Each holds on its own account: the money goes on when none holds it any more.
"""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balances_by_reference
from marketplace.payouts.commands.earnings import locked_earning, place
from marketplace.payouts.commands.reserves import left_in_reserve
from marketplace.payouts.errors import AlreadyHeld, NotHeld, ReasonMissing
from marketplace.payouts.events import EarningHeld, EarningUnheld, SellerFreed, SellerHeld
from marketplace.payouts.models import Earning, Hold, Reserve
from marketplace.payouts.states import EarningStatus, HoldKind
from marketplace.sellers.queries import get_seller, lapsed_documents, sellers_in_order
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.outbox import record

PAYOUTS = Actor.system("payouts")
REASON_CHARS = 300


@transaction.atomic
def hold_earning(*, seller_order_id: UUID, reason: str, actor: Actor, dispute: str = "") -> bool:
    """Freeze the money of a seller order; False where it is on its way out, or gone, already.

    A person (for a risk) and a dispute (by its reference) hold independently of each other. What is
    on its way out is frozen should it come back; of what was paid, the reserve is.
    """
    earning = locked_earning(seller_order_id)
    if earning is None or earning.status == EarningStatus.CANCELLED:
        return False
    if earning.status == EarningStatus.PAID and not left_in_reserve(earning):
        return False
    kind = HoldKind.DISPUTE if dispute else HoldKind.RISK
    hold, _is_new = Hold.objects.update_or_create(
        earning=earning,
        kind=kind,
        subject=dispute,
        freed_at=None,
        defaults={"reason": reason[:REASON_CHARS]},
        create_defaults={
            "seller_id": earning.seller_id,
            "reason": reason[:REASON_CHARS],
            "opened_at": clock.now(),
            "opened_by": _who(actor),
        },
    )
    held = EarningHeld(
        earning_id=earning.pk,
        seller_order_id=seller_order_id,
        reason=hold.reason,
        kind=kind.value,
    )
    place(earning, record(held, actor=actor, before={"status": earning.status}), actor)
    return earning.status == EarningStatus.ON_HOLD


@transaction.atomic
def unhold_earning(
    *, seller_order_id: UUID, actor: Actor, dispute: str = "", reason: str = ""
) -> bool:
    """A person, or the dispute, holds it no more; whether the money goes on by that."""
    earning = locked_earning(seller_order_id)
    if earning is None:
        return False
    kind = HoldKind.DISPUTE if dispute else HoldKind.RISK
    holds = Hold.objects.filter(earning=earning, kind=kind, subject=dispute)
    if not _close(holds, actor, reason):
        return False
    freed = EarningUnheld(
        earning_id=earning.pk, seller_order_id=seller_order_id, reason=reason[:REASON_CHARS]
    )
    return place(earning, record(freed, actor=actor, before={"status": earning.status}), actor)


@transaction.atomic
def hold_seller(
    *, seller_id: UUID, reason: str, actor: Actor, kind: HoldKind = HoldKind.RISK
) -> Hold:
    """Freeze all that a seller could be paid, and what becomes available until it is freed.

    Raises SellerNotFound, ReasonMissing and AlreadyHeld.
    """
    if not reason.strip():
        raise ReasonMissing
    seller = get_seller(seller_id)
    one_at_a_time(f"seller-balance:{seller.reference}")
    if Hold.objects.filter(seller=seller, earning=None, kind=kind, freed_at=None).exists():
        raise AlreadyHeld
    hold = Hold.objects.create(
        seller=seller,
        kind=kind,
        reason=reason.strip()[:REASON_CHARS],
        opened_at=clock.now(),
        opened_by=_who(actor),
    )
    event = record(
        SellerHeld(seller_id=seller_id, kind=kind.value, reason=hold.reason), actor=actor
    )
    rows = Earning.objects.filter(
        seller=seller, status=EarningStatus.AVAILABLE, payout__isnull=True
    )
    earnings = lock_rows(rows.select_related("seller_order"))
    owed = balances_by_reference(account=chart.seller_available(seller.reference))
    amounts = {
        one.seller_order.reference: -owed.get(one.seller_order.reference, 0) for one in earnings
    }
    _move(seller.reference, amounts, event, chart.seller_available, chart.seller_on_hold)
    _mark(earnings, EarningStatus.AVAILABLE, EarningStatus.ON_HOLD)
    return hold


@transaction.atomic
def free_seller(
    *, seller_id: UUID, reason: str, actor: Actor, kind: HoldKind = HoldKind.RISK
) -> None:
    """End such a hold of a seller; what nothing else holds goes on.

    Raises SellerNotFound, ReasonMissing and NotHeld.
    """
    if not reason.strip():
        raise ReasonMissing
    seller = get_seller(seller_id)
    one_at_a_time(f"seller-balance:{seller.reference}")
    if not _close(Hold.objects.filter(seller=seller, earning=None, kind=kind), actor, reason):
        raise NotHeld
    freed = SellerFreed(seller_id=seller_id, kind=kind.value, reason=reason.strip()[:REASON_CHARS])
    event = record(freed, actor=actor)
    if Hold.objects.filter(seller=seller, earning=None, freed_at=None).exists():
        return
    own = Hold.objects.filter(earning_id=OuterRef("pk"), freed_at__isnull=True)
    rows = Earning.objects.filter(~Exists(own), seller=seller, status=EarningStatus.ON_HOLD)
    earnings = lock_rows(rows.select_related("seller_order"))
    held = balances_by_reference(account=chart.seller_on_hold(seller.reference))
    reserves = Reserve.objects.filter(earning__in=earnings, released_at__isnull=True)
    kept = dict(reserves.values_list("earning_id", "left_minor"))
    amounts = {
        one.seller_order.reference: max(
            0, -held.get(one.seller_order.reference, 0) - kept.get(one.pk, 0)
        )
        for one in earnings
    }
    _move(seller.reference, amounts, event, chart.seller_on_hold, chart.seller_available)
    _mark(earnings, EarningStatus.ON_HOLD, EarningStatus.AVAILABLE)


def hold_for_documents() -> str:
    """Sellers whose accepted documents expired are held; who has shown new ones is freed."""
    open_holds = Hold.objects.filter(kind=HoldKind.KYC_EXPIRED, freed_at__isnull=True)
    held = set(open_holds.values_list("seller_id", flat=True))
    lapsed = lapsed_documents(today=clock.today())
    for seller_id, names in lapsed.items():
        if seller_id not in held:
            reason = ", ".join(names)
            with suppress(AlreadyHeld):  # Another sweep was faster.
                hold_seller(
                    seller_id=seller_id, reason=reason, actor=PAYOUTS, kind=HoldKind.KYC_EXPIRED
                )
    in_order = sellers_in_order(ids=held - lapsed.keys())
    for seller_id in sorted(in_order):
        with suppress(NotHeld):
            free_seller(
                seller_id=seller_id,
                reason="new documents were accepted",
                actor=PAYOUTS,
                kind=HoldKind.KYC_EXPIRED,
            )
    return f"{len(lapsed.keys() - held)} held, {len(in_order)} freed"


def _close(holds: QuerySet[Hold], actor: Actor, reason: str) -> int:
    return holds.filter(freed_at__isnull=True).update(
        freed_at=clock.now(), freed_by=_who(actor), freed_reason=reason.strip()[:REASON_CHARS]
    )


def _move(
    seller: str,
    amounts: dict[str, int],
    event: LoggedEvent,
    source: Callable[[str], str],
    target: Callable[[str], str],
) -> None:
    """All of it in one entry: a seller may have thousands of earnings."""
    lines = [
        line
        for reference, amount in amounts.items()
        for line in (
            Line(source(seller), amount, reference),
            Line(target(seller), -amount, reference),
        )
        if amount > 0
    ]
    if lines:
        post(event=event, memo=f"{seller}: {event.name}", lines=lines)


def _mark(earnings: list[Earning], before: EarningStatus, after: EarningStatus) -> None:
    """In one statement: the rows are locked, and the table of states allows the step."""
    ids = [one.pk for one in earnings]
    Earning.objects.filter(pk__in=ids, status=before).update(
        status=after, released_at=clock.now() if after == EarningStatus.AVAILABLE else None
    )


def _who(actor: Actor) -> str:
    return (actor.label or actor.id)[:120]
