"""Callbacks: stored before anything is believed, and believed only when the provider confirms."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import F

from marketplace.payments.commands.calls import ask
from marketplace.payments.commands.issue_book import open_issue
from marketplace.payments.commands.settlement import settle_attempt
from marketplace.payments.errors import NotConfirmedYet
from marketplace.payments.events import ProviderMessageReceived
from marketplace.payments.gateways import comes_from_provider, gateway
from marketplace.payments.models import Attempt, InboxMessage
from marketplace.payments.ports import (
    Acknowledgement,
    Answer,
    Authenticity,
    Callback,
    CallbackUnreadable,
    Outcome,
)
from marketplace.payments.states import AttemptStatus, InboxStatus, IssueKind
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record

log = logging.getLogger(__name__)
# Headers worth keeping; the others may hold secrets.
KEPT_HEADERS = ("content-type", "user-agent", "origin", "x-forwarded-for")
PREFIX_CHARS = 3
PAYOUT_PREFIX = "PO"
BELIEVED = {AttemptStatus.SUCCEEDED, AttemptStatus.REVERSED}


@transaction.atomic
def receive_message(
    *, provider: str, body: bytes, headers: Mapping[str, str], remote_address: str
) -> InboxMessage:
    """Store a callback as it came; the same one again only counts. A worker reads it.

    One that is forged is kept for a person, and nothing listens to it: what proves a sender may
    stand in headers that we do not keep, so it is judged here and never again.
    """
    status, verdict, is_forged, attempt = InboxStatus.RECEIVED, "", False, None
    try:
        callback = gateway(provider).parse_callback(body=body, headers=headers)
        key = callback.dedupe_key
        if callback.authenticity == Authenticity.FORGED:
            is_forged, attempt = True, _attempt_of(provider, callback)
            log.error("a forged callback of %s came from %s", provider, remote_address)
    except CallbackUnreadable as error:
        key, status, verdict = sha256(body).hexdigest(), InboxStatus.MALFORMED, str(error)
    message, is_new = InboxMessage.objects.get_or_create(
        provider=provider,
        dedupe_key=key[:128],
        defaults={
            "body": body,
            "headers": kept_headers(headers),
            "remote_address": remote_address,
            "received_at": clock.now(),
            "status": status,
            "verdict": verdict[:300],
        },
    )
    if not is_new:
        InboxMessage.objects.filter(pk=message.pk).update(times_received=F("times_received") + 1)
    elif is_forged:
        close(message, InboxStatus.FORGED, "its signature is missing or wrong", attempt)
        message.refresh_from_db()
    elif status == InboxStatus.RECEIVED:
        record(
            ProviderMessageReceived(message_id=message.pk, provider=provider),
            actor=Actor.provider(provider),
        )
    return message


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those that are worth keeping, in lower case."""
    return {k.lower(): v for k, v in headers.items() if k.lower() in KEPT_HEADERS}


def acknowledgement(*, provider: str, body: bytes) -> Acknowledgement:
    """What the provider wants to read in answer to its callback."""
    return gateway(provider).acknowledgement(body=body)


def process_message(*, message_id: UUID) -> None:
    """Settle the attempt that a callback speaks of, once the provider's own enquiry agrees.

    Raises NotConfirmedYet where it cannot say so yet: the delivery is tried again.
    """
    message = InboxMessage.objects.get(pk=message_id)
    if message.status != InboxStatus.RECEIVED:
        return
    callback = read(message)
    attempt = _attempt_of(message.provider, callback)
    if attempt is None:
        # Payouts listen to the same messages and know their own references.
        if not callback.reference.startswith(PAYOUT_PREFIX):
            close(message, InboxStatus.UNMATCHED, f"no payment is called {callback.reference}")
        return
    known = attempt.conversation_id
    if known and callback.conversation_id and known != callback.conversation_id:
        close(message, InboxStatus.UNMATCHED, "the conversation is not the one we know", attempt)
        return
    if not gateway(message.provider).capabilities.can_enquire:
        _take_at_its_word(message, callback, attempt)
        return
    answer = ask(message.provider, lambda p: p.enquire(reference=callback.reference))
    if answer.outcome == Outcome.NOT_FOUND and attempt.status == AttemptStatus.FAILED:
        close(message, InboxStatus.UNMATCHED, "the provider knows of no such payment", attempt)
        return
    if answer.outcome not in {Outcome.SUCCEEDED, Outcome.FAILED}:
        raise NotConfirmedYet
    if answer.outcome == callback.outcome == Outcome.FAILED:
        # That it failed says the enquiry; why, often only the callback.
        answer = replace(answer, code=callback.code, message=callback.message or answer.message)
    attempt = settle_attempt(
        attempt_id=attempt.pk, answer=answer, actor=Actor.provider(message.provider)
    )
    if answer.outcome == Outcome.SUCCEEDED and attempt.status not in BELIEVED:
        close(message, InboxStatus.UNMATCHED, attempt.provider_message, attempt)
        return
    agrees = answer.outcome == callback.outcome
    verdict = "confirmed by enquiry" if agrees else f"enquiry says {answer.outcome}"
    close(message, InboxStatus.PROCESSED, verdict, attempt)


