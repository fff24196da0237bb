"""What became of a payout: paid, failed, or come back. Never twice, and never without its entry."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.payments.ports import Answer, Outcome
from marketplace.payouts.commands.batches import PAYOUTS, complete_if_done
from marketplace.payouts.commands.earnings import take_back
from marketplace.payouts.errors import (
    FourEyes,
    NotReturnable,
    PayoutNotFound,
    ReasonMissing,
    ReceiptMissing,
    StillUncertain,
)
from marketplace.payouts.events import PayoutFailed, PayoutPaid, PayoutReturned
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.states import (
    EARNING_TRANSITIONS,
    PAYOUT_TRANSITIONS,
    EarningStatus,
    PayoutStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import lock_rows, one_at_a_time
from marketplace.shared.models import LoggedEvent
from marketplace.shared.outbox import record
from marketplace.shared.states import move

# So long the provider is asked before a person may decide.
DOUBT = timedelta(hours=24)
# When what was paid is first looked at again.
LOOK_AGAIN_AFTER = timedelta(days=1)
UNCERTAIN = [PayoutStatus.SENT, PayoutStatus.UNKNOWN]
REASON_CHARS = 300
RECEIPT_CHARS = 40


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
    payout = _by_another(payout_id, actor)
    if payout.sent_at is None or payout.sent_at + DOUBT > clock.now():
        raise StillUncertain
    outcome = Outcome.SUCCEEDED if is_paid else Outcome.FAILED
    answer = Answer(outcome, code="by hand", message=reason, receipt=receipt.strip())
    if not take_answer(payout_id, answer, actor=actor):
        raise StillUncertain
    payout.refresh_from_db()
    return payout


def confirm_payout(*, payout_id: UUID, receipt: str, message: str, actor: Actor) -> bool:
    """A statement shows that a payout of unknown fate was paid; whether that was news."""
    shown = Answer(Outcome.SUCCEEDED, code="statement", message=message, receipt=receipt)
    return take_answer(payout_id, shown, actor)


@transaction.atomic
def return_payout(*, payout_id: UUID, reason: str, actor: Actor) -> Payout:
    """A person, or a statement, shows that a paid payout came back; the seller is credited again.

    Not whoever approved it: they could pay it once more. Raises PayoutNotFound, ReasonMissing,
    FourEyes and NotReturnable.
    """
    if not reason.strip():
        raise ReasonMissing
    _by_another(payout_id, actor)
    payout = lock_payout(payout_id)
    if payout.status != PayoutStatus.PAID:
        raise NotReturnable
    _returned(payout, reason.strip(), actor)
    return payout


@transaction.atomic
def take_answer(payout_id: UUID, answer: Answer, actor: Actor = PAYOUTS) -> bool:
    """Write a provider's answer down; whether it settled the payout, or brought it back."""
    payout = lock_payout(payout_id)
    if payout.status == PayoutStatus.PAID and answer.is_reversed:
        _returned(payout, answer.message or "the provider has reversed it", actor)
        return True
    if payout.status not in UNCERTAIN:
        return False
    if answer.outcome == Outcome.SUCCEEDED:
        _paid(payout, answer, actor)
        if answer.is_reversed:
            _returned(payout, answer.message or "the provider has reversed it", actor)
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
    complete_if_done(payout.batch_id)
    return True


def fail_unsent(payout: Payout, why: str) -> None:
    """An approved payout that must not leave any more; the seller has the money again."""
    _failed(payout, Answer(Outcome.FAILED, code="not sent", message=why), PAYOUTS)
    complete_if_done(payout.batch_id)


def lock_payout(payout_id: UUID) -> Payout:
    """The payout and its batch, locked together; the seller's balance comes after them."""
    rows = Payout.objects.select_for_update(of=("self", "batch"))
    return rows.select_related("batch", "seller").get(pk=payout_id)


def _by_another(payout_id: UUID, actor: Actor) -> Payout:
    payout = Payout.objects.select_related("batch").filter(pk=payout_id).first()
    if payout is None:
        raise PayoutNotFound
    if actor.user_id is not None and payout.batch.decided_by_id == actor.user_id:
        raise FourEyes
    return payout


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
    reason = answer.message[:REASON_CHARS]
    event = record(
        PayoutFailed(
            payout_id=payout.pk, seller_id=payout.seller_id, code=answer.code, message=reason
        ),
        actor=actor,
        after={"status": payout.status, "reason": reason},
    )
    _credit_again(payout, chart.PAYOUT_CLEARING, event, "failed")


def _returned(payout: Payout, reason: str, actor: Actor) -> None:
    """The wallet holds the money again, and so does the seller; the receipt stays with the payout."""
    one_at_a_time(f"seller-balance:{payout.seller.reference}")
    move(
        payout,
        PayoutStatus.RETURNED,
        PAYOUT_TRANSITIONS,
        actor=actor,
        returned_at=clock.now(),
        return_reason=reason[:REASON_CHARS],
        next_enquiry_at=None,
    )
    event = record(
        PayoutReturned(
            payout_id=payout.pk, seller_id=payout.seller_id, reason=reason[:REASON_CHARS]
        ),
        actor=actor,
        before={"status": PayoutStatus.PAID},
        after={"status": payout.status, "reason": reason[:REASON_CHARS]},
    )
    _credit_again(payout, chart.provider_clearing(payout.provider), event, "came back")


def _credit_again(payout: Payout, source: str, event: LoggedEvent, what: str) -> None:
    """From where the money lies to the seller's seller orders, as it was taken from them."""
    account = chart.seller_available(payout.seller.reference)
    post(
        event=event,
        memo=f"Payout {payout.reference} {what}: the seller is credited again",
        lines=[
            Line(source, payout.amount_minor, payout.reference),
            *(
                Line(account, -line.amount_minor, line.seller_order_reference)
                for line in payout.lines.all()
            ),
        ],
    )
    take_back(payout_id=payout.pk)


def _settle(payout: Payout, status: PayoutStatus, answer: Answer, actor: Actor) -> None:
    is_paid = status == PayoutStatus.PAID
    move(
        payout,
        status,
        PAYOUT_TRANSITIONS,
        actor=actor,
        receipt=answer.receipt[:RECEIPT_CHARS] if is_paid else "",
        settled_at=clock.now(),
        next_enquiry_at=clock.now() + LOOK_AGAIN_AFTER if is_paid else None,
        provider_code=answer.code[:40],
        provider_message=answer.message[:300],
    )
