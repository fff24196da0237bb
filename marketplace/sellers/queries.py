"""Reading applications and sellers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from marketplace.sellers.errors import (
    ApplicationNotFound,
    DocumentNotFound,
    NotASeller,
    SellerNotFound,
)
from marketplace.sellers.models import Application, KycDocument, Seller, SellerMember
from marketplace.sellers.states import (
    REQUIRED_DOCUMENTS,
    ApplicantKind,
    ApplicationStatus,
    DocumentKind,
    DocumentStatus,
    SellerStatus,
)
from marketplace.shared import clock
from marketplace.shared.rows import fetch, uuids


@dataclass(frozen=True, slots=True)
class Standing:
    """A seller as a buyer meets it."""

    is_active: bool
    is_own: bool


_STANDING = """
SELECT seller.id, seller.status, member.id IS NOT NULL
FROM sellers_seller seller LEFT JOIN sellers_sellermember member
    ON member.seller_id = seller.id AND member.user_id = %s
WHERE seller.id = ANY(%s::uuid[])"""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of an application's checklist; `document` is the current one of its kind.

    `is_satisfied`: there is one, neither rejected nor expired. `is_accepted`: a reviewer took it.
    """

    kind: DocumentKind
    label: str
    required: bool
    document: KycDocument | None
    is_satisfied: bool
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class SellerCard:
    """What everybody may know of a seller."""

    id: UUID
    reference: str
    name: str
    slug: str
    status: str
    region: str


