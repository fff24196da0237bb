"""Applying to sell, and a seller's own figures."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from api.auth import applicant, person, shop
from api.etags import edits_version, expected_version, shows_version, stamp
from api.pagination import Page, Window, page
from api.refusals import refuses
from api.schemas.catalog import SellerBrief
from api.schemas.scorecards import ScorecardOut
from api.schemas.sellers import (
    ApplicationEdit,
    ApplicationIn,
    ApplicationOut,
    BalanceOut,
    DocumentIn,
    DocumentOut,
    EarningOut,
    PayoutOut,
    SellerOut,
    WalletIn,
)
from api.throttling import Pace
from marketplace.accounts.errors import PhoneInvalid
from marketplace.analytics.scorecards import scorecard_of
from marketplace.payouts.queries import (
    earnings_of,
    holds_of,
    outlook_of,
    payouts_of,
    reasons_of,
)
from marketplace.payouts.states import EarningStatus
from marketplace.rules.errors import ClosedForNow
from marketplace.sellers import commands, errors, queries
from marketplace.sellers.states import SellerStatus
from marketplace.shared import uploads
from marketplace.shared.states import IllegalTransition, TransitionNotYours

router = Router()

DETAILS = (
    errors.DetailInvalid,
    errors.KindUnknown,
    errors.TinInvalid,
    errors.NidaInvalid,
    errors.ApplicantTooYoung,
    errors.VatNumberInvalid,
    errors.PayoutProviderUnknown,
    errors.PayoutNumberInvalid,
    PhoneInvalid,
)
UPLOADS = (
    uploads.UploadEmpty,
    uploads.UploadTooLarge,
    uploads.UploadTypeRefused,
    uploads.UploadDamaged,
    uploads.UploadTooManyPixels,
)


@router.post("/applications", response={201: ApplicationOut}, summary="Apply to become a seller")
@refuses(DETAILS, ClosedForNow, errors.ApplicationOpen, errors.AlreadySeller)
@shows_version
def apply(
    request: HttpRequest, response: HttpResponse, body: ApplicationIn
) -> Status[ApplicationOut]:
    """A draft; add the documents of its checklist, then submit it."""
    row = commands.start_application(actor=applicant(request), **body.model_dump())
    stamp(response, row.version)
    return Status(201, _application(row))


@router.get("/applications/mine", response=ApplicationOut, summary="Show my application")
@refuses(errors.ApplicationNotFound)
@shows_version
def my_application(request: HttpRequest, response: HttpResponse) -> ApplicationOut:
    """The open one, or the latest."""
    row = queries.application_of(user_id=person(request).id)
    if row is None:
        raise errors.ApplicationNotFound
    stamp(response, row.version)
    return _application(row)


@router.patch("/applications/{reference}", response=ApplicationOut, summary="Edit my application")
@refuses(
    DETAILS, errors.ApplicationNotFound, errors.ApplicationNotEditable, errors.ApplicationChanged
)
@edits_version
def edit_application(
    request: HttpRequest, response: HttpResponse, reference: str, body: ApplicationEdit
) -> ApplicationOut:
    """While it is a draft, or when we asked for more."""
    version = expected_version(request)
    row = commands.edit_application(
        application_id=_mine(request, reference).pk,
        version=version,
        actor=applicant(request),
        **body.model_dump(exclude_none=True),
    )
    stamp(response, row.version)
    return _application(row)


@router.post(
    "/applications/{reference}/documents",
    throttle=Pace("upload"),
    response={201: DocumentOut},
    summary="Add a document",
)
@refuses(
    UPLOADS,
    errors.DocumentKindUnknown,
    errors.DocumentExpired,
    errors.ApplicationNotFound,
    errors.ApplicationNotEditable,
)
def add_document(
    request: HttpRequest, reference: str, body: Form[DocumentIn], file: File[UploadedFile]
) -> Status[DocumentOut]:
    """PDF, JPEG, PNG or WebP. It takes the place of an earlier one of its kind."""
    row = commands.upload_document(
        application_id=_mine(request, reference).pk,
        kind=body.kind,
        file=file,
        expires_on=body.expires_on,
        actor=applicant(request),
    )
    return Status(201, DocumentOut.of(row))


@router.post(
    "/applications/{reference}/submit", response=ApplicationOut, summary="Submit my application"
)
@refuses(errors.ApplicationNotFound, errors.DocumentsMissing, IllegalTransition, TransitionNotYours)
@shows_version
def submit_application(
    request: HttpRequest, response: HttpResponse, reference: str
) -> ApplicationOut:
    """All required documents must be there."""
    row = commands.submit_application(
        application_id=_mine(request, reference).pk, actor=applicant(request)
    )
    stamp(response, row.version)
    return _application(row)


@router.get("/me", response=SellerOut, summary="Show my seller")
@refuses(errors.NotASeller)
def my_seller(request: HttpRequest) -> SellerOut:
    return SellerOut.of(shop(request).seller)


@router.get("/me/balance", response=BalanceOut, summary="Show what I am owed")
@refuses(errors.NotASeller)
def my_balance(request: HttpRequest) -> BalanceOut:
    """Computed from the ledger at this moment, with the day of the next payout and what is in its way."""
    return BalanceOut.of(outlook_of(seller_id=shop(request).id))


@router.get("/me/scorecard", response=ScorecardOut, summary="Show how I do in disputes")
@refuses(errors.NotASeller)
def my_scorecard(request: HttpRequest) -> ScorecardOut:
    """The last 30 and 90 days: how many orders were disputed, lost, and answered too late."""
    return ScorecardOut.of(scorecard_of(seller_id=shop(request).id))


@router.put("/me/payout-wallet", response=SellerOut, summary="Change my payout wallet")
@refuses(
    errors.NotASeller,
    errors.NotTheOwner,
    errors.PayoutProviderUnknown,
    errors.PayoutNumberInvalid,
    errors.DetailInvalid,
    errors.WalletUnchanged,
    errors.SellerClosed,
)
def change_wallet(request: HttpRequest, body: WalletIn) -> SellerOut:
    """By the owner. Both numbers are told, and nothing is paid before `wallet_rests_until`."""
    mine = shop(request)
    row = commands.change_wallet(seller_id=mine.id, actor=mine.actor, **body.model_dump())
    return SellerOut.of(row)


@router.get("/me/earnings", response=Page[EarningOut], summary="List my earnings")
@refuses(errors.NotASeller)
def my_earnings(
    request: HttpRequest,
    window: Query[Window],
    status: Annotated[EarningStatus | None, Query(examples=["pending"])] = None,
) -> Page[EarningOut]:
    """Each with the day on which it becomes available, and why it is not paid yet."""
    mine = shop(request)
    of_seller = holds_of(seller_id=mine.id)
    return page(
        request,
        earnings_of(seller_id=mine.id, status=status or ""),
        window,
        lambda row: EarningOut.of(row, reasons_of(row, of_seller=of_seller)),
    )


@router.get("/me/payouts", response=Page[PayoutOut], summary="List my payouts")
@refuses(errors.NotASeller)
def my_payouts(request: HttpRequest, window: Query[Window]) -> Page[PayoutOut]:
    rows = payouts_of(seller_id=shop(request).id)
    return page(request, rows, window, PayoutOut.of)


@router.get("/{reference}", auth=None, response=SellerBrief, summary="Show a seller")
@refuses(errors.SellerNotFound)
def show_seller(request: HttpRequest, reference: str) -> SellerBrief:
    card = queries.sellers_by_reference([reference]).get(reference)
    if card is None or card.status != SellerStatus.ACTIVE:
        raise errors.SellerNotFound
    return SellerBrief.of(card)


def _mine(request: HttpRequest, reference: str) -> Any:
    return queries.get_application(reference=reference, applicant_id=person(request).id)


def _application(row: Any) -> ApplicationOut:
    return ApplicationOut.of(row, queries.checklist_of(row))
