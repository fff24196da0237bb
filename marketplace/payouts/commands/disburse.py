"""Paying out: sent once, settled once; what fails comes back to the seller's balance."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.payments.commands import ask
from marketplace.payments.commands.calls import next_enquiry
from marketplace.payments.errors import ProviderUnknown
from marketplace.payments.gateways import wire
from marketplace.payments.ports import Answer, Outcome, ProviderUnavailable, Subject
from marketplace.payouts.commands.batches import PAYOUTS, complete_if_done
from marketplace.payouts.commands.earnings import take_back
from marketplace.payouts.errors import (
    FourEyes,
    PayoutNotFound,
    ReasonMissing,
    ReceiptMissing,
    StillUncertain,
)
from marketplace.payouts.events import PayoutFailed, PayoutPaid, PayoutSent
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.queries import dashed
from marketplace.payouts.states import (
    EARNING_TRANSITIONS,
    PAYOUT_TRANSITIONS,
    EarningStatus,
    PayoutStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.states import move

ENQUIRIES_PER_SWEEP = 200
# Deliveries are tried for some ten minutes.
STRANDED_AFTER = timedelta(minutes=15)
SENT_PER_SWEEP = 50
# So long the provider is asked before a person may decide.
DOUBT = timedelta(hours=24)
UNCERTAIN = [PayoutStatus.SENT, PayoutStatus.UNKNOWN]


def disburse(*, payout_id: UUID) -> None:
    """Send one payout, once. Where the provider cannot be reached, the delivery comes again."""
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
    _take(payout.pk, answer)


@transaction.atomic
def settle_payout(
    *, payout_id: UUID, is_paid: bool, reason: str, actor: Actor, receipt: str = ""
) -> Payout:
    """A person says what became of a payout that the provider's answers leave open.

    Not whoever approved it, and not before DOUBT has passed: until then the provider may still
    tell. Raises PayoutNotFound, ReasonMissing, ReceiptMissing, FourEyes and StillUncertain.
    """
    if not reason.strip():
        raise ReasonMissing
    if is_paid and not receipt.strip():
        raise ReceiptMissing
    payout = Payout.objects.select_related("batch").filter(pk=payout_id).first()
    if payout is None:
        raise PayoutNotFound
    if payout.batch.decided_by_id == actor.user_id:
        raise FourEyes
    if payout.sent_at is None or payout.sent_at + DOUBT > clock.now():
        raise StillUncertain
    outcome = Outcome.SUCCEEDED if is_paid else Outcome.FAILED
    answer = Answer(outcome, code="by hand", message=reason, receipt=receipt.strip()[:40])
    if not _take(payout_id, answer, actor=actor):
        raise StillUncertain
    payout.refresh_from_db()
    return payout


def enquire_due_payouts() -> int:
    """Ask about payouts whose answer never came; returns how many were settled.

    What an outage kept from being sent for longer than deliveries are tried is sent first.
    """
    _send_stranded()
    due = Payout.objects.filter(status__in=UNCERTAIN, next_enquiry_at__lte=clock.now())
    ids = list(due.order_by("next_enquiry_at").values_list("pk", flat=True)[:ENQUIRIES_PER_SWEEP])
    return sum(_enquire(payout_id) for payout_id in ids)


def _send_stranded() -> None:
    stranded = Payout.objects.filter(
        status=PayoutStatus.APPROVED, batch__decided_at__lte=clock.now() - STRANDED_AFTER
    )
    for payout_id in list(stranded.order_by("pk").values_list("pk", flat=True)[:SENT_PER_SWEEP]):
        try:
            disburse(payout_id=payout_id)
        except ProviderUnavailable:
            return  # It is still away; the next sweep looks again.


def enquire_payout(*, wire_reference: str) -> bool:
    """Ask about the payout that a callback speaks of; whether it is settled now."""
    row = Payout.objects.filter(reference=dashed(wire_reference), status__in=UNCERTAIN).first()
    return row is not None and _enquire(row.pk)


def _enquire(payout_id: UUID) -> bool:
    payout = Payout.objects.get(pk=payout_id)
    # Booked first: two at once, or one that dies, ask again later and not at once.
    booked = Payout.objects.filter(
        pk=payout.pk, status__in=UNCERTAIN, enquiries=payout.enquiries
    ).update(enquiries=F("enquiries") + 1, next_enquiry_at=next_enquiry(payout.enquiries))
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
    return _take(payout.pk, answer)


@transaction.atomic
def _claim(payout_id: UUID) -> Payout | None:
    payout = Payout.objects.select_for_update().get(pk=payout_id)
    if payout.status != PayoutStatus.APPROVED:
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


@transaction.atomic
def _take(payout_id: UUID, answer: Answer, actor: Actor = PAYOUTS) -> bool:
    """Write a provider's answer down; whether it settled the payout. Locks batch before payout."""
    batch_id = Payout.objects.values_list("batch_id", flat=True).get(pk=payout_id)
    payout = (
        Payout.objects.select_for_update(of=("self", "batch"))
        .select_related("batch", "seller")
        .get(pk=payout_id)
    )
    if payout.status not in UNCERTAIN:
        return False
    if answer.outcome == Outcome.SUCCEEDED:
        _paid(payout, answer, actor)
    elif answer.outcome == Outcome.FAILED:
        _failed(payout, answer, actor)
    else:
        if answer.outcome == Outcome.UNKNOWN and payout.status == PayoutStatus.SENT:
            move(payout, PayoutStatus.UNKNOWN, PAYOUT_TRANSITIONS, actor=PAYOUTS)
        Payout.objects.filter(pk=payout.pk).update(
            conversation_id=answer.conversation_id or payout.conversation_id,
            provider_code=answer.code[:40],
            provider_message=answer.message[:300],
        )
        return False
    complete_if_done(batch_id)
    return True


