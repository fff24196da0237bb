"""Payout batches: one person prepares, another approves, the ledger pays out only what is there."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balances_by_reference
from marketplace.payouts.errors import (
    BatchNotFound,
    BatchNotTakenOn,
    FourEyes,
    NothingFailed,
    NothingToPayOut,
    ReasonMissing,
)
from marketplace.payouts.events import (
    BatchApproved,
    BatchCompleted,
    BatchPrepared,
    BatchRejected,
    BatchTakenOn,
    PayoutApproved,
    PayoutCancelled,
)
from marketplace.payouts.models import Earning, Payout, PayoutBatch, PayoutLine
from marketplace.payouts.queries import (
    Prospect,
    kept_back,
    obstacles_of,
    prospects,
    taken_back_of,
)
from marketplace.payouts.states import (
    BATCH_TRANSITIONS,
    OPEN_PAYOUT,
    PAYOUT_TRANSITIONS,
    BatchStatus,
    EarningStatus,
    PayoutStatus,
)
from marketplace.sellers.queries import payout_wallet
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.rows import insert
from marketplace.shared.states import IllegalTransition, move

PAYOUTS = Actor.system("payouts")
SELLERS_PER_BATCH = 1_000


@transaction.atomic
def prepare_batch(*, actor: Actor, seller_ids: Collection[UUID] | None = None) -> PayoutBatch:
    """Plan a payout of everything available for each seller (or the named ones) that nothing blocks.

    Who is left out and why is what `queries.prospects` says. Raises NothingToPayOut.
    """
    return plan_batch(
        PayoutBatch(created_by_id=UUID(actor.id), created_at=clock.now()), seller_ids, actor
    )


@transaction.atomic
def retry_failures(*, batch_id: UUID, actor: Actor) -> PayoutBatch:
    """A new batch for the sellers whose payouts of this one failed or came back, and for no others.

    Raises BatchNotFound, NothingFailed, and NothingToPayOut where something blocks all of them.
    """
    batch = _locked(batch_id)
    failed = batch.payouts.filter(status__in=[PayoutStatus.FAILED, PayoutStatus.RETURNED])
    seller_ids = set(failed.values_list("seller_id", flat=True))
    if not seller_ids:
        raise NothingFailed
    again = PayoutBatch(created_by_id=UUID(actor.id), created_at=clock.now(), retry_of=batch)
    return plan_batch(again, seller_ids, actor)


@transaction.atomic
def take_on_batch(*, batch_id: UUID, actor: Actor) -> PayoutBatch:
    """A person answers for what the daily run prepared; somebody else may approve it then.

    Raises BatchNotFound and IllegalTransition (it is decided, or somebody else's).
    """
    batch = _locked(batch_id)
    if batch.status != BatchStatus.AWAITING_APPROVAL or batch.created_by_id is not None:
        label = batch.get_status_display()
        raise IllegalTransition(current=label, wanted=label)
    PayoutBatch.objects.filter(pk=batch.pk).update(created_by_id=actor.user_id)
    batch.created_by_id = actor.user_id
    record(BatchTakenOn(batch_id=batch.pk), actor=actor)
    return batch


@transaction.atomic
def approve_batch(*, batch_id: UUID, actor: Actor) -> PayoutBatch:
    """A second person lets the money go.

    A payout whose balance or wallet has changed since, or that something blocks, is cancelled, as is
    one that pays what a provider took back since.
    Raises BatchNotFound, BatchNotTakenOn, FourEyes and IllegalTransition.
    """
    batch = _locked(batch_id)
    if batch.created_by_id == actor.user_id:
        raise FourEyes
    if batch.created_by_id is None and batch.status == BatchStatus.AWAITING_APPROVAL:
        raise BatchNotTakenOn
    move(
        batch,
        BatchStatus.APPROVED,
        BATCH_TRANSITIONS,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
    )
    record(BatchApproved(batch_id=batch.pk), actor=actor, after={"status": batch.status})
    rows = Payout.objects.filter(batch=batch, status=PayoutStatus.PLANNED)
    for payout in sorted(
        lock_rows(rows.select_related("seller")), key=lambda p: p.seller.reference
    ):
        _approve(payout, actor)
    complete_if_done(batch.pk)
    batch.refresh_from_db()
    return batch


@transaction.atomic
def reject_batch(*, batch_id: UUID, reason: str, actor: Actor) -> PayoutBatch:
    """Send the batch back; nothing of it is paid, and a new one may be prepared."""
    if not reason.strip():
        raise ReasonMissing
    batch = _locked(batch_id)
    move(
        batch,
        BatchStatus.REJECTED,
        BATCH_TRANSITIONS,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
        decision_reason=reason[:300],
    )
    for payout in lock_rows(Payout.objects.filter(batch=batch, status=PayoutStatus.PLANNED)):
        _cancel(payout, reason, actor)
    record(BatchRejected(batch_id=batch.pk, reason=reason), actor=actor)
    return batch


def complete_if_done(batch_id: UUID) -> None:
    """Close an approved batch when none of its payouts is open any more."""
    batch = _locked(batch_id)
    if batch.status != BatchStatus.APPROVED:
        return
    if batch.payouts.filter(status__in=OPEN_PAYOUT).exists():
        return
    move(batch, BatchStatus.COMPLETED, BATCH_TRANSITIONS, actor=PAYOUTS, completed_at=clock.now())
    record(BatchCompleted(batch_id=batch.pk), actor=PAYOUTS, after={"status": batch.status})


def plan_batch(
    batch: PayoutBatch, seller_ids: Collection[UUID] | None, actor: Actor
) -> PayoutBatch:
    """Save a new batch with its payouts, in the caller's transaction. Raises NothingToPayOut."""
    batch.save(force_insert=True)
    payable = [one for one in prospects(seller_ids=seller_ids) if one.is_payable]
    for prospect in payable[:SELLERS_PER_BATCH]:  # In reference order: the order of the locks.
        _plan(batch, prospect)
    if not batch.payouts.exists():
        raise NothingToPayOut
    record(BatchPrepared(batch_id=batch.pk), actor=actor, after={"status": batch.status})
    return batch


def refusal(payout: Payout) -> str:
    """Why nothing of a payout must go on now; "" where it may. Under the seller's balance lock."""
    blocked = obstacles_of([payout.seller_id], beside_open_payouts=True)[payout.seller_id]
    wallet = payout_wallet(payout.seller_id)
    if (wallet.provider, wallet.msisdn) != (payout.provider, payout.msisdn):
        return "the payout wallet has changed since the batch was prepared"
    return "; ".join(str(one) for one in blocked)


def _plan(batch: PayoutBatch, prospect: Prospect) -> None:
    """Asked again under the lock: somebody may have been faster."""
    one_at_a_time(f"seller-balance:{prospect.reference}")
    (now,) = prospects(seller_ids=[prospect.seller_id])
    if not now.is_payable:
        return
    owed = balances_by_reference(account=chart.seller_available(prospect.reference))
    for reference in kept_back(seller_ids=[now.seller_id]).get(prospect.reference, {}):
        del owed[reference]
    payout = Payout.objects.create(
        batch=batch,
        seller_id=now.seller_id,
        amount_minor=-sum(owed.values()),
        provider=now.wallet.provider,
        msisdn=now.wallet.msisdn,
        wallet_name=now.wallet.name,
        created_at=batch.created_at,
    )
    insert(
        [
            PayoutLine(payout=payout, seller_order_reference=reference, amount_minor=-total)
            for reference, total in owed.items()
        ]
    )


def _approve(payout: Payout, actor: Actor) -> None:
    seller = payout.seller.reference
    one_at_a_time(f"seller-balance:{seller}")
    account = chart.seller_available(seller)
    planned = dict(payout.lines.values_list("seller_order_reference", "amount_minor"))
    now_owed = balances_by_reference(account=account)
    if any(-now_owed.get(reference, 0) != amount for reference, amount in planned.items()):
        _cancel(payout, "the balance has changed since the batch was prepared", actor)
        return
    if taken := taken_back_of(payout):
        _cancel(payout, f"a provider took back the payment of {', '.join(taken)}", actor)
        return
    if why := refusal(payout):
        _cancel(payout, why, actor)
        return
    move(payout, PayoutStatus.APPROVED, PAYOUT_TRANSITIONS, actor=actor)
    Earning.objects.filter(
        seller_order__reference__in=payout.lines.values("seller_order_reference"),
        status=EarningStatus.AVAILABLE,
    ).update(payout=payout)
    event = record(
        PayoutApproved(payout_id=payout.pk, seller_id=payout.seller_id),
        actor=actor,
        after={"status": payout.status, "amount_minor": payout.amount_minor},
    )
    post(
        event=event,
        memo=f"Payout {payout.reference} approved",
        lines=[
            *(Line(account, amount, reference) for reference, amount in planned.items()),
            Line(chart.PAYOUT_CLEARING, -payout.amount_minor, payout.reference),
        ],
    )


def _cancel(payout: Payout, reason: str, actor: Actor) -> None:
    move(
        payout,
        PayoutStatus.CANCELLED,
        PAYOUT_TRANSITIONS,
        actor=actor,
        provider_message=reason[:300],
    )
    cancelled = PayoutCancelled(
        payout_id=payout.pk, seller_id=payout.seller_id, reason=reason[:300]
    )
    record(cancelled, actor=actor, after={"status": payout.status, "reason": reason[:300]})


def _locked(batch_id: UUID) -> PayoutBatch:
    batch = PayoutBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchNotFound
    return batch
