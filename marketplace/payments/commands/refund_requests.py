"""Asking for money to go back, and the second pair of eyes above a threshold.

A refund that a person asks for is only proposed while it, together with what people asked for of
the same payment without approval, exceeds `RuleName.REFUND_APPROVAL`. Nothing of a proposed refund is
booked, but its amount is set aside: two proposals never add up to more than was paid.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.orders.queries import parts_by_id, seller_order_by_id
from marketplace.payments.errors import (
    AmountInvalid,
    NothingToRefund,
    RefundNotFound,
    RefundReasonMissing,
    RefundTooLarge,
    SecondPersonNeeded,
)
from marketplace.payments.events import RefundProposed, RefundRejected, RefundRequested
from marketplace.payments.gateways import gateway
from marketplace.payments.models import Attempt, Intent, Refund, RefundLine, RefundPart
from marketplace.payments.queries import exceeds_approval
from marketplace.payments.refund_shares import (
    Chosen,
    Part,
    Shares,
    borne,
    chosen_pieces,
    remaining_shares,
    seller_account,
    shares_of_pieces,
)
from marketplace.payments.states import (
    REFUND_TRANSITIONS,
    AttemptStatus,
    Bearer,
    RefundChannel,
    RefundReason,
    RefundStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.money import format_minor, is_whole
from marketplace.shared.outbox import record
from marketplace.shared.states import move


@transaction.atomic
def refund_seller_order(
    *,
    seller_order_id: UUID,
    amount_minor: int,
    reason: str,
    cause: str,
    actor: Actor,
    note: str = "",
    bearer: Bearer = Bearer.EARNERS,
    shipping_minor: int = 0,
) -> Refund:
    """Give an amount of a seller order back; seller, commission and VAT bear it in proportion.

    With Bearer.MARKETPLACE we bear it alone, as goodwill: the seller keeps the earning. `cause`
    names what asks for it: asking twice with the same cause refunds once. `shipping_minor` says how
    much of the amount is shipping. Raises AmountInvalid, NothingToRefund and RefundTooLarge.
    """
    part, known = _begin(seller_order_id, cause)
    if known is not None:
        return known
    if amount_minor <= 0 or not is_whole(amount_minor):
        raise AmountInvalid
    left = remaining_shares(part)
    if amount_minor > left.amount_minor:
        raise RefundTooLarge(most=format_minor(left.amount_minor))
    refund = _create(_payment_of(part), amount_minor, reason, note, cause, actor)
    shares = borne(amount_minor, left, bearer, shipping_minor=shipping_minor)
    _add_part(refund, part, shares, Chosen([], shipping_minor))
    _ask(refund, actor)
    return refund


@transaction.atomic
def refund_pieces(
    *,
    seller_order_id: UUID,
    pieces: Mapping[int, int],
    with_shipping: bool,
    reason: str,
    cause: str,
    actor: Actor,
    note: str = "",
) -> Refund:
    """Give pieces of a seller order's lines back (order line id → how many), and its shipping.

    Commission and its VAT go back as each line's own terms were. `cause` as above. Raises
    NothingChosen, PiecesInvalid, NothingToRefund and RefundTooLarge.
    """
    part, known = _begin(seller_order_id, cause)
    if known is not None:
        return known
    part = seller_order_by_id(seller_order_id)
    chosen = chosen_pieces(part, pieces, with_shipping=with_shipping)
    left = remaining_shares(part)
    if chosen.amount_minor > left.amount_minor:
        raise RefundTooLarge(most=format_minor(left.amount_minor))
    refund = _create(_payment_of(part), chosen.amount_minor, reason, note, cause, actor)
    _add_part(refund, part, shares_of_pieces(chosen, left), chosen)
    _ask(refund, actor)
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
    if attempt.asked_minor is not None:
        reason = RefundReason.WRONG_AMOUNT
    refund = _create(attempt, attempt.amount_minor, reason, "", cause, actor)
    _request(refund, actor)
    return refund


@transaction.atomic
def refund_surplus(*, attempt_id: UUID, actor: Actor) -> Refund:
    """Give back what an applied payment brought beyond its order. Asking twice refunds once."""
    attempt = (
        Attempt.objects.select_for_update(of=("self",)).select_related("intent").get(pk=attempt_id)
    )
    cause = f"surplus:{attempt.pk}"
    known = Refund.objects.filter(cause=cause).first()
    if known is not None:
        return known
    if attempt.status != AttemptStatus.SUCCEEDED or not attempt.surplus_minor:
        raise NothingToRefund
    reason = RefundReason.WRONG_AMOUNT
    refund = _create(attempt, attempt.surplus_minor, reason, "", cause, actor)
    _request(refund, actor)
    return refund


@transaction.atomic
def approve_refund(*, refund_id: UUID, actor: Actor) -> Refund:
    """A second person lets a proposed refund go out; now it is booked and sent.

    Raises RefundNotFound, SecondPersonNeeded, IllegalTransition, and NothingToRefund where the
    provider has taken the payment back by itself.
    """
    refund = locked_refund(refund_id)
    require_another(refund, actor)
    if refund.attempt.status != AttemptStatus.SUCCEEDED:
        raise NothingToRefund
    before = move(
        refund,
        RefundStatus.REQUESTED,
        REFUND_TRANSITIONS,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
    )
    _request(refund, actor, before=before)
    return refund


@transaction.atomic
def reject_refund(*, refund_id: UUID, reason: str, actor: Actor) -> Refund:
    """A second person refuses it; the money may be asked for again.

    Raises RefundNotFound, RefundReasonMissing, SecondPersonNeeded and IllegalTransition.
    """
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise RefundReasonMissing
    refund = locked_refund(refund_id)
    require_another(refund, actor)
    drop_proposal(refund, reason, actor)
    return refund


def drop_proposal(refund: Refund, reason: str, actor: Actor) -> None:
    """A proposed, locked refund is off; its cause may ask again."""
    before = move(
        refund,
        RefundStatus.REJECTED,
        REFUND_TRANSITIONS,
        actor=actor,
        cause=f"rejected:{refund.pk}",
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
        decision_reason=reason,
    )
    record(
        RefundRejected(refund_id=refund.pk, order_id=refund.attempt.intent.order_id, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": refund.status},
    )


def locked_shares(part: Part) -> Shares:
    """What can still be given back; nothing changes it until the caller's transaction ends."""
    _lock_payment(part)
    return remaining_shares(part)