def _paid(payout: Payout, answer: Answer, actor: Actor) -> None:
    _settle(payout, PayoutStatus.PAID, answer, actor)
    event = record(
        PayoutPaid(payout_id=payout.pk, seller_id=payout.seller_id),
        actor=actor,
        after={"status": payout.status, "receipt": payout.receipt},
    )
    for earning in lock_rows(Earning.objects.filter(payout=payout, status=EarningStatus.AVAILABLE)):
        move(earning, EarningStatus.PAID, EARNING_TRANSITIONS, actor=PAYOUTS)
    post(
        event=event,
        memo=f"Payout {payout.reference} paid",
        lines=[
            Line(chart.PAYOUT_CLEARING, payout.amount_minor, payout.reference),
            Line(chart.provider_clearing(payout.provider), -payout.amount_minor, payout.reference),
        ],
    )


def _failed(payout: Payout, answer: Answer, actor: Actor) -> None:
    one_at_a_time(f"seller-balance:{payout.seller.reference}")
    _settle(payout, PayoutStatus.FAILED, answer, actor)
    event = record(
        PayoutFailed(
            payout_id=payout.pk,
            seller_id=payout.seller_id,
            code=answer.code,
            message=answer.message[:300],
        ),
        actor=actor,
        after={"status": payout.status, "reason": answer.message[:300]},
    )
    account = chart.seller_available(payout.seller.reference)
    post(
        event=event,
        memo=f"Payout {payout.reference} failed: the seller is credited again",
        lines=[
            Line(chart.PAYOUT_CLEARING, payout.amount_minor, payout.reference),
            *(
                Line(account, -line.amount_minor, line.seller_order_reference)
                for line in payout.lines.all()
            ),
        ],
    )
    take_back(payout_id=payout.pk)


def _settle(payout: Payout, status: PayoutStatus, answer: Answer, actor: Actor) -> None:
    move(
        payout,
        status,
        PAYOUT_TRANSITIONS,
        actor=actor,
        receipt=answer.receipt if status == PayoutStatus.PAID else "",
        settled_at=clock.now(),
        next_enquiry_at=None,
        provider_code=answer.code[:40],
        provider_message=answer.message[:300],
    )
