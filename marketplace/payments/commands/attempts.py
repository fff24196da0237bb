"""Charging a wallet: one push, sent at most once; what stays uncertain is enquired after."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from marketplace.orders.queries import order_by_id
from marketplace.payments.commands.calls import ask, next_enquiry
from marketplace.payments.commands.issue_book import open_issue
from marketplace.payments.commands.settlement import settle_attempt
from marketplace.payments.errors import AttemptInFlight, OrderNotPayable, PaymentNotFound
from marketplace.payments.events import (
    AttemptSent,
    AttemptStarted,
    AttemptUncertain,
    ReceiptLearned,
)
from marketplace.payments.gateways import gateway, route, wire
from marketplace.payments.models import Attempt, Intent
from marketplace.payments.offers import require_offered
from marketplace.payments.ports import UNAVAILABLE, Answer, Outcome, ProviderUnavailable
from marketplace.payments.states import (
    ATTEMPT_TRANSITIONS,
    AttemptStatus,
    IntentStatus,
    IssueKind,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.locks import try_alone
from marketplace.shared.outbox import record
from marketplace.shared.states import move

PAYMENTS = Actor.system("payments")
ENQUIRIES_PER_SWEEP = 200
# After this only the statement can tell.
ENQUIRED_FOR = timedelta(hours=24)
# The prompt on the phone has long gone: from here on the buyer may try again.
PROMPT_LASTS = timedelta(minutes=3)
OPEN = [AttemptStatus.SENT, AttemptStatus.PENDING, AttemptStatus.UNKNOWN]


@transaction.atomic
def start_attempt(
    *, intent_id: UUID, msisdn: str, actor: Actor, provider: str | None = None
) -> Attempt:
    """Ask a wallet (E.164 number) for the order's total; the push goes out in the background.

    Raises PaymentNotFound, OrderNotPayable, AttemptInFlight and what `route` and
    `require_offered` do.
    """
    chosen = route(msisdn=msisdn, provider=provider)
    intent = Intent.objects.select_for_update().filter(pk=intent_id).first()
    if intent is None:
        raise PaymentNotFound
    order = order_by_id(intent.order_id)
    if intent.status != IntentStatus.OPEN or order.expires_at <= clock.now():
        raise OrderNotPayable
    require_offered(provider=chosen, msisdn=msisdn, amount_minor=intent.amount_minor)
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                intent=intent,
                provider=chosen,
                msisdn=msisdn,
                amount_minor=intent.amount_minor,
                currency=intent.currency,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise AttemptInFlight from error
    record(AttemptStarted(attempt_id=attempt.pk, order_id=intent.order_id), actor=actor)
    return attempt


def send_attempt(*, attempt_id: UUID) -> None:
    """Send the push, once. A second run, or one after a crash, leaves the answer to enquiry."""
    attempt = _claim(attempt_id)
    if attempt is None:
        return
    try:
        answer = ask(
            attempt.provider,
            lambda provider: provider.push(
                reference=wire(attempt.reference),
                msisdn=attempt.msisdn,
                amount_minor=attempt.amount_minor,
                description=f"ZetuTech {attempt.intent.order.reference}",
            ),
        )
    except ProviderUnavailable as error:
        answer = Answer(Outcome.FAILED, code=UNAVAILABLE, message=str(error))
    _take(attempt, answer)


def enquire_due_attempts() -> int:
    """Ask about every open attempt whose time has come; returns how many were settled."""
    due = Attempt.objects.filter(status__in=OPEN, next_enquiry_at__lte=clock.now())
    ids = list(due.order_by("next_enquiry_at").values_list("pk", flat=True)[:ENQUIRIES_PER_SWEEP])
    return sum(enquire_attempt(attempt_id=attempt_id) for attempt_id in ids)


def ask_about_reversals(*, attempt_ids: Iterable[UUID]) -> int:
    """Ask about payments that somebody says were taken back; returns how many the provider admits.

    Raises ProviderUnavailable.
    """
    taken_back = 0
    for attempt_id in attempt_ids:
        attempt = Attempt.objects.get(pk=attempt_id)
        if attempt.status != AttemptStatus.SUCCEEDED:
            continue
        settled = settle_attempt(attempt_id=attempt.pk, answer=_asked(attempt), actor=PAYMENTS)
        taken_back += settled.status == AttemptStatus.REVERSED
    return taken_back


@transaction.atomic
def learn_receipt(*, reference: str, receipt: str) -> bool:
    """The receipt of a payment that the provider settled without naming one; whether it was news.

    A statement shows it: by that receipt the provider names the payment when it takes it back.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("intent")
        .filter(reference=reference, receipt="")
        .first()
    )
    if attempt is None or attempt.status not in {AttemptStatus.SUCCEEDED, AttemptStatus.REVERSED}:
        return False
    if Attempt.objects.filter(provider=attempt.provider, receipt=receipt).exists():
        return False  # Another payment's: the statement lists it twice, and a person looks at that.
    try:
        with transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(receipt=receipt)
    except IntegrityError as error:
        if violated(error) == "attempt_receipt_once":
            return False  # As above, a moment ago.
        raise
    learned = ReceiptLearned(
        attempt_id=attempt.pk, order_id=attempt.intent.order_id, receipt=receipt
    )
    record(learned, actor=PAYMENTS)
    return True


