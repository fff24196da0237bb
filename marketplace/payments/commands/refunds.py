"""Giving money back through the provider that brought it: asked once, sent once, settled once."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.orders.queries import parts_by_id
from marketplace.payments.commands.calls import LADDER, ask
from marketplace.payments.errors import (
    AmountInvalid,
    NothingToRefund,
    RefundNotFound,
    RefundTooLarge,
)
from marketplace.payments.events import RefundFailed, RefundRequested, RefundSent, RefundSucceeded
from marketplace.payments.gateways import wire
from marketplace.payments.models import Attempt, Intent, Refund, RefundPart
from marketplace.payments.ports import Answer, Outcome, ProviderUnavailable, Subject
from marketplace.payments.refund_shares import (
    owed_by,
    remaining_shares,
    seller_account,
    split,
)
from marketplace.payments.states import (
    REFUND_TRANSITIONS,
    AttemptStatus,
    RefundReason,
    RefundStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.money import format_minor, is_whole
from marketplace.shared.outbox import record
from marketplace.shared.states import move

REFUNDS = Actor.system("payments")
ENQUIRIES_PER_SWEEP = 200
NOT_FOUND_GRACE = timedelta(minutes=10)
# Deliveries are tried for some ten minutes.
STRANDED_AFTER = timedelta(minutes=15)
SENT_PER_SWEEP = 50
UNCERTAIN = [RefundStatus.SENT, RefundStatus.UNKNOWN]


@transaction.atomic
def refund_seller_order(
    *,
    seller_order_id: UUID,
    amount_minor: int,
    reason: str,
    cause: str,
    actor: Actor,
    note: str = "",
) -> Refund:
    """Give part or all of a seller order back; seller, commission and VAT bear it in proportion.

    `cause` names what asks for it: asking twice with the same cause refunds once. Raises
    AmountInvalid, NothingToRefund and RefundTooLarge.
    """
    part = parts_by_id(ids=[seller_order_id])[seller_order_id]
    Intent.objects.select_for_update().filter(order_id=part.order_id).first()
    known = Refund.objects.filter(cause=cause).first()
    if known is not None:
        return known
    if amount_minor <= 0 or not is_whole(amount_minor):
        raise AmountInvalid
    paid = Attempt.objects.filter(
        intent__order_id=part.order_id, is_applied=True, status=AttemptStatus.SUCCEEDED
    ).first()
    if paid is None:
        raise NothingToRefund
    left = remaining_shares(part)
    if amount_minor > left.amount_minor:
        raise RefundTooLarge(most=format_minor(left.amount_minor))
    shares = split(amount_minor, left)
    refund = _create(paid, amount_minor, reason, note, cause, actor)
    RefundPart.objects.create(
        refund=refund,
        seller_order_id=part.pk,
        amount_minor=amount_minor,
        seller_minor=shares.seller_minor,
        commission_minor=shares.commission_minor,
        commission_vat_minor=shares.commission_vat_minor,
    )
    one_at_a_time(f"seller-balance:{part.seller.reference}")
    account = seller_account(part.seller.reference, part.reference, shares.seller_minor)
    _request(
        refund,
        part.order_id,
        [
            Line(account, shares.seller_minor, part.reference),
            Line(chart.COMMISSION_REVENUE, shares.commission_minor, part.reference),
            Line(chart.VAT_PAYABLE, shares.commission_vat_minor, part.reference),
            Line(chart.REFUNDS_CLEARING, -amount_minor, part.reference),
        ],
        actor,
    )
    return refund


@transaction.atomic
def refund_attempt(*, attempt_id: UUID, actor: Actor) -> Refund:
    """Give back a payment that its order could not take. Asking twice refunds once."""
    attempt = (
        Attempt.objects.select_for_update(of=("self",)).select_related("intent").get(pk=attempt_id)
    )
    cause = f"attempt:{attempt.pk}"
    known = Refund.objects.filter(cause=cause).first()
    if known is not None:
        return known
    if attempt.status != AttemptStatus.SUCCEEDED or attempt.is_applied:
        raise NothingToRefund
    paid_otherwise = Attempt.objects.filter(intent=attempt.intent, is_applied=True).exists()
    reason = RefundReason.DUPLICATE_PAYMENT if paid_otherwise else RefundReason.LATE_PAYMENT
    refund = _create(attempt, attempt.amount_minor, reason, "", cause, actor)
    _request(
        refund,
        attempt.intent.order_id,
        [
            Line(chart.SUSPENSE, attempt.amount_minor, attempt.reference),
            Line(chart.REFUNDS_CLEARING, -attempt.amount_minor, attempt.reference),
        ],
        actor,
    )
    return refund


@transaction.atomic
def retry_refund(*, refund_id: UUID, actor: Actor) -> Refund:
    """Finance sends a refused refund again, under a new reference.

    Raises RefundNotFound, IllegalTransition, and NothingToRefund where the provider has taken the
    payment back by itself.
    """
    refund = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("attempt__intent")
        .filter(pk=refund_id)
        .first()
    )
    if refund is None:
        raise RefundNotFound
    if refund.attempt.status == AttemptStatus.REVERSED:
        raise NothingToRefund
    before = move(refund, RefundStatus.REQUESTED, REFUND_TRANSITIONS, actor=actor)
    record(
        RefundRequested(refund_id=refund.pk, order_id=refund.attempt.intent.order_id),
        actor=actor,
        before={"status": before},
        after={"status": refund.status},
    )
    return refund


def send_refund(*, refund_id: UUID) -> None:
    """Send it, once per request. Where the provider cannot be reached, the delivery comes again."""
    refund = _claim(refund_id)
    if refund is None:
        return
    attempt = refund.attempt
    try:
        answer = ask(
            attempt.provider,
            lambda provider: provider.reverse(
                reference=wire_reference(refund),
                payment_reference=wire(refund.attempt.reference),
                msisdn=refund.attempt.msisdn,
                receipt=attempt.receipt,
                amount_minor=refund.amount_minor,
            ),
        )
    except ProviderUnavailable:
        with transaction.atomic():
            move(refund, RefundStatus.REQUESTED, REFUND_TRANSITIONS, actor=REFUNDS)
        raise
    _take(refund.pk, answer)


def enquire_due_refunds() -> int:
    """Ask about refunds whose answer never came; returns how many were settled.

    What an outage kept from being sent for longer than deliveries are tried is sent first.
    """
    _send_stranded()
    due = Refund.objects.filter(status__in=UNCERTAIN, next_enquiry_at__lte=clock.now())
    refunds = due.select_related("attempt").order_by("next_enquiry_at")[:ENQUIRIES_PER_SWEEP]
    return sum(_enquire(refund) for refund in refunds)


def _send_stranded() -> None:
    stranded = Refund.objects.filter(
        status=RefundStatus.REQUESTED, created_at__lte=clock.now() - STRANDED_AFTER
    )
    for refund_id in list(stranded.order_by("pk").values_list("pk", flat=True)[:SENT_PER_SWEEP]):
        try:
            send_refund(refund_id=refund_id)
        except ProviderUnavailable:
            return  # It is still away; the next sweep looks again.


def wire_reference(refund: Refund) -> str:
    """What the provider knows this try by: a repetition needs a name of its own."""
    return wire(refund.reference) + (f"T{refund.tries}" if refund.tries > 1 else "")


def _create(
    attempt: Attempt, amount_minor: int, reason: str, note: str, cause: str, actor: Actor
) -> Refund:
    return Refund.objects.create(
        attempt=attempt,
        reason=RefundReason(reason),
        note=note[:300],
        amount_minor=amount_minor,
        currency=attempt.currency,
        cause=cause,
        requested_by_id=actor.user_id,
        created_at=clock.now(),
    )


def _request(refund: Refund, order_id: UUID, lines: list[Line], actor: Actor) -> None:
    event = record(
        RefundRequested(refund_id=refund.pk, order_id=order_id),
        actor=actor,
        after={"status": refund.status, "amount_minor": refund.amount_minor},
    )
    post(event=event, memo=f"Refund {refund.reference}: {refund.reason}", lines=lines)


@transaction.atomic
def _claim(refund_id: UUID) -> Refund | None:
    refund = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("attempt__intent")
        .get(pk=refund_id)
    )
    if refund.status != RefundStatus.REQUESTED:
        return None
    move(
        refund,
        RefundStatus.SENT,
        REFUND_TRANSITIONS,
        actor=REFUNDS,
        tries=refund.tries + 1,
        sent_at=clock.now(),
        next_enquiry_at=clock.now() + LADDER[1],
    )
    record(RefundSent(refund_id=refund.pk, order_id=refund.attempt.intent.order_id), actor=REFUNDS)
    return refund


def _enquire(refund: Refund) -> bool:
    # Booked first: two sweeps at once, or one that dies, ask again later and not at once.
    booked = Refund.objects.filter(
        pk=refund.pk, status__in=UNCERTAIN, next_enquiry_at=refund.next_enquiry_at
    ).update(next_enquiry_at=clock.now() + LADDER[-2])
    if not booked:
        return False
    try:
        answer = ask(
            refund.attempt.provider,
            lambda provider: provider.enquire(
                reference=wire_reference(refund),
                subject=Subject.REFUND,
                payment_reference=wire(refund.attempt.reference),
            ),
        )
    except ProviderUnavailable:
        return False
    waited = clock.now() - (refund.sent_at or refund.created_at)
    if answer.outcome == Outcome.NOT_FOUND and waited > NOT_FOUND_GRACE:
        answer = Answer(Outcome.FAILED, code="not_received", message=answer.message)
    return _take(refund.pk, answer)


@transaction.atomic
def _take(refund_id: UUID, answer: Answer) -> bool:
    """Write a provider's answer down; whether it settled the refund."""
    refund = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("attempt__intent")
        .get(pk=refund_id)
    )
    if refund.status not in UNCERTAIN:
        return False
    facts = {"provider_code": answer.code[:40], "provider_message": answer.message[:300]}
    before, order_id = refund.status, refund.attempt.intent.order_id
    if answer.outcome == Outcome.SUCCEEDED:
        move(
            refund,
            RefundStatus.SUCCEEDED,
            REFUND_TRANSITIONS,
            actor=REFUNDS,
            receipt=answer.receipt,
            settled_at=clock.now(),
            next_enquiry_at=None,
            **facts,
        )
        event = record(
            RefundSucceeded(refund_id=refund.pk, order_id=order_id),
            actor=REFUNDS,
            before={"status": before},
            after={"status": refund.status, "receipt": refund.receipt},
        )
        _post_paid_back(event, refund)
        return True
    if answer.outcome == Outcome.FAILED:
        move(
            refund,
            RefundStatus.FAILED,
            REFUND_TRANSITIONS,
            actor=REFUNDS,
            next_enquiry_at=None,
            **facts,
        )
        failed = RefundFailed(
            refund_id=refund.pk, order_id=order_id, code=answer.code, message=answer.message[:300]
        )
        record(failed, actor=REFUNDS, before={"status": before}, after={"status": refund.status})
        return True
    if refund.status == RefundStatus.SENT:
        move(refund, RefundStatus.UNKNOWN, REFUND_TRANSITIONS, actor=REFUNDS, **facts)
    else:
        Refund.objects.filter(pk=refund.pk).update(**facts)
    return False


def _post_paid_back(event: LoggedEvent, refund: Refund) -> None:
    clearing = chart.provider_clearing(refund.attempt.provider)
    lines = [
        line
        for reference, amount in owed_by(refund)
        for line in (
            Line(chart.REFUNDS_CLEARING, amount, reference),
            Line(clearing, -amount, reference),
        )
    ]
    post(event=event, memo=f"Refund {refund.reference} paid back", lines=lines)
