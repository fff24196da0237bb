"""Disputes, for both of their parties."""

from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from api.auth import applicant, buyer, person, shop
from api.idempotency import idempotent
from api.pagination import Page, Window, page
from api.refusals import refuses
from api.schemas.disputes import (
    AppealIn,
    DisputeDetail,
    DisputeIn,
    DisputeOut,
    EvidenceIn,
    EvidenceOut,
    MessageIn,
    MessageOut,
    ProposalIn,
)
from api.throttling import Pace
from api.v1.sellers import UPLOADS
from marketplace.disputes import commands, errors
from marketplace.disputes.queries import disputes_of, get_dispute, thread
from marketplace.disputes.states import DisputeStatus
from marketplace.orders.errors import SellerOrderNotFound
from marketplace.orders.queries import get_seller_order
from marketplace.payments.errors import AmountInvalid, NothingToRefund, RefundTooLarge
from marketplace.rules.errors import ClosedForNow
from marketplace.sellers.errors import NotASeller
from marketplace.sellers.queries import seller_of_user
from marketplace.shared.actors import Actor
from marketplace.shared.states import IllegalTransition, TransitionNotYours

router = Router()


class Side(StrEnum):
    """Which of my disputes: those I opened, or those against my seller."""

    BUYER = "buyer"
    SELLER = "seller"


@router.post("", throttle=Pace("money"), response={201: DisputeDetail}, summary="Open a dispute")
@refuses(
    SellerOrderNotFound,
    errors.NotAParty,
    errors.NotDisputable,
    errors.TooLate,
    errors.ReasonUnfit,
    errors.ClaimInvalid,
    errors.AlreadyDisputed,
    errors.MessageEmpty,
)
@idempotent
def open_dispute(request: HttpRequest, body: DisputeIn) -> Status[DisputeDetail]:
    """About goods that are on their way or arrived lately. The seller's money waits meanwhile."""
    who = person(request)
    part = get_seller_order(reference=body.seller_order, buyer_id=who.id)
    row = commands.open_dispute(
        seller_order_id=part.pk,
        reason=body.reason,
        claimed_minor=body.claimed.amount,
        message=body.message,
        actor=buyer(request),
    )
    return Status(201, detail(get_dispute(reference=row.reference, buyer_id=who.id)))


@router.get("", response=Page[DisputeOut], summary="List my disputes")
@refuses(NotASeller)
def list_disputes(
    request: HttpRequest,
    window: Query[Window],
    side: Annotated[Side, Query(examples=["buyer"])] = Side.BUYER,
    status: Annotated[DisputeStatus | None, Query(examples=["open"])] = None,
) -> Page[DisputeOut]:
    """Newest first."""
    if side == Side.SELLER:
        rows = disputes_of(seller_id=shop(request).id, status=status or "")
    else:
        rows = disputes_of(buyer_id=person(request).id, status=status or "")
    return page(request, rows, window, DisputeOut.of)


@router.get("/{reference}", response=DisputeDetail, summary="Show a dispute with its thread")
@refuses(errors.DisputeNotFound)
def show_dispute(request: HttpRequest, reference: str) -> DisputeDetail:
    """For its buyer and its seller."""
    return detail(mine(request, reference)[0])


@router.post("/{reference}/messages", response={201: MessageOut}, summary="Write a message")
@refuses(errors.DisputeNotFound, errors.DisputeClosed, errors.NotAParty, errors.MessageEmpty)
def post_message(request: HttpRequest, reference: str, body: MessageIn) -> Status[MessageOut]:
    """Both parties and our staff read it."""
    row, actor = mine(request, reference)
    message = commands.post_message(dispute_id=row.pk, body=body.message, actor=actor)
    return Status(201, MessageOut.of(message))


@router.post(
    "/{reference}/evidence",
    throttle=Pace("upload"),
    response={201: EvidenceOut},
    summary="Add a photo or document",
)
@refuses(
    UPLOADS,
    errors.DisputeNotFound,
    errors.DisputeClosed,
    errors.NotAParty,
    errors.EvidenceRepeated,
    errors.TooMuchEvidence,
)
def add_evidence(
    request: HttpRequest, reference: str, body: Form[EvidenceIn], file: File[UploadedFile]
) -> Status[EvidenceOut]:
    """PDF, JPEG, PNG or WebP. It is shown at once, and answers; `/draft` is for more than one thing."""
    row, actor = mine(request, reference)
    evidence = commands.add_evidence(
        dispute_id=row.pk, file=file, kind=body.kind, note=body.note, actor=actor
    )
    return Status(201, EvidenceOut.of(evidence))