def _take_at_its_word(message: InboxMessage, callback: Callback, attempt: Attempt) -> None:
    """Settle by the callback alone, of a provider that cannot be asked; else leave it to a person.

    It has to come from an address of the provider's, and a success has to name an amount and a
    receipt. The address of our webhook is a secret, which was checked before. Another amount than
    asked for goes to suspense as it came, and delivers nothing.
    """
    if problem := _misfit(message, callback, attempt):
        close(message, InboxStatus.UNMATCHED, problem, attempt)
        return
    answer = Answer(
        callback.outcome,
        code=callback.code,
        message=callback.message,
        receipt=callback.receipt,
        amount_minor=callback.amount_minor,
    )
    attempt = settle_attempt(
        attempt_id=attempt.pk, answer=answer, actor=Actor.provider(message.provider)
    )
    if answer.outcome == Outcome.SUCCEEDED and attempt.status not in BELIEVED:
        close(message, InboxStatus.UNMATCHED, attempt.provider_message, attempt)
    elif answer.outcome == Outcome.FAILED and attempt.status in BELIEVED:
        close(message, InboxStatus.UNMATCHED, "it was paid already, says an earlier one", attempt)
    elif answer.outcome == Outcome.SUCCEEDED and not _is_the_same(callback, attempt):
        close(
            message,
            InboxStatus.UNMATCHED,
            f"it was paid already, by {attempt.receipt} with {attempt.amount_minor} minor units",
            attempt,
        )
    else:
        close(message, InboxStatus.PROCESSED, "it fits in every respect", attempt)


def _misfit(message: InboxMessage, callback: Callback, attempt: Attempt) -> str:
    """Why a callback is not believed; "" if it is."""
    address = message.remote_address or ""
    if not comes_from_provider(provider=message.provider, address=address):
        return f"{address or 'nowhere'} is not an address of the provider"
    if callback.outcome == Outcome.SUCCEEDED and callback.amount_minor is None:
        return "a success without an amount cannot be booked"
    if callback.outcome not in {Outcome.SUCCEEDED, Outcome.FAILED}:
        return "a success without a receipt cannot be traced"
    return ""


def _is_the_same(callback: Callback, attempt: Attempt) -> bool:
    """Whether a success tells of the money that its payment was settled with."""
    return (
        callback.receipt.casefold() == attempt.receipt.casefold()
        and callback.amount_minor == attempt.amount_minor
    )


def read(message: InboxMessage) -> Callback:
    """The callback in a stored message that was readable when it came."""
    return gateway(message.provider).parse_callback(
        body=bytes(message.body), headers=message.headers
    )


@transaction.atomic
def close(
    message: InboxMessage, status: InboxStatus, verdict: str, attempt: Attempt | None = None
) -> None:
    """Keep what became of a message; what nobody believes is shown to a person."""
    closed = InboxMessage.objects.filter(pk=message.pk, status=InboxStatus.RECEIVED).update(
        status=status, verdict=verdict[:300], attempt=attempt, processed_at=clock.now()
    )
    if not closed or status == InboxStatus.PROCESSED:
        return
    kind = IssueKind.ORPHAN if attempt is None else IssueKind.DOUBTFUL
    if status == InboxStatus.FORGED:
        kind = IssueKind.FORGED
    log.warning("%s message %s is %s: %s", message.provider, message.pk, kind, verdict)
    callback = read(message)
    open_issue(
        kind,
        provider=message.provider,
        attempt=attempt,
        message=message,
        expected_minor=attempt.amount_minor if attempt else None,
        arrived_minor=callback.amount_minor,
        receipt=callback.receipt,
        note=verdict,
        actor=Actor.system("payments"),
    )


def _attempt_of(provider: str, callback: Callback) -> Attempt | None:
    reference = callback.reference
    dashed = f"{reference[:PREFIX_CHARS]}-{reference[PREFIX_CHARS:]}"
    return Attempt.objects.filter(provider=provider, reference=dashed).first()


def payout_reference(*, message_id: UUID) -> str:
    """The payout that a message speaks of, as the provider knows it; "" where it is about none."""
    message = InboxMessage.objects.get(pk=message_id)
    if message.status != InboxStatus.RECEIVED:
        return ""
    callback = read(message)
    return callback.reference if callback.reference.startswith(PAYOUT_PREFIX) else ""


def close_payout_message(*, message_id: UUID, settled: bool) -> None:
    """Keep that payouts have read a message of theirs."""
    message = InboxMessage.objects.get(pk=message_id)
    verdict = "confirmed by enquiry" if settled else "the payout was settled already, or is open"
    close(message, InboxStatus.PROCESSED, verdict)