def _begin(seller_order_id: UUID, cause: str) -> tuple[Part, Refund | None]:
    """The part, its payment locked, and the refund that this cause has asked for already."""
    part = parts_by_id(ids=[seller_order_id])[seller_order_id]
    _lock_payment(part)
    return part, Refund.objects.filter(cause=cause).first()


def _lock_payment(part: Part) -> None:
    Intent.objects.select_for_update().filter(order_id=part.order_id).first()


def _payment_of(part: Part) -> Attempt:
    paid = Attempt.objects.filter(
        intent__order_id=part.order_id, is_applied=True, status=AttemptStatus.SUCCEEDED
    ).first()
    if paid is None:
        raise NothingToRefund
    return paid


def _create(
    attempt: Attempt, amount_minor: int, reason: str, note: str, cause: str, actor: Actor
) -> Refund:
    is_part = amount_minor < attempt.amount_minor
    refunds_in_part = gateway(attempt.provider).capabilities.refunds_in_part
    return Refund.objects.create(
        attempt=attempt,
        reason=RefundReason(reason),
        note=note[:300],
        amount_minor=amount_minor,
        currency=attempt.currency,
        cause=cause,
        # A provider that reverses whole payments only gets a payout to the wallet that paid.
        channel=(
            RefundChannel.PAYOUT if is_part and not refunds_in_part else RefundChannel.REVERSAL
        ),
        status=(
            RefundStatus.PROPOSED
            if exceeds_approval(attempt, amount_minor, actor)
            else RefundStatus.REQUESTED
        ),
        requested_by_id=actor.user_id,
        created_at=clock.now(),
    )


def _add_part(refund: Refund, part: Part, shares: Shares, chosen: Chosen | None = None) -> None:
    row = RefundPart.objects.create(
        refund=refund,
        seller_order_id=part.pk,
        amount_minor=shares.amount_minor,
        seller_minor=shares.seller_minor,
        commission_minor=shares.commission_minor,
        commission_vat_minor=shares.commission_vat_minor,
        goodwill_minor=shares.goodwill_minor,
        shipping_minor=chosen.shipping_minor if chosen else 0,
    )
    RefundLine.objects.bulk_create(
        RefundLine(
            part=row,
            order_line_id=each.order_line_id,
            quantity=each.quantity,
            amount_minor=each.amount_minor,
        )
        for each in (chosen.pieces if chosen else ())
    )


def _ask(refund: Refund, actor: Actor) -> None:
    """Request it at once, or leave it to a second person."""
    if refund.status == RefundStatus.REQUESTED:
        _request(refund, actor)
        return
    record(
        RefundProposed(refund_id=refund.pk, order_id=refund.attempt.intent.order_id),
        actor=actor,
        after={"status": refund.status, "amount_minor": refund.amount_minor},
    )


def _request(refund: Refund, actor: Actor, before: str = "") -> None:
    """From here on we owe the buyer: book it; the event's handler sends it."""
    event = record(
        RefundRequested(refund_id=refund.pk, order_id=refund.attempt.intent.order_id),
        actor=actor,
        before={"status": before} if before else None,
        after={"status": refund.status, "amount_minor": refund.amount_minor},
    )
    lines = _lines(refund)
    post(event=event, memo=f"Refund {refund.reference}: {refund.reason}", lines=lines)


def _lines(refund: Refund) -> list[Line]:
    """Taken from all who had it; from suspense where no order took it."""
    lines = []
    parts = refund.parts.select_related("seller_order__seller")
    for part in sorted(parts, key=lambda one: one.seller_order.seller.reference):
        seller, reference = part.seller_order.seller.reference, part.seller_order.reference
        one_at_a_time(f"seller-balance:{seller}")
        lines += [
            Line(
                seller_account(seller, reference, part.seller_minor), part.seller_minor, reference
            ),
            Line(chart.COMMISSION_REVENUE, part.commission_minor, reference),
            Line(chart.VAT_PAYABLE, part.commission_vat_minor, reference),
            Line(chart.GOODWILL, part.goodwill_minor, reference),
            Line(chart.REFUNDS_CLEARING, -part.amount_minor, reference),
        ]
    if lines:
        return lines
    reference = refund.attempt.reference
    return [
        Line(chart.SUSPENSE, refund.amount_minor, reference),
        Line(chart.REFUNDS_CLEARING, -refund.amount_minor, reference),
    ]


def locked_refund(refund_id: UUID) -> Refund:
    """With its payment; the intent is locked first, as everywhere."""
    intent = Intent.objects.filter(attempts__refunds=refund_id).first()
    if intent is None:
        raise RefundNotFound
    Intent.objects.select_for_update().get(pk=intent.pk)
    return (
        Refund.objects.select_for_update(of=("self",))
        .select_related("attempt__intent")
        .get(pk=refund_id)
    )


def require_another(refund: Refund, actor: Actor) -> None:
    if refund.requested_by_id is not None and refund.requested_by_id == actor.user_id:
        raise SecondPersonNeeded
