"""Finance's desk for refunds that the provider refused or says nothing of."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from marketplace.ledger import chart
from marketplace.payments.commands.refund_requests import locked_refund, require_another
from marketplace.payments.commands.refunds import DOUBT, post_paid_back
from marketplace.payments.errors import (
    NothingToRefund,
    RefundReasonMissing,
    RefundUndecided,
)
from marketplace.payments.events import RefundFailed, RefundRequested, RefundSucceeded
from marketplace.payments.models import Refund, RefundEvidence
from marketplace.payments.states import (
    REFUND_TRANSITIONS,
    AttemptStatus,
    PaidFrom,
    RefundChannel,
    RefundStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.states import move
from marketplace.shared.uploads import DOCUMENTS, read_upload


@transaction.atomic
def retry_refund(*, refund_id: UUID, actor: Actor, channel: str = "") -> Refund:
    """Send a refused refund again, under a new reference; `channel` sends it another way.

    Raises RefundNotFound, IllegalTransition, and NothingToRefund where the provider has taken the
    payment back by itself.
    """
    refund = locked_refund(refund_id)
    _require_owed(refund)
    before = move(
        refund,
        RefundStatus.REQUESTED,
        REFUND_TRANSITIONS,
        actor=actor,
        channel=RefundChannel(channel or refund.channel),
    )
    record(
        RefundRequested(refund_id=refund.pk, order_id=refund.attempt.intent.order_id),
        actor=actor,
        before={"status": before},
        after={"status": refund.status, "channel": refund.channel},
    )
    return refund


@transaction.atomic
def declare_refund_failed(*, refund_id: UUID, reason: str, actor: Actor) -> Refund:
    """A person knows that the money did not go out; from then on it can be sent again.

    Not before DOUBT has passed since the last try. Raises RefundNotFound, RefundReasonMissing,
    SecondPersonNeeded, RefundUndecided and IllegalTransition.
    """
    reason = _reason(reason)
    refund = locked_refund(refund_id)
    require_another(refund, actor)
    _require_time_to_have_passed(refund)
    before = move(
        refund,
        RefundStatus.FAILED,
        REFUND_TRANSITIONS,
        actor=actor,
        next_enquiry_at=None,
        provider_code="by hand",
        provider_message=reason,
    )
    record(
        RefundFailed(
            refund_id=refund.pk,
            order_id=refund.attempt.intent.order_id,
            code="by hand",
            message=reason,
        ),
        actor=actor,
        before={"status": before},
        after={"status": refund.status},
    )
    return refund


@transaction.atomic
def settle_refund_by_hand(
    *, refund_id: UUID, receipt: str, paid_from: str, file: Any, reason: str, actor: Actor
) -> Refund:
    """The buyer got the money outside the system; `file` (PDF or picture) proves it.

    For refunds that failed, or that nobody knows of for longer than DOUBT. Whoever asked for the
    refund does not settle it. Raises RefundNotFound, RefundReasonMissing, SecondPersonNeeded,
    RefundUndecided, NothingToRefund, IllegalTransition and UploadRefused.
    """
    reason = _reason(reason)
    upload = read_upload(file, allowed=DOCUMENTS, max_bytes=settings.UPLOAD_BYTES_MAX)
    refund = locked_refund(refund_id)
    require_another(refund, actor)
    _require_owed(refund)
    _require_time_to_have_passed(refund)
    before = move(
        refund,
        RefundStatus.SUCCEEDED,
        REFUND_TRANSITIONS,
        actor=actor,
        channel=RefundChannel.MANUAL,
        receipt=receipt.strip()[:40],
        settled_at=clock.now(),
        settled_by_id=actor.user_id,
        next_enquiry_at=None,
        provider_message=reason,
    )
    evidence = RefundEvidence(
        refund=refund,
        paid_from=PaidFrom(paid_from),
        original_name=upload.name,
        content_type=upload.content_type,
        size_bytes=upload.size,
        sha256=upload.sha256,
        uploaded_at=clock.now(),
    )
    evidence.file.save(f"{refund.reference}-{upload.name}", ContentFile(upload.data), save=False)
    evidence.save(force_insert=True)
    event = record(
        RefundSucceeded(refund_id=refund.pk, order_id=refund.attempt.intent.order_id),
        actor=actor,
        before={"status": before},
        after={"status": refund.status, "paid_from": paid_from, "sha256": upload.sha256},
    )
    post_paid_back(event, refund, account=chart.BANK if paid_from == PaidFrom.BANK else "")
    return refund


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise RefundReasonMissing
    return reason


def _require_owed(refund: Refund) -> None:
    """What the provider took back by itself, the buyer has."""
    if refund.attempt.status == AttemptStatus.REVERSED:
        raise NothingToRefund


def _require_time_to_have_passed(refund: Refund) -> None:
    """A refund that was answered may be decided at once; one without an answer may still arrive."""
    uncertain = refund.status in {RefundStatus.SENT, RefundStatus.UNKNOWN}
    until = (refund.sent_at or refund.created_at) + DOUBT
    if uncertain and until > clock.now():
        raise RefundUndecided(at=until.astimezone(clock.EAT).strftime("%Y-%m-%d %H:%M"))
