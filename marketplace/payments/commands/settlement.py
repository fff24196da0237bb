"""The one place where a payment becomes a success or a failure, whichever road the news took."""

from contextlib import suppress
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.orders.commands import cancel_order, mark_paid
from marketplace.orders.errors import NothingToCancel
from marketplace.orders.queries import parts_of
from marketplace.payments.commands.chargebacks import GOODS_HAVE_LEFT, open_chargeback
from marketplace.payments.commands.issue_book import (
    MONEY_HELD,
    UNCERTAIN,
    close_issues,
    explain_orphans,
    open_issue,
)
from marketplace.payments.commands.refund_requests import drop_proposal
from marketplace.payments.errors import PaymentNotFound
from marketplace.payments.events import (
    AttemptUncertain,
    PaymentFailed,
    PaymentReversed,
    PaymentSucceeded,
    RefundFailed,
)
from marketplace.payments.health import count_settled
from marketplace.payments.models import Attempt, Intent, Refund
from marketplace.payments.ports import Answer, Outcome
from marketplace.payments.refund_shares import owed_by, remaining_shares, seller_account
from marketplace.payments.states import (
    ATTEMPT_TRANSITIONS,
    INTENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    AttemptStatus,
    IntentStatus,
    IssueDecision,
    IssueKind,
    RefundStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.money import is_whole
from marketplace.shared.outbox import record
from marketplace.shared.states import move

PAYMENTS = Actor.system("payments")
UNSETTLED = {
    AttemptStatus.CREATED,
    AttemptStatus.SENT,
    AttemptStatus.PENDING,
    AttemptStatus.UNKNOWN,
}


@transaction.atomic
def settle_attempt(*, attempt_id: UUID, answer: Answer, actor: Actor) -> Attempt:
    """Take a final answer about an attempt; the same answer again changes nothing.

    A success pays the order if it still can take it; otherwise the money is booked to suspense and
    goes back. A success after a failure counts; a failure after a success does not. What the
    provider took back pays nothing. An answer with another payment's receipt settles nothing.
    Locks intent, attempt, order, seller orders, listings, in this order.
    """
    intent_id = Attempt.objects.filter(pk=attempt_id).values_list("intent_id", flat=True).first()
    if intent_id is None:
        raise PaymentNotFound
    intent = Intent.objects.select_for_update().get(pk=intent_id)
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    is_news = attempt.status in UNSETTLED or attempt.status == AttemptStatus.FAILED
    taken_back = answer.is_reversed and not _is_given_back_by_us(attempt)
    if taken_back and attempt.status == AttemptStatus.SUCCEEDED:
        _reverse(intent, attempt, answer, actor)
        _tell_of_reversal(attempt, answer, actor)
    elif answer.outcome == Outcome.SUCCEEDED and is_news:
        if doubt := _doubt_about(answer, attempt):
            _doubt(intent, attempt, answer, doubt)
            return attempt
        _succeed(intent, attempt, answer, actor, may_apply=not taken_back)
        if taken_back:
            _reverse(intent, attempt, answer, actor)
    elif answer.outcome == Outcome.FAILED and attempt.status in UNSETTLED:
        _fail(intent, attempt, answer, actor)
    return attempt


def _is_given_back_by_us(attempt: Attempt) -> bool:
    """Then the provider's mark "reversed" may be our own refund, and proves nothing."""
    left_us = [RefundStatus.SENT, RefundStatus.UNKNOWN, RefundStatus.SUCCEEDED]
    return Refund.objects.filter(attempt=attempt, status__in=left_us).exists()


def _doubt_about(answer: Answer, attempt: Attempt) -> str:
    """Why a success is not believed: another payment's receipt, an amount that cannot be."""
    if answer.receipt:
        others = Attempt.objects.filter(provider=attempt.provider, receipt=answer.receipt)
        other = others.exclude(pk=attempt.pk).first()
        if other is not None:
            return f"receipt {answer.receipt} belongs to {other.reference}"
    arrived = answer.amount_minor
    if arrived is not None and (arrived <= 0 or not is_whole(arrived)):
        return f"{arrived} minor units cannot have been moved"
    return ""


def _doubt(intent: Intent, attempt: Attempt, answer: Answer, message: str) -> None:
    """Nothing is believed of it; a person must look."""
    open_issue(
        IssueKind.DOUBTFUL,
        provider=attempt.provider,
        attempt=attempt,
        expected_minor=attempt.amount_minor,
        receipt=answer.receipt,
        note=message,
        actor=PAYMENTS,
    )
    facts = {"provider_code": answer.code[:40], "provider_message": message}
    if attempt.status not in {AttemptStatus.SENT, AttemptStatus.PENDING}:
        Attempt.objects.filter(pk=attempt.pk).update(**facts)
        attempt.provider_message = message
        return
    move(attempt, AttemptStatus.UNKNOWN, ATTEMPT_TRANSITIONS, actor=PAYMENTS, **facts)
    record(
        AttemptUncertain(attempt_id=attempt.pk, order_id=intent.order_id, message=message),
        actor=PAYMENTS,
    )


def _succeed(
    intent: Intent, attempt: Attempt, answer: Answer, actor: Actor, *, may_apply: bool
) -> None:
    asked = attempt.amount_minor
    arrived = asked if answer.amount_minor is None else answer.amount_minor
    applied = (
        may_apply
        and arrived == asked
        and intent.status == IntentStatus.OPEN
        and mark_paid(order_id=intent.order_id, actor=actor)
    )
    if applied:
        move(intent, IntentStatus.PAID, INTENT_TRANSITIONS, actor=actor)
    try:
        with transaction.atomic():
            before = move(
                attempt,
                AttemptStatus.SUCCEEDED,
                ATTEMPT_TRANSITIONS,
                actor=actor,
                is_applied=applied,
                amount_minor=arrived,
                asked_minor=None if arrived == asked else asked,
                receipt=answer.receipt,
                settled_at=clock.now(),
                next_enquiry_at=None,
                provider_code=answer.code[:40],
                provider_message=answer.message[:300],
            )
    except IntegrityError as error:
        raise ReceiptReused(answer.receipt) from error
    event = record(
        PaymentSucceeded(
            attempt_id=attempt.pk,
            order_id=intent.order_id,
            applied=applied,
            held=arrived != asked,
        ),
        actor=actor,
        before={"status": before},
        after={"status": attempt.status, "receipt": attempt.receipt},
    )
    count_settled(attempt.provider, succeeded=True)
    _explain(attempt, actor)
    clearing = chart.provider_clearing(attempt.provider)
    if not applied:
        lines = [
            Line(clearing, attempt.amount_minor, attempt.reference),
            Line(chart.SUSPENSE, -attempt.amount_minor, attempt.reference),
        ]
        post(event=event, memo=f"Payment {attempt.reference} without an order", lines=lines)
        if may_apply:
            _keep_for_the_desk(attempt, asked, actor)
        return
    lines = [
        Line(clearing, part.gross_minor, part.reference)
        for part in parts_of(order_id=intent.order_id)
    ]
    lines += order_lines(intent.order_id)
    post(event=event, memo=f"Payment {attempt.reference}", lines=lines)


def order_lines(order_id: UUID) -> list[Line]:
    """Who gets the money of an order that is paid: its sellers, our commission, the VAT on it."""
    return [
        line
        for part in parts_of(order_id=order_id)
        for line in (
            Line(chart.seller_pending(part.seller.reference), -part.net_minor, part.reference),
            Line(chart.COMMISSION_REVENUE, -part.commission_minor, part.reference),
            Line(chart.VAT_PAYABLE, -part.commission_vat_minor, part.reference),
        )
    ]


def _keep_for_the_desk(attempt: Attempt, asked_minor: int, actor: Actor) -> None:
    """Money in suspense: late and double payments go back by themselves, others wait."""
    if attempt.amount_minor != asked_minor:
        is_more = attempt.amount_minor > asked_minor
        kind = IssueKind.OVERPAID if is_more else IssueKind.UNDERPAID
    elif Attempt.objects.filter(intent_id=attempt.intent_id, is_applied=True).exists():
        kind = IssueKind.DUPLICATE
    else:
        kind = IssueKind.LATE
    open_issue(
        kind,
        provider=attempt.provider,
        attempt=attempt,
        expected_minor=asked_minor,
        arrived_minor=attempt.amount_minor,
        receipt=attempt.receipt,
        actor=actor,
    )


def _explain(attempt: Attempt, actor: Actor) -> None:
    """What was unknown or doubtful is known now."""
    close_issues(
        attempt_id=attempt.pk,
        kinds=UNCERTAIN,
        decision=IssueDecision.EXPLAINED,
        reason=f"{attempt.reference}: {attempt.get_status_display()}",
        actor=PAYMENTS,
    )
    explain_orphans(attempt=attempt, actor=PAYMENTS)


def _fail(intent: Intent, attempt: Attempt, answer: Answer, actor: Actor) -> None:
    count_settled(attempt.provider, succeeded=False)
    before = move(
        attempt,
        AttemptStatus.FAILED,
        ATTEMPT_TRANSITIONS,
        actor=actor,
        next_enquiry_at=None,
        settled_at=clock.now(),
        provider_code=answer.code[:40],
        provider_message=answer.message[:300],
    )
    record(
        PaymentFailed(
            attempt_id=attempt.pk,
            order_id=intent.order_id,
            code=answer.code,
            message=answer.message[:300],
        ),
        actor=actor,
        before={"status": before},
        after={"status": attempt.status},
    )
    _explain(attempt, actor)


def _reverse(intent: Intent, attempt: Attempt, answer: Answer, actor: Actor) -> None:
    """The provider took the money back: what has not left stays where it is, in the same moment.

    What was not refunded of it yet is taken from all who had it; of goods that have left it is a
    claim (commands/chargebacks.py), until a case decides who bears it.
    """
    move(
        attempt,
        AttemptStatus.REVERSED,
        ATTEMPT_TRANSITIONS,
        actor=actor,
        provider_code=answer.code[:40],
        provider_message=answer.message[:300],
    )
    event = record(
        PaymentReversed(attempt_id=attempt.pk, order_id=intent.order_id),
        actor=actor,
        before={"status": AttemptStatus.SUCCEEDED},
        after={"status": attempt.status},
    )
    if attempt.is_applied:
        with suppress(NothingToCancel):
            cancel_order(
                order_id=intent.order_id, reason=_("The payment was taken back."), actor=PAYMENTS
            )
    post(
        event=event,
        memo=f"Payment {attempt.reference} reversed by the provider",
        lines=[
            *_promised_lines(attempt, intent, actor),
            *(_reversal_lines(intent, attempt) if attempt.is_applied else ()),
            *(_suspense_lines(attempt) if not attempt.is_applied else ()),
        ],
    )


def _tell_of_reversal(attempt: Attempt, answer: Answer, actor: Actor) -> None:
    """A person learns of it; what waited for a decision about this money is over."""
    close_issues(
        attempt_id=attempt.pk,
        kinds=MONEY_HELD,
        decision=IssueDecision.EXPLAINED,
        reason="the provider took the payment back by itself",
        actor=PAYMENTS,
    )
    open_issue(
        IssueKind.REVERSED,
        provider=attempt.provider,
        attempt=attempt,
        expected_minor=attempt.amount_minor,
        arrived_minor=0,
        receipt=attempt.receipt,
        note=answer.message,
        actor=actor,
    )


def _promised_lines(attempt: Attempt, intent: Intent, actor: Actor) -> list[Line]:
    """Refunds that had not left us are overtaken: the provider has given the money back itself."""
    clearing = chart.provider_clearing(attempt.provider)
    lines = []
    message = "the provider took the payment back by itself"
    for refund in lock_rows(Refund.objects.filter(attempt=attempt)):
        if refund.status == RefundStatus.PROPOSED:
            drop_proposal(refund, message, actor)
        if refund.status == RefundStatus.REJECTED:
            continue  # Nothing of it was ever booked.
        if refund.status == RefundStatus.REQUESTED:
            move(
                refund,
                RefundStatus.FAILED,
                REFUND_TRANSITIONS,
                actor=actor,
                provider_message=message,
            )
            failed = RefundFailed(
                refund_id=refund.pk, order_id=intent.order_id, code="reversed", message=message
            )
            record(failed, actor=actor)
        for reference, amount in owed_by(refund):
            lines += [
                Line(chart.REFUNDS_CLEARING, amount, reference),
                Line(clearing, -amount, reference),
            ]
    return lines


def _suspense_lines(attempt: Attempt) -> list[Line]:
    """What no order took and no refund promised."""
    if Refund.objects.filter(attempt=attempt).exclude(status=RefundStatus.REJECTED).exists():
        return []
    return [
        Line(chart.SUSPENSE, attempt.amount_minor, attempt.reference),
        Line(chart.provider_clearing(attempt.provider), -attempt.amount_minor, attempt.reference),
    ]


def _reversal_lines(intent: Intent, attempt: Attempt) -> list[Line]:
    """All that no refund promised, sellers in the order of locks; goods that left become a claim."""
    clearing = chart.provider_clearing(attempt.provider)
    lines = []
    for part in sorted(parts_of(order_id=intent.order_id), key=lambda p: p.seller.reference):
        one_at_a_time(f"seller-balance:{part.seller.reference}")
        left = remaining_shares(part)
        if part.status in GOODS_HAVE_LEFT and left.amount_minor:
            open_chargeback(attempt, part.pk, left)
            lines += [
                Line(chart.CHARGEBACKS, left.amount_minor, part.reference),
                Line(clearing, -left.amount_minor, part.reference),
            ]
            continue
        account = seller_account(part.seller.reference, part.reference, left.seller_minor)
        lines += [
            Line(account, left.seller_minor, part.reference),
            Line(chart.COMMISSION_REVENUE, left.commission_minor, part.reference),
            Line(chart.VAT_PAYABLE, left.commission_vat_minor, part.reference),
            Line(clearing, -left.amount_minor, part.reference),
        ]
    return lines


class ReceiptReused(Exception):
    """The provider names a receipt that already belongs to another payment: nothing is believed."""
