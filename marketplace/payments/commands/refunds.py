"""Giving money back through the provider that brought it: sent once, settled once."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from marketplace.ledger import chart
from marketplace.ledger.commands import Line, post
from marketplace.payments.commands.calls import LADDER, ask
from marketplace.payments.events import RefundFailed, RefundSent, RefundSucceeded
from marketplace.payments.gateways import wire
from marketplace.payments.models import Refund
from marketplace.payments.ports import (
    Answer,
    Outcome,
    PaymentProvider,
    ProviderUnavailable,
    Subject,
)
from marketplace.payments.refund_shares import owed_by
from marketplace.payments.states import (
    REFUND_TRANSITIONS,
    AttemptStatus,
    RefundChannel,
    RefundStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from marketplace.shared.outbox import record
from marketplace.shared.states import move

REFUNDS = Actor.system("payments")
ENQUIRIES_PER_SWEEP = 200
NOT_FOUND_GRACE = timedelta(minutes=10)
# Deliveries are tried for some ten minutes.
STRANDED_AFTER = timedelta(minutes=15)
SENT_PER_SWEEP = 50
# So long the provider may still say what became of a refund, before a person or a statement may.
DOUBT = timedelta(hours=24)
BY_STATEMENT = "statement"
UNCERTAIN = [RefundStatus.SENT, RefundStatus.UNKNOWN]


def send_refund(*, refund_id: UUID) -> None:
    """Send it, once per request. Where the provider cannot be reached, the delivery comes again."""
    refund = _claim(refund_id)
    if refund is None:
        return
    try:
        answer = ask(refund.attempt.provider, lambda provider: _give_back(provider, refund))
    except ProviderUnavailable:
        with transaction.atomic():
            move(refund, RefundStatus.REQUESTED, REFUND_TRANSITIONS, actor=REFUNDS)
        raise
    _take(refund.pk, answer)


def _give_back(provider: PaymentProvider, refund: Refund) -> Answer:
    attempt = refund.attempt
    if refund.channel == RefundChannel.PAYOUT:
        return provider.disburse(
            reference=wire_reference(refund),
            msisdn=attempt.msisdn,
            amount_minor=refund.amount_minor,
            description=f"ZetuTech {refund.reference}",
        )
    return provider.reverse(
        reference=wire_reference(refund),
        receipt=attempt.receipt,
        amount_minor=refund.amount_minor,
        payment_reference=wire(attempt.reference),
        msisdn=attempt.msisdn,
    )


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


@transaction.atomic
def _claim(refund_id: UUID) -> Refund | None:
    refund = _locked(refund_id)
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
                subject=(
                    Subject.PAYOUT if refund.channel == RefundChannel.PAYOUT else Subject.REFUND
                ),
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
def confirm_refund(*, refund_id: UUID, receipt: str, message: str, actor: Actor) -> bool:
    """A statement shows that the money left us, whatever we were told; whether that was news.

    What was to be sent again, and is not on its way yet, then stays here. What the provider took back by
    itself was booked with that.
    """
    refund = _locked(refund_id)
    is_open = refund.status in {*UNCERTAIN, RefundStatus.FAILED}
    is_waiting_again = refund.status == RefundStatus.REQUESTED and refund.tries > 0
    if not (is_open or is_waiting_again) or refund.attempt.status == AttemptStatus.REVERSED:
        return False
    shown = Answer(Outcome.SUCCEEDED, code=BY_STATEMENT, message=message, receipt=receipt)
    _succeed(refund, shown, actor)
    return True


@transaction.atomic
def give_up_refund(*, refund_id: UUID, message: str, actor: Actor) -> bool:
    """Statements show that the money did not leave us; whether that was news.

    A person may send it again. Nothing where DOUBT has not passed since the last try.
    """
    refund = _locked(refund_id)
    if refund.status not in UNCERTAIN or (refund.sent_at or clock.now()) + DOUBT > clock.now():
        return False
    _fail(refund, Answer(Outcome.FAILED, code=BY_STATEMENT, message=message), actor)
    return True


@transaction.atomic
def _take(refund_id: UUID, answer: Answer) -> bool:
    """Write a provider's answer down; whether it settled the refund."""
    refund = _locked(refund_id)
    if refund.status not in UNCERTAIN:
        return False
    if answer.outcome == Outcome.SUCCEEDED:
        _succeed(refund, answer, REFUNDS)
        return True
    if answer.outcome == Outcome.FAILED:
        _fail(refund, answer, REFUNDS)
        return True
    facts = _facts(answer)
    if refund.status == RefundStatus.SENT:
        move(refund, RefundStatus.UNKNOWN, REFUND_TRANSITIONS, actor=REFUNDS, **facts)
    else:
        Refund.objects.filter(pk=refund.pk).update(**facts)
    return False


def _locked(refund_id: UUID) -> Refund:
    rows = Refund.objects.select_for_update(of=("self",)).select_related("attempt__intent")
    return rows.get(pk=refund_id)


def _facts(answer: Answer) -> dict[str, str]:
    return {"provider_code": answer.code[:40], "provider_message": answer.message[:300]}


def _succeed(refund: Refund, answer: Answer, actor: Actor) -> None:
    before = move(
        refund,
        RefundStatus.SUCCEEDED,
        REFUND_TRANSITIONS,
        actor=actor,
        receipt=answer.receipt[:40],
        settled_at=clock.now(),
        next_enquiry_at=None,
        **_facts(answer),
    )
    event = record(
        RefundSucceeded(refund_id=refund.pk, order_id=refund.attempt.intent.order_id),
        actor=actor,
        before={"status": before},
        after={"status": refund.status, "receipt": refund.receipt},
    )
    post_paid_back(event, refund)


def _fail(refund: Refund, answer: Answer, actor: Actor) -> None:
    before = move(
        refund,
        RefundStatus.FAILED,
        REFUND_TRANSITIONS,
        actor=actor,
        next_enquiry_at=None,
        **_facts(answer),
    )
    failed = RefundFailed(
        refund_id=refund.pk,
        order_id=refund.attempt.intent.order_id,
        code=answer.code,
        message=answer.message[:300],
    )
    record(failed, actor=actor, before={"status": before}, after={"status": refund.status})


def post_paid_back(event: LoggedEvent, refund: Refund, *, account: str = "") -> None:
    """The money has left us: the provider's wallet, or `account` where it came from elsewhere."""
    paid_from = account or chart.provider_clearing(refund.attempt.provider)
    lines = [
        line
        for reference, amount in owed_by(refund)
        for line in (
            Line(chart.REFUNDS_CLEARING, amount, reference),
            Line(paid_from, -amount, reference),
        )
    ]
    post(event=event, memo=f"Refund {refund.reference} paid back", lines=lines)
