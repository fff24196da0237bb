"""Payout batches: one person prepares, another approves, the ledger pays out only what is there."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.ledger.queries import balances_by_prefix, balances_by_reference
from marketplace.payouts.errors import BatchNotFound, FourEyes, NothingToPayOut, ReasonMissing
from marketplace.payouts.events import (
    BatchApproved,
    BatchCompleted,
    BatchPrepared,
    BatchRejected,
    PayoutApproved,
    PayoutCancelled,
)
from marketplace.payouts.models import Earning, Payout, PayoutBatch, PayoutLine
from marketplace.payouts.states import (
    BATCH_TRANSITIONS,
    OPEN_PAYOUT,
    PAYOUT_TRANSITIONS,
    BatchStatus,
    EarningStatus,
    PayoutStatus,
)
from marketplace.sellers.queries import active_sellers, payout_wallet, sellers_by_reference
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.money import format_minor
from marketplace.shared.outbox import record
from marketplace.shared.rows import insert
from marketplace.shared.states import move

PAYOUTS = Actor.system("payouts")
SELLERS_PER_BATCH = 1_000
FAMILY = chart.seller_available("")


@transaction.atomic
def prepare_batch(*, actor: Actor, seller_ids: Iterable[UUID] | None = None) -> PayoutBatch:
    """Plan a payout of everything available for each active seller (or the named ones).

    Left out: sellers below settings.MINIMUM_PAYOUT_MINOR, suspended ones, and those with a payout
    that is not settled yet. Raises NothingToPayOut.
    """
    batch = PayoutBatch.objects.create(created_by_id=UUID(actor.id), created_at=clock.now())
    for seller_reference, seller_id in _candidates(seller_ids):
        _plan(batch, seller_reference, seller_id)
    if not batch.payouts.exists():
        raise NothingToPayOut(least=format_minor(settings.MINIMUM_PAYOUT_MINOR))
    record(BatchPrepared(batch_id=batch.pk), actor=actor, after={"status": batch.status})
    return batch


@transaction.atomic
def approve_batch(*, batch_id: UUID, actor: Actor) -> PayoutBatch:
    """A second person lets the money go. A payout whose balance has changed since is cancelled.

    Raises BatchNotFound, FourEyes and IllegalTransition.
    """
    batch = _locked(batch_id)
    if batch.created_by_id == actor.user_id:
        raise FourEyes
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


def _candidates(seller_ids: Iterable[UUID] | None) -> list[tuple[str, UUID]]:
    """(reference, id) of sellers with enough, in reference order: the order of the locks."""
    enough = [
        account.removeprefix(FAMILY)
        for account, total in balances_by_prefix(prefix=FAMILY).items()
        if -total >= settings.MINIMUM_PAYOUT_MINOR
    ]
    cards = sellers_by_reference(references=enough)
    allowed = active_sellers(ids=[card.id for card in cards.values()])
    if seller_ids is not None:
        allowed &= set(seller_ids)
    busy = set(
        Payout.objects.filter(status__in=OPEN_PAYOUT, seller_id__in=allowed).values_list(
            "seller_id", flat=True
        )
    )
    chosen = [(ref, card.id) for ref, card in cards.items() if card.id in allowed - busy]
    return sorted(chosen)[:SELLERS_PER_BATCH]


def _plan(batch: PayoutBatch, seller_reference: str, seller_id: UUID) -> None:
    one_at_a_time(f"seller-balance:{seller_reference}")
    owed = balances_by_reference(account=chart.seller_available(seller_reference))
    amount = -sum(owed.values())
    if amount < settings.MINIMUM_PAYOUT_MINOR:
        return
    if Payout.objects.filter(seller_id=seller_id, status__in=OPEN_PAYOUT).exists():
        return
    wallet = payout_wallet(seller_id=seller_id)
    payout = Payout.objects.create(
        batch=batch,
        seller_id=seller_id,
        amount_minor=amount,
        provider=wallet.provider,
        msisdn=wallet.msisdn,
        wallet_name=wallet.name,
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
    move(payout, PayoutStatus.CANCELLED, PAYOUT_TRANSITIONS, actor=actor)
    record(
        PayoutCancelled(payout_id=payout.pk, seller_id=payout.seller_id, reason=reason), actor=actor
    )


def _locked(batch_id: UUID) -> PayoutBatch:
    batch = PayoutBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchNotFound
    return batch
