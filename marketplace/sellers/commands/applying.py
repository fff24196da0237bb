"""The applicant's side: tell, show, submit."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from marketplace.rules.queries import require_open
from marketplace.rules.states import RuleName
from marketplace.sellers import details
from marketplace.sellers.errors import (
    AlreadySeller,
    ApplicationChanged,
    ApplicationNotEditable,
    ApplicationNotFound,
    ApplicationOpen,
    DocumentExpired,
    DocumentKindUnknown,
    DocumentsMissing,
)
from marketplace.sellers.events import (
    ApplicationEdited,
    ApplicationStarted,
    ApplicationSubmitted,
    DocumentUploaded,
)
from marketplace.sellers.models import Application, KycDocument, SellerMember
from marketplace.sellers.queries import checklist_of
from marketplace.sellers.states import (
    APPLICATION_TRANSITIONS,
    ApplicationStatus,
    DocumentKind,
    SellerStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.errors import Forbidden
from marketplace.shared.ids import uuid7
from marketplace.shared.outbox import record
from marketplace.shared.states import move
from marketplace.shared.storage import private_storage
from marketplace.shared.uploads import DOCUMENTS, Source, Upload, read_upload

EDITABLE = {ApplicationStatus.DRAFT, ApplicationStatus.INFORMATION_REQUESTED}
# Who sells already renews documents that expire.
TAKES_DOCUMENTS = EDITABLE | {ApplicationStatus.APPROVED}


@transaction.atomic
def start_application(
    *,
    kind: str,
    business_name: str,
    tin: str,
    nida_number: str,
    region: str,
    address: str,
    phone: str,
    payout_provider: str,
    payout_msisdn: str,
    payout_name: str,
    vat_number: str = "",
    about: str = "",
    actor: Actor,
) -> Application:
    """Begin an application for the acting user, as a draft.

    Raises ClosedForNow, DetailInvalid (its subclasses) or PhoneInvalid naming the field, ApplicationOpen, and
    AlreadySeller.
    """
    require_open(RuleName.APPLICATIONS)
    applicant_id = _user(actor)
    cleaned = details.clean(
        {
            "kind": kind,
            "business_name": business_name,
            "tin": tin,
            "nida_number": nida_number,
            "vat_number": vat_number,
            "region": region,
            "address": address,
            "phone": phone,
            "payout_provider": payout_provider,
            "payout_msisdn": payout_msisdn,
            "payout_name": payout_name,
            "about": about,
        }
    )
    memberships = SellerMember.objects.filter(user_id=applicant_id)
    if memberships.exclude(seller__status=SellerStatus.CLOSED).exists():
        raise AlreadySeller
    try:
        with transaction.atomic():
            application = Application.objects.create(applicant_id=applicant_id, **cleaned)
    except IntegrityError as error:
        if violated(error) != "application_one_open_per_applicant":
            raise
        raise ApplicationOpen from error
    record(ApplicationStarted(application_id=application.pk), actor=actor)
    return application


@transaction.atomic
def edit_application(
    *, application_id: UUID, version: int | None = None, actor: Actor, **changes: str
) -> Application:
    """Change details (the arguments of `start_application`) of a draft, or when we asked for more.

    `version` guards against overwriting what the caller has not seen. Raises ApplicationNotFound,
    ApplicationNotEditable, ApplicationChanged, and DetailInvalid or PhoneInvalid.
    """
    application = _own_editable(application_id, actor)
    if version is not None and version != application.version:
        raise ApplicationChanged
    cleaned = details.clean(changes)
    before = {field: str(getattr(application, field)) for field in cleaned}
    changed = {field: value for field, value in cleaned.items() if value != before[field]}
    if not changed:
        return application
    for field, value in changed.items():
        setattr(application, field, value)
    application.version = application.version + 1
    application.save(update_fields=[*changed, "version"])
    record(
        ApplicationEdited(application_id=application.pk),
        actor=actor,
        before={field: details.masked(field, before[field]) for field in changed},
        after={field: details.masked(field, value) for field, value in changed.items()},
    )
    return application


def upload_document(
    *,
    application_id: UUID,
    kind: str,
    file: Source,
    expires_on: date | None = None,
    actor: Actor,
) -> KycDocument:
    """Add a document; it takes the place of an earlier one of its kind, which is kept.

    The file is stored before the transaction, so that a slow store holds no locks, and removed
    again where the row is refused. Raises UploadRefused, DocumentKindUnknown, DocumentExpired,
    ApplicationNotFound and ApplicationNotEditable.
    """
    if kind not in DocumentKind.values:
        raise DocumentKindUnknown
    if expires_on is not None and expires_on < clock.today():
        raise DocumentExpired
    with transaction.atomic():
        _own_editable(application_id, actor, in_states=TAKES_DOCUMENTS)
    upload = read_upload(file, allowed=DOCUMENTS, max_bytes=settings.UPLOAD_BYTES_MAX)
    path = f"kyc/{clock.today():%Y/%m}/{uuid7()}{upload.extension}"
    stored = private_storage().save(path, ContentFile(upload.data))
    try:
        return _add_document(application_id, DocumentKind(kind), upload, stored, expires_on, actor)
    except BaseException:
        private_storage().delete(stored)
        raise


@transaction.atomic
def submit_application(*, application_id: UUID, actor: Actor) -> Application:
    """Hand the application to us. Raises ApplicationNotFound, DocumentsMissing and state errors."""
    application = _own(application_id, actor)
    missing = [
        item for item in checklist_of(application) if item.required and not item.is_satisfied
    ]
    if missing and ApplicationStatus(application.status) in EDITABLE:
        raise DocumentsMissing(
            documents=", ".join(item.label for item in missing),
            kinds=[item.kind.value for item in missing],
        )
    before = move(
        application,
        ApplicationStatus.SUBMITTED,
        APPLICATION_TRANSITIONS,
        actor=actor,
        submitted_at=clock.now(),
        reviewer=None,
    )
    record(
        ApplicationSubmitted(application_id=application.pk),
        actor=actor,
        before={"status": before},
        after={"status": application.status},
    )
    return application


@transaction.atomic
def _add_document(
    application_id: UUID,
    kind: DocumentKind,
    upload: Upload,
    stored: str,
    expires_on: date | None,
    actor: Actor,
) -> KycDocument:
    application = _own_editable(application_id, actor, in_states=TAKES_DOCUMENTS)
    KycDocument.objects.filter(application=application, kind=kind, is_current=True).update(
        is_current=False
    )
    document = KycDocument.objects.create(
        application=application,
        kind=kind,
        file=stored,
        original_name=upload.name,
        content_type=upload.content_type,
        size_bytes=upload.size,
        sha256=upload.sha256,
        expires_on=expires_on,
    )
    record(
        DocumentUploaded(application_id=application.pk, document_id=document.pk, kind=kind.value),
        actor=actor,
    )
    return document


def _own(application_id: UUID, actor: Actor) -> Application:
    """The acting user's own application, locked."""
    rows = Application.objects.select_for_update(of=("self",))
    application = rows.filter(pk=application_id, applicant_id=_user(actor)).first()
    if application is None:
        raise ApplicationNotFound
    return application


def _own_editable(
    application_id: UUID, actor: Actor, *, in_states: Collection[ApplicationStatus] = EDITABLE
) -> Application:
    application = _own(application_id, actor)
    status = ApplicationStatus(application.status)
    if status not in in_states:
        raise ApplicationNotEditable(status=status.label)
    return application


def _user(actor: Actor) -> UUID:
    """Applications are people's: the system has none."""
    if actor.user_id is None:
        raise Forbidden
    return actor.user_id
