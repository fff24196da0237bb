"""Our side: claim, look, ask, decide. Only the reviewer who claimed an application decides it."""

from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.accounts.queries import contact_of
from marketplace.sellers.errors import (
    AlreadyClaimed,
    ApplicationNotFound,
    DocumentNotFound,
    DocumentReplaced,
    DocumentsNotAccepted,
    NotYourReview,
    OwnApplication,
    ReasonMissing,
    ReasonTooLong,
)
from marketplace.sellers.events import (
    ApplicationApproved,
    ApplicationClaimed,
    ApplicationRejected,
    ApplicationReleased,
    DocumentRead,
    DocumentReviewed,
    InformationRequested,
)
from marketplace.sellers.models import Application, KycDocument, Seller, SellerMember
from marketplace.sellers.queries import checklist_of
from marketplace.sellers.states import (
    APPLICATION_TRANSITIONS,
    DOCUMENT_TRANSITIONS,
    ApplicationStatus,
    DocumentStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.events import Event
from marketplace.shared.outbox import record
from marketplace.shared.slugs import free_slug
from marketplace.shared.states import move

NOTE_LENGTH_MAX = 300
REASON_LENGTH_MAX = 2000


@transaction.atomic
def claim_application(*, application_id: UUID, actor: Actor) -> Application:
    """Take a submitted application into review; claiming one's own review again changes nothing.

    Raises AlreadyClaimed to the slower of two, OwnApplication, and state errors.
    """
    application = _locked(application_id)
    if application.status == ApplicationStatus.IN_REVIEW and application.reviewer_id:
        if application.reviewer_id == actor.user_id:
            return application
        raise AlreadyClaimed(reviewer=contact_of(user_id=application.reviewer_id).name)
    if application.applicant_id == actor.user_id:
        raise OwnApplication
    event = ApplicationClaimed(application_id=application.pk)
    _move(application, ApplicationStatus.IN_REVIEW, event, actor=actor, reviewer_id=actor.user_id)
    return application


@transaction.atomic
def release_application(*, application_id: UUID, actor: Actor) -> Application:
    """Put a claimed application back; colleagues may do it for a reviewer who is away."""
    application = _locked(application_id)
    event = ApplicationReleased(application_id=application.pk)
    _move(application, ApplicationStatus.SUBMITTED, event, actor=actor, reviewer_id=None)
    return application


@transaction.atomic
def request_information(*, application_id: UUID, message: str, actor: Actor) -> Application:
    """Hand it back to the applicant with a question. Raises ReasonMissing and NotYourReview."""
    application = _locked(application_id)
    message = _required(message, field="message")
    _require_reviewer(application, actor)
    event = InformationRequested(application_id=application.pk, message=message)
    wanted = ApplicationStatus.INFORMATION_REQUESTED
    _move(application, wanted, event, actor=actor, message_to_applicant=message)
    return application


@transaction.atomic
def approve_application(*, application_id: UUID, actor: Actor) -> Seller:
    """Make the applicant a seller; they become its owner.

    Raises NotYourReview, DocumentsNotAccepted, and state errors.
    """
    application = _locked(application_id)
    _require_reviewer(application, actor)
    pending = [item for item in checklist_of(application) if item.required and not item.is_accepted]
    if pending:
        raise DocumentsNotAccepted(
            documents=", ".join(item.label for item in pending),
            kinds=[item.kind.value for item in pending],
        )
    now = clock.now()
    seller = Seller(
        application=application,
        name=application.business_name,
        slug=free_slug(Seller.objects.all(), application.business_name, otherwise="seller"),
        region=application.region,
        phone=application.phone,
        tin=application.tin,
        vat_number=application.vat_number,
        payout_provider=application.payout_provider,
        payout_msisdn=application.payout_msisdn,
        payout_name=application.payout_name,
        approved_at=now,
    )
    event = ApplicationApproved(application_id=application.pk, seller_id=seller.pk)
    _move(application, ApplicationStatus.APPROVED, event, actor=actor, decided_at=now)
    seller.save(force_insert=True)
    SellerMember.objects.create(seller=seller, user_id=application.applicant_id, is_owner=True)
    return seller


@transaction.atomic
def reject_application(*, application_id: UUID, reason: str, actor: Actor) -> Application:
    """Refuse the applicant, saying why. Raises ReasonMissing, NotYourReview, and state errors."""
    application = _locked(application_id)
    reason = _required(reason)
    _require_reviewer(application, actor)
    event = ApplicationRejected(application_id=application.pk, reason=reason)
    _move(
        application,
        ApplicationStatus.REJECTED,
        event,
        actor=actor,
        decided_at=clock.now(),
        decision_reason=reason,
    )
    return application


@transaction.atomic
def review_document(
    *, document_id: UUID, accept: bool, note: str = "", actor: Actor
) -> KycDocument:
    """Accept a document, or reject it with a note for the applicant; the same again is no news.

    Raises DocumentNotFound, DocumentReplaced, NotYourReview and ReasonMissing.
    """
    document = _document(document_id)
    application = _locked(document.application_id)
    _require_reviewer(application, actor)
    document.refresh_from_db()
    if not document.is_current:
        raise DocumentReplaced
    wanted = DocumentStatus.ACCEPTED if accept else DocumentStatus.REJECTED
    if not accept or note:
        note = _required(note, field="note", length_max=NOTE_LENGTH_MAX)
    if document.status == wanted:
        return document
    before = move(document, wanted, DOCUMENT_TRANSITIONS, actor=actor, note=note)
    record(
        DocumentReviewed(
            application_id=application.pk, document_id=document.pk, status=wanted.value, note=note
        ),
        actor=actor,
        before={"status": before},
        after={"status": wanted.value},
    )
    return document


@transaction.atomic
def record_document_read(*, document_id: UUID, actor: Actor) -> KycDocument:
    """Leave the trace that must precede every opening of a KYC file, and return the document.

    Staff may open all, applicants their own; for anybody else it does not exist.
    """
    document = _document(document_id)
    is_own = document.application.applicant_id == actor.user_id
    if actor.kind != ActorKind.STAFF and not is_own:
        raise DocumentNotFound
    record(
        DocumentRead(application_id=document.application_id, document_id=document.pk), actor=actor
    )
    return document


def _move(
    application: Application,
    wanted: ApplicationStatus,
    event: Event,
    *,
    actor: Actor,
    **changes: Any,
) -> None:
    before = move(application, wanted, APPLICATION_TRANSITIONS, actor=actor, **changes)
    record(event, actor=actor, before={"status": before}, after={"status": wanted.value})


def _locked(application_id: UUID) -> Application:
    rows = Application.objects.select_for_update(of=("self",))
    application = rows.filter(pk=application_id).first()
    if application is None:
        raise ApplicationNotFound
    return application


def _document(document_id: UUID) -> KycDocument:
    rows = KycDocument.objects.select_related("application")
    document = rows.filter(pk=document_id).first()
    if document is None:
        raise DocumentNotFound
    return document


def _require_reviewer(application: Application, actor: Actor) -> None:
    """The state machine speaks first about applications that nobody is reviewing."""
    in_review = application.status == ApplicationStatus.IN_REVIEW
    if in_review and application.reviewer_id != actor.user_id:
        raise NotYourReview


def _required(text: str, *, field: str = "reason", length_max: int = REASON_LENGTH_MAX) -> str:
    text = text.strip()
    if not text:
        raise ReasonMissing(field=field)
    if len(text) > length_max:
        raise ReasonTooLong(field=field, length_max=length_max)
    return text
