"""Paying out: each payout leaves the house once, through a provider that is not paused."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from marketplace.payments.commands import ask
from marketplace.payments.commands.calls import next_enquiry
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.gateways import wire
from marketplace.payments.ports import Answer, Outcome, ProviderUnavailable, Subject
from marketplace.payouts.commands.batches import PAYOUTS, refusal
from marketplace.payouts.commands.pauses import is_paused, pause_payouts, paused_providers
from marketplace.payouts.commands.reducing import take_out
from marketplace.payouts.commands.settling import UNCERTAIN, fail_unsent, lock_payout, take_answer
from marketplace.payouts.events import PayoutSent
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import dashed
from marketplace.payouts.states import PAYOUT_TRANSITIONS, PayoutStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.states import move

ENQUIRIES_PER_SWEEP = 200
# Deliveries are tried for some ten minutes.
STRANDED_AFTER = timedelta(minutes=15)
SENT_PER_SWEEP = 50
# What was paid is looked at again so often and so long: wallets and banks send money back.
LOOK_AGAIN_EVERY = timedelta(days=1)
LOOK_AGAIN_FOR = timedelta(days=3)


def disburse(*, payout_id: UUID) -> None:
    """Send one payout, once. Where the provider cannot be reached, the delivery comes again; what a
    pause keeps from being sent leaves when it ends."""
    payout = _claim(payout_id)
    if payout is None:
        return
    try:
        answer = ask(
            payout.provider,
            lambda provider: provider.disburse(
                reference=wire(payout.reference),
                msisdn=payout.msisdn,
                amount_minor=payout.amount_minor,
                description=f"ZetuTech {payout.reference}",
            ),
        )
    except ProviderUnavailable:
        with transaction.atomic():
            move(payout, PayoutStatus.APPROVED, PAYOUT_TRANSITIONS, actor=PAYOUTS)
        raise
    except ProviderUnknown as error:
        answer = Answer(Outcome.FAILED, code=error.code, message=str(error))
    if answer.is_float_empty:
        pause_payouts(provider=payout.provider, code=answer.code, message=answer.message)
    take_answer(payout.pk, answer)


def send_waiting(*, provider: str) -> int:
    """Send what a pause of this provider kept back; returns how many. Raises ProviderUnavailable."""
    waiting = Payout.objects.filter(provider=provider, status=PayoutStatus.APPROVED)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for payout_id in ids:
        disburse(payout_id=payout_id)
    return len(ids)


def enquire_due_payouts() -> int:
    """Ask about payouts whose answer never came, and once a day for a while about those that were
    paid: they may have come back. Returns how many changed.

    What an outage kept from being sent for longer than deliveries are tried is sent first.
    """
    _send_stranded()
    due = Payout.objects.filter(
        status__in=[*UNCERTAIN, PayoutStatus.PAID], next_enquiry_at__lte=clock.now()
    )
    ids = list(due.order_by("next_enquiry_at").values_list("pk", flat=True)[:ENQUIRIES_PER_SWEEP])
    return sum(_enquire(payout_id) for payout_id in ids)


def enquire_payout(*, wire_reference: str) -> bool:
    """Ask about the payout that a callback speaks of; whether that settled it, or brought it back."""
    row = Payout.objects.filter(
        reference=dashed(wire_reference), status__in=[*UNCERTAIN, PayoutStatus.PAID]
    ).first()
    return row is not None and _enquire(row.pk)


def _send_stranded() -> None:
    stranded = Payout.objects.filter(
        status=PayoutStatus.APPROVED, batch__decided_at__lte=clock.now() - STRANDED_AFTER
    ).exclude(provider__in=paused_providers())
    rows = list(stranded.order_by("pk").values_list("pk", "provider")[:SENT_PER_SWEEP])
    away: set[str] = set()
    for payout_id, provider in rows:
        if provider in away:
            continue
        try:
            disburse(payout_id=payout_id)
        except ProviderUnavailable:
            away.add(provider)  # The next sweep looks again.


def _enquire(payout_id: UUID) -> bool:
    payout = Payout.objects.get(pk=payout_id)
    # Booked first: two at once, or one that dies, ask again later and not at once.
    booked = Payout.objects.filter(
        pk=payout.pk, status=payout.status, enquiries=payout.enquiries
    ).update(enquiries=F("enquiries") + 1, next_enquiry_at=_next_look(payout))
    if not booked:
        return False
    try:
        answer = ask(
            payout.provider,
            lambda p: p.enquire(reference=wire(payout.reference), subject=Subject.PAYOUT),
        )
    except ProviderUnavailable:
        return False
    # NOT_FOUND settles nothing: paying a seller twice is worse than asking longer (PROVIDERS 8.11).
    return take_answer(payout.pk, answer, actor=Actor.provider(payout.provider))


def _next_look(payout: Payout) -> object:
    if payout.status != PayoutStatus.PAID or payout.settled_at is None:
        return next_enquiry(payout.enquiries)
    soon = clock.now() + LOOK_AGAIN_EVERY
    return soon if soon <= payout.settled_at + LOOK_AGAIN_FOR else None


@transaction.atomic
def _claim(payout_id: UUID) -> Payout | None:
    """Mark a payout as sent before it is. What must not go any more is given back to its seller: all
    of it, or the lines that were taken back since the approval."""
    payout = lock_payout(payout_id)
    if payout.status != PayoutStatus.APPROVED or is_paused(payout.provider):
        return None
    one_at_a_time(f"seller-balance:{payout.seller.reference}")
    if why := refusal(payout) or take_out(payout):
        fail_unsent(payout, why)
        return None
    move(
        payout,
        PayoutStatus.SENT,
        PAYOUT_TRANSITIONS,
        actor=PAYOUTS,
        sent_at=clock.now(),
        next_enquiry_at=next_enquiry(0),
    )
    record(PayoutSent(payout_id=payout.pk, seller_id=payout.seller_id), actor=PAYOUTS)
    return payout
