"""Whether a seller may sell: suspended, active again, closed, each by the word of two people.

Where it cannot wait, one person holds a seller for `HOLD`: the suspension is in force at once and
ends by itself where no second person agrees. The seller's row is locked first, then the request.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.sellers.errors import (
    HeldAlready,
    HoldOver,
    SellerNotFound,
    StandingRequestNotFound,
    StandingRequestWaits,
)
from marketplace.sellers.events import (
    HoldLapsed,
    SellerStatusChanged,
    StandingApproved,
    StandingRejected,
    StandingRequested,
    StandingWithdrawn,
)
from marketplace.sellers.models import Seller, StandingRequest
from marketplace.sellers.states import (
    SELLER_TRANSITIONS,
    STANDING_REQUEST_TRANSITIONS,
    SellerStatus,
    StandingRequestStatus,
)
from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.four_eyes import decide, reason_given, withdraw
from marketplace.shared.outbox import record
from marketplace.shared.states import WHO, IllegalTransition, TransitionNotYours, move

HOLD = timedelta(hours=48)
# For so long after a hold that nobody confirmed, its author puts no other on the same seller.
HOLD_RESTS = timedelta(days=7)
LAPSED_MAX = 100
SYSTEM = Actor.system("sellers.holds")


@transaction.atomic
def request_standing(
    *, seller_id: UUID, wanted: str, reason: str, hold: bool = False, actor: Actor
) -> StandingRequest:
    """Ask that a seller be suspended, active again or closed; another person decides.

    With `hold` a suspension is in force at once, for at most `HOLD`. Raises SellerNotFound,
    ReasonMissing, StandingRequestWaits, HeldAlready, TransitionNotYours and IllegalTransition.
    """
    reason = reason_given(reason)
    seller = _locked_seller(seller_id)
    _require_step(seller, wanted, actor)
    waiting = seller.standing_requests.filter(status=StandingRequestStatus.REQUESTED).first()
    if waiting is not None:
        raise StandingRequestWaits(reference=waiting.reference)
    hold = hold and wanted == SellerStatus.SUSPENDED
    if hold:
        _require_no_fruitless_hold(seller, actor)
    now = clock.now()
    request = StandingRequest.objects.create(
        seller=seller,
        status_before=seller.status,
        wanted=wanted,
        held_until=now + HOLD if hold else None,
        reason=reason,
        requested_by_id=UUID(actor.id),
        requested_at=now,
    )
    record(
        StandingRequested(
            standing_request_id=request.pk,
            seller_id=seller.pk,
            wanted=wanted,
            reason=reason,
            is_held=hold,
        ),
        actor=actor,
        after={"status": request.status},
    )
    if hold:
        _stand(seller, SellerStatus.SUSPENDED, reason, actor)
    return request


@transaction.atomic
def approve_standing(*, request_id: UUID, actor: Actor) -> StandingRequest:
    """Do what another person asked for, or let their hold stay. It is done once.

    Raises StandingRequestNotFound, FourEyes, HoldOver, TransitionNotYours and IllegalTransition.
    """
    seller, request = _locked(request_id)
    before = decide(
        request, StandingRequestStatus.APPROVED, STANDING_REQUEST_TRANSITIONS, actor=actor
    )
    if request.held_until is not None and request.held_until <= clock.now():
        raise HoldOver
    _record(StandingApproved, request, before, actor)
    if request.held_until is None:
        _stand(seller, request.wanted, request.reason, actor)
    return request


@transaction.atomic
def reject_standing(*, request_id: UUID, reason: str, actor: Actor) -> StandingRequest:
    """Leave the seller as they were, with the reason why; a hold ends with it.

    Raises StandingRequestNotFound, ReasonMissing, FourEyes, TransitionNotYours and
    IllegalTransition.
    """
    reason = reason_given(reason)
    seller, request = _locked(request_id)
    before = decide(
        request,
        StandingRequestStatus.REJECTED,
        STANDING_REQUEST_TRANSITIONS,
        actor=actor,
        reason=reason,
    )
    _record(StandingRejected, request, before, actor, reason=reason)
    _end_hold(seller, request, actor)
    return request


@transaction.atomic
def withdraw_standing(*, request_id: UUID, actor: Actor) -> StandingRequest:
    """Whoever asked does not want it any more; a hold ends with it.

    Raises StandingRequestNotFound, NotWhoAsked and IllegalTransition.
    """
    seller, request = _locked(request_id)
    before = withdraw(request, STANDING_REQUEST_TRANSITIONS, actor=actor)
    _record(StandingWithdrawn, request, before, actor)
    _end_hold(seller, request, actor)
    return request


def lapse_holds() -> int:
    """End the holds to which no second person agreed in time; how many. Safe to run twice."""
    over = StandingRequest.objects.filter(
        status=StandingRequestStatus.REQUESTED, held_until__lte=clock.now()
    )
    due = list(over.order_by("held_until").values_list("pk", flat=True)[:LAPSED_MAX])
    return sum(_lapse(request_id) for request_id in due)


@transaction.atomic
def _lapse(request_id: UUID) -> bool:
    seller, request = _locked(request_id)
    if request.status != StandingRequestStatus.REQUESTED:
        return False  # Somebody decided meanwhile.
    before = _end(request, StandingRequestStatus.LAPSED, SYSTEM)
    _record(HoldLapsed, request, before, SYSTEM)
    _end_hold(seller, request, SYSTEM)
    return True


def _locked_seller(seller_id: UUID) -> Seller:
    seller = Seller.objects.select_for_update().filter(pk=seller_id).first()
    if seller is None:
        raise SellerNotFound
    return seller


def _locked(request_id: UUID) -> tuple[Seller, StandingRequest]:
    known = StandingRequest.objects.filter(pk=request_id).values_list("seller_id", flat=True)
    seller_id = known.first()
    if seller_id is None:
        raise StandingRequestNotFound
    seller = _locked_seller(seller_id)
    return seller, StandingRequest.objects.select_for_update().get(pk=request_id)


def _require_step(seller: Seller, wanted: str, actor: Actor) -> None:
    if wanted not in SELLER_TRANSITIONS[seller.status]:
        raise IllegalTransition(
            current=seller.get_status_display(), wanted=SellerStatus(wanted).label
        )
    if actor.kind is not ActorKind.STAFF:
        raise TransitionNotYours(allowed=str(WHO[ActorKind.STAFF]))


def _require_no_fruitless_hold(seller: Seller, actor: Actor) -> None:
    """Holds of one person, one after the other, would be a suspension by one person."""
    fruitless = seller.standing_requests.filter(
        requested_by_id=actor.user_id,
        held_until__isnull=False,
        status__in=[StandingRequestStatus.LAPSED, StandingRequestStatus.WITHDRAWN],
        decided_at__gt=clock.now() - HOLD_RESTS,
    )
    if fruitless.exists():
        raise HeldAlready


def _stand(seller: Seller, wanted: str, reason: str, actor: Actor) -> None:
    before = move(seller, wanted, SELLER_TRANSITIONS, actor=actor, status_reason=reason)
    record(
        SellerStatusChanged(seller_id=seller.pk, status=wanted, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": wanted},
    )


def _end_hold(seller: Seller, request: StandingRequest, actor: Actor) -> None:
    """The seller sells again, and reads no reason: why the hold ended stands on the request."""
    if request.held_until is not None:
        _stand(seller, SellerStatus.ACTIVE, "", actor)


def _end(request: StandingRequest, wanted: str, actor: Actor) -> str:
    """Without a decision; the state it left."""
    return move(request, wanted, STANDING_REQUEST_TRANSITIONS, actor=actor, decided_at=clock.now())


def _record(event: Any, request: StandingRequest, before: str, actor: Actor, **told: str) -> None:
    record(
        event(standing_request_id=request.pk, seller_id=request.seller_id, **told),
        actor=actor,
        before={"status": before},
        after={"status": request.status},
    )
