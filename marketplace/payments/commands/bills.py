"""Bills that buyers pay from the phone's own menu: the provider asks us first, and our answer moves
the money. So each question about money is stored, decided once, and answered the same ever after.

Locks: the provider's id of the payment, the stored message, then what settling a payment locks.
"""

import logging
from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.payments.commands.inbox import kept_headers
from marketplace.payments.commands.issue_book import open_issue
from marketplace.payments.commands.settlement import ReceiptReused, settle_attempt
from marketplace.payments.events import BillTaken
from marketplace.payments.gateways import bill_reference, bill_taker, comes_from_provider, wire
from marketplace.payments.health import paused_providers
from marketplace.payments.models import Attempt, InboxMessage, Intent
from marketplace.payments.ports import (
    Acknowledgement,
    Answer,
    BillAnswer,
    BillRequest,
    BillVerdict,
    CallbackUnreadable,
    Outcome,
)
from marketplace.payments.states import (
    AttemptChannel,
    AttemptStatus,
    InboxStatus,
    IntentStatus,
    IssueKind,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.money import format_minor, is_whole
from marketplace.shared.outbox import record

log = logging.getLogger(__name__)


class _Refused(Exception):
    """Nothing of this bill is taken; what was begun is undone."""

    def __init__(self, verdict: BillVerdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def answer_bill(
    *, provider: str, body: bytes, headers: Mapping[str, str], remote_address: str
) -> Acknowledgement:
    """What a provider is told whose customer asks about a bill, or pays it.

    A payment is taken where the bill is open and the amount is exactly its own: it is booked before
    we answer. The same payment again gets the first answer. Raises ProviderUnknown for one without
    bills.
    """
    taker = bill_taker(provider)
    try:
        request = taker.parse_bill(body=body)
    except CallbackUnreadable as error:
        key = sha256(body).hexdigest()
        message = _keep(provider, f"bill:{key}", body, headers, remote_address)
        _close(message, InboxStatus.MALFORMED, str(error))
        return taker.answer_bill(None, BillAnswer(BillVerdict.UNREADABLE))
    if request.is_lookup:
        return taker.answer_bill(request, _look_up(provider, request, remote_address))
    facts = f"{request.reference} {request.amount_minor} {request.msisdn}"
    key = f"bill:{request.receipt}:{sha256(facts.encode()).hexdigest()[:32]}"
    message = _keep(provider, key, body, headers, remote_address)
    return taker.answer_bill(request, _decide(message.pk, request))


@transaction.atomic
def _keep(
    provider: str, key: str, body: bytes, headers: Mapping[str, str], remote_address: str
) -> InboxMessage:
    message, is_new = InboxMessage.objects.get_or_create(
        provider=provider,
        dedupe_key=key,
        defaults={
            "body": body,
            "headers": kept_headers(headers),
            "remote_address": remote_address,
            "received_at": clock.now(),
        },
    )
    if not is_new:
        InboxMessage.objects.filter(pk=message.pk).update(times_received=F("times_received") + 1)
    return message


def _look_up(provider: str, request: BillRequest, remote_address: str) -> BillAnswer:
    """Whether the bill could be paid now, and what it is about; nothing is kept."""
    if not comes_from_provider(provider=provider, address=remote_address):
        return BillAnswer(BillVerdict.UNAVAILABLE)
    if provider in paused_providers():
        return BillAnswer(BillVerdict.UNAVAILABLE)
    intent = _intents().filter(reference=bill_reference(request.reference)).first()
    verdict = _state_of(intent)
    if intent is None or verdict != BillVerdict.TAKEN:
        return BillAnswer(verdict)
    return BillAnswer(verdict, content=_sentence(intent))


@transaction.atomic
def _decide(message_id: UUID, request: BillRequest) -> BillAnswer:
    """The verdict on a stored payment: the first one, however often it is asked for."""
    known = InboxMessage.objects.values_list("provider", flat=True).get(pk=message_id)
    one_at_a_time(f"bill:{known}:{request.receipt}")
    message = InboxMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.status != InboxStatus.RECEIVED:
        return _answer(BillVerdict(message.verdict), message.attempt)
    attempt = None
    try:
        with transaction.atomic():
            attempt = _take(message, request)
        verdict = BillVerdict.TAKEN
    except _Refused as refusal:
        verdict = refusal.verdict
    is_doubtful = verdict == BillVerdict.PAYMENT_INVALID
    status = InboxStatus.UNMATCHED if is_doubtful else InboxStatus.PROCESSED
    _close(message, status, verdict, attempt)
    if is_doubtful:
        log.warning("%s bill %s contradicts what we know", message.provider, request.receipt)
        open_issue(
            IssueKind.DOUBTFUL,
            provider=message.provider,
            message=message,
            arrived_minor=request.amount_minor,
            receipt=request.receipt,
            note=f"bill {request.reference} was refused",
            actor=Actor.provider(message.provider),
        )
    return _answer(verdict, attempt)


def _take(message: InboxMessage, request: BillRequest) -> Attempt:
    """The payment that a bill became, settled and booked. Raises _Refused."""
    provider, address = message.provider, message.remote_address
    if not comes_from_provider(provider=provider, address=address):
        raise _Refused(BillVerdict.PAYMENT_INVALID)
    if provider in paused_providers():
        raise _Refused(BillVerdict.UNAVAILABLE)
    rows = _intents().select_for_update(of=("self",))
    intent = rows.filter(reference=bill_reference(request.reference)).first()
    if Attempt.objects.filter(provider=provider, receipt=request.receipt).exists():
        raise _Refused(BillVerdict.PAYMENT_INVALID)
    verdict = _state_of(intent)
    if intent is None or verdict != BillVerdict.TAKEN:
        raise _Refused(verdict)
    _require_amount(request.amount_minor, intent.amount_minor)
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(
                intent=intent,
                provider=provider,
                channel=AttemptChannel.BILL,
                msisdn=request.msisdn,
                amount_minor=intent.amount_minor,
                currency=intent.currency,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        # A prompt is on a phone just now: paying beside it could pay twice.
        raise _Refused(BillVerdict.REFERENCE_LOCKED) from error
    actor = Actor.provider(provider)
    record(
        BillTaken(attempt_id=attempt.pk, order_id=intent.order_id),
        actor=actor,
        after={"receipt": request.receipt, "wallet": request.msisdn},
    )
    answer = Answer(
        Outcome.SUCCEEDED,
        message=request.sender,
        receipt=request.receipt,
        amount_minor=request.amount_minor,
    )
    try:
        attempt = settle_attempt(attempt_id=attempt.pk, answer=answer, actor=actor)
    except ReceiptReused as error:
        raise _Refused(BillVerdict.PAYMENT_INVALID) from error
    if attempt.status != AttemptStatus.SUCCEEDED:
        raise _Refused(BillVerdict.PAYMENT_INVALID)
    return attempt


def _intents() -> QuerySet[Intent]:
    return Intent.objects.select_related("order__buyer")


def _state_of(intent: Intent | None) -> BillVerdict:
    """Whether this bill waits for money at all."""
    if intent is None:
        return BillVerdict.REFERENCE_UNKNOWN
    if intent.status != IntentStatus.OPEN or intent.order.expires_at <= clock.now():
        return BillVerdict.REFERENCE_LOCKED
    return BillVerdict.TAKEN


def _require_amount(given_minor: int | None, due_minor: int) -> None:
    """Another amount is refused before it moves. Raises _Refused."""
    if given_minor is None or given_minor <= 0 or not is_whole(given_minor):
        raise _Refused(BillVerdict.AMOUNT_INVALID)
    if given_minor != due_minor:
        is_less = given_minor < due_minor
        raise _Refused(BillVerdict.AMOUNT_TOO_LOW if is_less else BillVerdict.AMOUNT_TOO_HIGH)


def _close(
    message: InboxMessage, status: InboxStatus, verdict: str, attempt: Attempt | None = None
) -> None:
    InboxMessage.objects.filter(pk=message.pk, status=InboxStatus.RECEIVED).update(
        status=status, verdict=verdict[:300], attempt=attempt, processed_at=clock.now()
    )


def _answer(verdict: BillVerdict, attempt: Attempt | None) -> BillAnswer:
    """In the language of the order's buyer, who most likely holds the phone."""
    if attempt is None:
        return BillAnswer(verdict)
    intent = _intents().get(pk=attempt.intent_id)
    return BillAnswer(verdict, reference=wire(attempt.reference), content=_sentence(intent))


def _sentence(intent: Intent) -> str:
    with translation.override(intent.order.buyer.language):
        return _("ZetuTech, order %(order)s: %(amount)s") % {
            "order": intent.order.reference,
            "amount": format_minor(intent.amount_minor),
        }