@dataclass(frozen=True, slots=True)
class Wallet:
    """Where a seller is paid: `msisdn` in E.164, `name` as registered with the provider.

    After a change nothing is paid there before `rests_until`.
    """

    provider: str
    msisdn: str
    name: str
    rests_until: datetime | None = None

    def rests(self, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until > now


def required_documents(application: Application) -> tuple[DocumentKind, ...]:
    """What the kind of applicant must show; who names a VRN also proves it."""
    required = REQUIRED_DOCUMENTS[ApplicantKind(application.kind)]
    return (*required, DocumentKind.VAT_CERTIFICATE) if application.vat_number else required


def checklist_of(application: Application) -> list[ChecklistItem]:
    """Required documents first, then the others; one query."""
    today = clock.today()
    current = {
        document.kind: document
        for document in KycDocument.objects.filter(application=application, is_current=True)
    }
    required = required_documents(application)
    optional = [kind for kind in DocumentKind if kind not in required]
    items = []
    for kind in (*required, *optional):
        document = current.get(kind)
        status = document.status if document else ""
        fresh = document is not None and not _is_expired(document, today)
        items.append(
            ChecklistItem(
                kind=kind,
                label=str(kind.label),
                required=kind in required,
                document=document,
                is_satisfied=fresh and status != DocumentStatus.REJECTED,
                is_accepted=fresh and status == DocumentStatus.ACCEPTED,
            )
        )
    return items


def application_of(user_id: UUID) -> Application | None:
    """The user's open application, or their latest one."""
    return Application.objects.filter(applicant_id=user_id).order_by("-created_at", "-id").first()


def get_application(*, reference: str, applicant_id: UUID | None = None) -> Application:
    """Raises ApplicationNotFound, also for somebody else's where `applicant_id` is given."""
    rows = Application.objects.filter(reference=reference)
    if applicant_id is not None:
        rows = rows.filter(applicant_id=applicant_id)
    application = rows.first()
    if application is None:
        raise ApplicationNotFound
    return application


def application_by_id(application_id: UUID) -> Application:
    """Raises ApplicationNotFound."""
    application = Application.objects.filter(pk=application_id).first()
    if application is None:
        raise ApplicationNotFound
    return application


def get_document(*, reference: str, applicant_id: UUID | None = None) -> KycDocument:
    """Raises DocumentNotFound. Whoever opens the file records it: `record_document_read`."""
    rows = KycDocument.objects.filter(reference=reference)
    if applicant_id is not None:
        rows = rows.filter(application__applicant_id=applicant_id)
    document = rows.first()
    if document is None:
        raise DocumentNotFound
    return document


def review_queue() -> QuerySet[Application]:
    """Applications that wait for us, claimed or not, longest waiting first."""
    waiting = [ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW]
    return Application.objects.filter(status__in=waiting).order_by("submitted_at", "id")


def others_with_tin(application: Application) -> QuerySet[Application]:
    """Other applications under the same TIN: a reviewer wants to know."""
    same = Application.objects.filter(tin=application.tin).exclude(pk=application.pk)
    return same.order_by("-created_at")


def documents_expiring(*, before: date) -> QuerySet[KycDocument]:
    """Current documents of approved applications that expire before a day, soonest first."""
    rows = KycDocument.objects.filter(
        is_current=True,
        expires_on__lt=before,
        application__status=ApplicationStatus.APPROVED,
    )
    return rows.select_related("application__seller").order_by("expires_on", "id")


def seller_of_user(user_id: UUID) -> Seller:
    """The seller that the user acts for, whatever its status. Raises NotASeller."""
    member = (
        SellerMember.objects.select_related("seller")
        .filter(user_id=user_id)
        .order_by("-joined_at", "-id")
        .first()
    )
    if member is None:
        raise NotASeller
    return member.seller


def seller_ids_of_user(user_id: UUID) -> set[UUID]:
    """The sellers that the user acts for; empty for most people."""
    rows = SellerMember.objects.filter(user_id=user_id)
    return set(rows.values_list("seller_id", flat=True))


def standing_of(seller_ids: Iterable[UUID], *, user_id: UUID) -> dict[UUID, Standing]:
    """Whether each of the sellers may sell now, and whether the user acts for it; in one query."""
    rows = fetch(_STANDING, user_id, uuids(seller_ids))
    return {
        seller_id: Standing(status == SellerStatus.ACTIVE, is_own)
        for seller_id, status, is_own in rows
    }


def get_seller(seller_id: UUID) -> Seller:
    """Raises SellerNotFound."""
    seller = Seller.objects.filter(pk=seller_id).first()
    if seller is None:
        raise SellerNotFound
    return seller


def seller_by_reference(reference: str) -> Seller:
    """Raises SellerNotFound."""
    seller = Seller.objects.filter(reference=reference).first()
    if seller is None:
        raise SellerNotFound
    return seller


def seller_cards(ids: Iterable[UUID]) -> dict[UUID, SellerCard]:
    """Cards by id in one query; unknown sellers are absent."""
    return {card.id: card for card in _cards(Seller.objects.filter(pk__in=list(ids)))}


def sellers_by_reference(references: Iterable[str]) -> dict[str, SellerCard]:
    """Cards by reference in one query; unknown references are absent."""
    rows = Seller.objects.filter(reference__in=list(references))
    return {card.reference: card for card in _cards(rows)}


def legal_details(*, seller_id: UUID) -> dict[str, str]:
    """Who a seller is on paper: name, address, TIN and VRN. Raises SellerNotFound."""
    seller = Seller.objects.select_related("application").filter(pk=seller_id).first()
    if seller is None:
        raise SellerNotFound
    return {
        "reference": seller.reference,
        "name": seller.name,
        "address": f"{seller.application.address}, {seller.region}",
        "tin": seller.tin,
        "vrn": seller.vat_number,
        "phone": seller.phone,
    }


def active_sellers(ids: Iterable[UUID]) -> set[UUID]:
    """Those of `ids` that may sell now."""
    rows = Seller.objects.filter(pk__in=list(ids), status=SellerStatus.ACTIVE)
    return set(rows.values_list("pk", flat=True))


def payout_wallet(seller_id: UUID) -> Wallet:
    """Raises SellerNotFound."""
    return _wallet(get_seller(seller_id=seller_id))


def payout_wallets(ids: Iterable[UUID]) -> dict[UUID, Wallet]:
    """Wallets by seller in one query; unknown sellers are absent."""
    return {seller.pk: _wallet(seller) for seller in Seller.objects.filter(pk__in=list(ids))}


def owner_of(seller_id: UUID) -> UUID:
    """The user who owns the seller. Raises SellerNotFound."""
    owner = SellerMember.objects.filter(seller_id=seller_id, is_owner=True).first()
    if owner is None:
        raise SellerNotFound
    return owner.user_id


def owners_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Owner by seller, in one query."""
    rows = SellerMember.objects.filter(seller_id__in=list(ids), is_owner=True)
    return dict(rows.values_list("seller_id", "user_id"))


def lapsed_documents(*, today: date) -> dict[UUID, list[str]]:
    """What of each seller's accepted papers expired before `today`, as names for people."""
    rows = documents_expiring(before=today).filter(status=DocumentStatus.ACCEPTED)
    lapsed: dict[UUID, list[str]] = {}
    for document in rows.exclude(application__seller__status=SellerStatus.CLOSED):
        kind = DocumentKind(document.kind)
        lapsed.setdefault(document.application.seller.pk, []).append(str(kind.label))
    return lapsed


def sellers_in_order(ids: Iterable[UUID]) -> set[UUID]:
    """Those of `ids` whose required papers are all accepted and have not expired."""
    in_order = set()
    for seller in Seller.objects.filter(pk__in=list(ids)).select_related("application"):
        required = (item for item in checklist_of(seller.application) if item.required)
        if all(item.is_accepted for item in required):
            in_order.add(seller.pk)
    return in_order


def _wallet(seller: Seller) -> Wallet:
    return Wallet(
        seller.payout_provider,
        seller.payout_msisdn,
        seller.payout_name,
        seller.wallet_rests_until,
    )


def _cards(rows: QuerySet[Seller]) -> list[SellerCard]:
    fields = rows.values_list("pk", "reference", "name", "slug", "status", "region")
    return [SellerCard(*row) for row in fields]


def _is_expired(document: KycDocument, today: date) -> bool:
    return document.expires_on is not None and document.expires_on < today