def enquire_attempt(*, attempt_id: UUID) -> bool:
    """Ask the provider about one attempt; whether it is settled now. Two at once ask once."""
    with transaction.atomic():
        if not try_alone(f"enquire:{attempt_id}"):
            return False
        attempt = Attempt.objects.get(pk=attempt_id)
        if attempt.status not in OPEN:
            return False
        # Booked before asking: if we die meanwhile, the next sweep asks in its turn.
        attempt.next_enquiry_at = next_enquiry(attempt.enquiries)
        Attempt.objects.filter(pk=attempt.pk).update(
            enquiries=F("enquiries") + 1, next_enquiry_at=attempt.next_enquiry_at
        )
    age = clock.now() - (attempt.sent_at or attempt.created_at)
    try:
        answer = _asked(attempt)
    except ProviderUnavailable as error:
        _time_out(attempt, age, str(error))
        return False
    grace = gateway(attempt.provider).capabilities.not_found_grace
    if answer.outcome == Outcome.NOT_FOUND and age > grace:
        answer = Answer(Outcome.FAILED, code="not_received", message=answer.message)
    if answer.outcome in {Outcome.SUCCEEDED, Outcome.FAILED}:
        attempt = settle_attempt(attempt_id=attempt.pk, answer=answer, actor=PAYMENTS)
        if attempt.status not in OPEN:
            return True
    _time_out(attempt, age, answer.message)
    return False


@transaction.atomic
def _time_out(attempt: Attempt, age: timedelta, message: str) -> None:
    """After minutes nobody knows, and the buyer may try again; after a day a person must look."""
    if age <= PROMPT_LASTS:
        return
    current = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if current.status in {AttemptStatus.SENT, AttemptStatus.PENDING}:
        move(current, AttemptStatus.UNKNOWN, ATTEMPT_TRANSITIONS, actor=PAYMENTS)
        order_id = Intent.objects.values_list("order_id", flat=True).get(pk=current.intent_id)
        record(
            AttemptUncertain(attempt_id=current.pk, order_id=order_id, message=message[:300]),
            actor=PAYMENTS,
        )
    if age > ENQUIRED_FOR and current.status == AttemptStatus.UNKNOWN:
        Attempt.objects.filter(pk=current.pk).update(next_enquiry_at=None)
        open_issue(
            IssueKind.UNKNOWN,
            provider=current.provider,
            attempt=current,
            expected_minor=current.amount_minor,
            note=message,
            actor=PAYMENTS,
        )


def _asked(attempt: Attempt) -> Answer:
    return ask(attempt.provider, lambda p: p.enquire(reference=wire(attempt.reference)))


@transaction.atomic
def _claim(attempt_id: UUID) -> Attempt | None:
    """Mark it sent before it is: whoever finds it so never sends it again."""
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("intent__order")
        .get(pk=attempt_id)
    )
    if attempt.status != AttemptStatus.CREATED:
        return None
    move(
        attempt,
        AttemptStatus.SENT,
        ATTEMPT_TRANSITIONS,
        actor=PAYMENTS,
        sent_at=clock.now(),
        next_enquiry_at=next_enquiry(0),
    )
    record(AttemptSent(attempt_id=attempt.pk, order_id=attempt.intent.order_id), actor=PAYMENTS)
    return attempt


def _take(attempt: Attempt, answer: Answer) -> None:
    """Believe a final answer; keep the others open for callback and enquiry."""
    if answer.outcome in {Outcome.SUCCEEDED, Outcome.FAILED}:
        settle_attempt(attempt_id=attempt.pk, answer=answer, actor=PAYMENTS)
        return
    with transaction.atomic():
        current = Attempt.objects.select_for_update().get(pk=attempt.pk)
        Attempt.objects.filter(pk=attempt.pk, conversation_id="").update(
            conversation_id=answer.conversation_id
        )
        if current.status != AttemptStatus.SENT:
            return  # The callback was faster than the answer.
        pending = answer.outcome == Outcome.PENDING
        move(
            current,
            AttemptStatus.PENDING if pending else AttemptStatus.UNKNOWN,
            ATTEMPT_TRANSITIONS,
            actor=PAYMENTS,
            provider_code=answer.code[:40],
            provider_message=answer.message[:300],
        )
        if not pending:
            record(
                AttemptUncertain(
                    attempt_id=attempt.pk,
                    order_id=attempt.intent.order_id,
                    message=answer.message[:300],
                ),
                actor=PAYMENTS,
            )
