"""Applications and sellers."""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

from marketplace.accounts.models import User
from marketplace.payouts.models import WalletCheck
from marketplace.payouts.states import WalletCheckStatus
from marketplace.sellers.commands import (
    approve_application,
    approve_standing,
    claim_application,
    request_standing,
    review_document,
    start_application,
    submit_application,
    upload_document,
)
from marketplace.sellers.models import Application, Seller, SellerMember, StandingRequest
from marketplace.sellers.queries import owner_of, required_documents
from marketplace.sellers.states import ApplicantKind, ApplicationStatus, SellerStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.factories.accounts import a_phone, a_staff_member, a_user, staff_actor
from tests.factories.files import a_pdf

_numbers = count(1)


def details(**changes: Any) -> dict[str, Any]:
    """What an applicant fills in, all of it right."""
    number = next(_numbers)
    return {
        "kind": ApplicantKind.INDIVIDUAL.value,
        "business_name": f"Duka la Simu {number}",
        "tin": f"{100_000_000 + number}",
        "nida_number": f"19900415{number:012d}",
        "region": "Dar es Salaam",
        "address": "Kariakoo, Mtaa wa Msimbazi 7",
        "phone": a_phone(),
        "payout_provider": "mpesa",
        "payout_msisdn": a_phone(),
        "payout_name": "Asha Mushi",
        **changes,
    }


def applicant_actor(user: User | None = None) -> Actor:
    user = user or a_user()
    return Actor.seller(user.pk, user.name)


def an_application(actor: Actor | None = None, **changes: Any) -> Application:
    """A draft without documents."""
    return start_application(actor=actor or applicant_actor(), **details(**changes))


def owner_actor(application: Application) -> Actor:
    return Actor.seller(application.applicant_id)


def a_submitted_application(**changes: Any) -> Application:
    """With every required document, waiting for a reviewer."""
    application = an_application(**changes)
    actor = owner_actor(application)
    for kind in required_documents(application):
        upload_document(application_id=application.pk, kind=kind, file=a_pdf(), actor=actor)
    return submit_application(application_id=application.pk, actor=actor)


def an_accepted_application(reviewer: Actor | None = None, **changes: Any) -> Application:
    """In review, with every document accepted: one click from approval."""
    reviewer = reviewer or staff_actor()
    application = a_submitted_application(**changes)
    application = claim_application(application_id=application.pk, actor=reviewer)
    for document in application.documents.all():
        review_document(document_id=document.pk, accept=True, actor=reviewer)
    return application


def approved(application: Application) -> Seller:
    """By the reviewer who has accepted its documents."""
    seller = approve_application(
        application_id=application.pk, actor=Actor.staff(application.reviewer_id)
    )
    a_confirmed_wallet(seller)
    return seller


def a_seller(owner: User | None = None, **changes: Any) -> Seller:
    """An approved, active seller with its owner, written straight to the tables for speed.

    How sellers really come to be is what tests/marketplace/sellers are about.
    """
    owner = owner or a_user()
    now = clock.now()
    filled = details()
    application = Application.objects.create(
        applicant=owner,
        status=ApplicationStatus.APPROVED,
        submitted_at=now,
        decided_at=now,
        **filled,
    )
    values = {
        "name": filled["business_name"],
        "slug": f"duka-{application.reference.lower()}",
        "status": SellerStatus.ACTIVE,
        "approved_at": now,
        **{
            field: filled[field]
            for field in (
                "region",
                "phone",
                "tin",
                "payout_provider",
                "payout_msisdn",
                "payout_name",
            )
        },
    }
    seller = Seller.objects.create(application=application, **{**values, **changes})
    SellerMember.objects.create(seller=seller, user=owner, is_owner=True)
    a_confirmed_wallet(seller)
    return seller


def a_confirmed_wallet(seller: Seller) -> WalletCheck:
    """As if the provider had named the seller for the wallet that they have now."""
    WalletCheck.objects.filter(seller=seller, is_current=True).update(is_current=False)
    return WalletCheck.objects.create(
        seller=seller,
        provider=seller.payout_provider,
        msisdn=seller.payout_msisdn,
        name=seller.payout_name,
        holder_name=seller.payout_name.upper(),
        status=WalletCheckStatus.MATCHED,
        opened_at=clock.now(),
        asked_at=clock.now(),
    )


def seller_actor(seller: Seller | UUID) -> Actor:
    """The seller's owner, acting for it."""
    seller_id = seller.pk if isinstance(seller, Seller) else seller
    return Actor.seller(owner_of(seller_id), "the owner")


def a_standing_request(seller: Seller | None = None, **changes: Any) -> StandingRequest:
    """Somebody wants a seller suspended."""
    seller = seller or a_seller()
    values = {
        "seller": seller,
        "status_before": seller.status,
        "wanted": SellerStatus.SUSPENDED,
        "reason": "Counterfeit phones",
        "requested_by": a_staff_member(),
        "requested_at": clock.now(),
    }
    return StandingRequest.objects.create(**{**values, **changes})


def _by_two(wanted: SellerStatus) -> Callable[..., Seller]:
    def stand(*, seller_id: UUID, reason: str) -> Seller:
        request = request_standing(
            seller_id=seller_id, wanted=wanted, reason=reason, actor=staff_actor()
        )
        return approve_standing(request_id=request.pk, actor=staff_actor()).seller

    return stand


# By one person's request and another's word.
suspend_seller = _by_two(SellerStatus.SUSPENDED)
reactivate_seller = _by_two(SellerStatus.ACTIVE)
close_seller = _by_two(SellerStatus.CLOSED)