@router.post(
    "/{reference}/proposals",
    throttle=Pace("money"),
    response={201: DisputeDetail},
    summary="Propose an amount",
)
@refuses(
    ClosedForNow,
    errors.DisputeNotFound,
    errors.DisputeClosed,
    errors.NotAParty,
    errors.TakenBack,
    errors.ProposalInvalid,
)
def propose(request: HttpRequest, reference: str, body: ProposalIn) -> Status[DisputeDetail]:
    """The other side accepts it or proposes another; a new one takes the place of an open one."""
    row, actor = mine(request, reference)
    commands.propose_amount(dispute_id=row.pk, amount_minor=body.amount.amount, actor=actor)
    return Status(201, detail(mine(request, reference)[0]))


@router.post(
    "/{reference}/accept",
    throttle=Pace("money"),
    response=DisputeDetail,
    summary="Accept the other side's proposal",
)
@refuses(
    AmountInvalid,
    NothingToRefund,
    RefundTooLarge,
    errors.DisputeNotFound,
    errors.DisputeClosed,
    errors.NotAParty,
    errors.ProposalGone,
    errors.NothingLeftToRefund,
    errors.RefundAmountInvalid,
)
def accept(request: HttpRequest, reference: str, body: ProposalIn) -> DisputeDetail:
    """Name its amount: only what you have seen is accepted. The dispute is resolved by it."""
    row, actor = mine(request, reference)
    commands.accept_proposal(dispute_id=row.pk, amount_minor=body.amount.amount, actor=actor)
    return detail(mine(request, reference)[0])


@router.post(
    "/{reference}/appeal",
    throttle=Pace("money"),
    response={201: DisputeDetail},
    summary="Appeal the decision",
)
@refuses(
    errors.DisputeNotFound,
    errors.NotAParty,
    errors.MessageEmpty,
    errors.NotAppealable,
    errors.AppealedAlready,
    errors.AppealTooLate,
    errors.NotYourLoss,
    errors.AlreadyDisputed,
)
def appeal(request: HttpRequest, reference: str, body: AppealIn) -> Status[DisputeDetail]:
    """For the side that lost, once, until `appeal_until`. Somebody else than before looks at it."""
    row, actor = mine(request, reference)
    commands.appeal_dispute(dispute_id=row.pk, reason=body.reason, actor=actor)
    return Status(201, detail(mine(request, reference)[0]))


@router.post("/{reference}/withdraw", response=DisputeDetail, summary="Withdraw my dispute")
@refuses(
    errors.DisputeNotFound,
    errors.DisputeClosed,
    errors.NotAParty,
    errors.TakenBack,
    IllegalTransition,
    TransitionNotYours,
)
def withdraw(request: HttpRequest, reference: str) -> DisputeDetail:
    """The seller's money goes on its way."""
    who = person(request)
    row = get_dispute(reference=reference, buyer_id=who.id)
    commands.withdraw_dispute(dispute_id=row.pk, actor=buyer(request))
    return detail(get_dispute(reference=reference, buyer_id=who.id))


def mine(request: HttpRequest, reference: str) -> tuple[Any, Actor]:
    """The dispute and who the person is in it. Raises DisputeNotFound for everybody else."""
    who = person(request)
    try:
        return get_dispute(reference=reference, buyer_id=who.id), buyer(request)
    except errors.DisputeNotFound:
        pass
    try:
        seller = seller_of_user(user_id=who.id)
    except NotASeller as error:
        raise errors.DisputeNotFound from error
    return get_dispute(reference=reference, seller_id=seller.pk), applicant(request)


def detail(row: Any) -> DisputeDetail:
    """With its thread, as both sides see it."""
    return DisputeDetail.with_thread(row, thread(dispute_id=row.pk))
