"""What is agreed with a seller about payouts, and what the tiers of risk mean: by the word of two people.

All of it happens one after the other, under `LOCK`: who has the usual terms has no row to lock.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.payouts.errors import (
    ReserveRuleInvalid,
    TermsHoldAlready,
    TermsInvalid,
    TermsMoved,
    TermsRequestNotFound,
    TermsRequestWaits,
)
from marketplace.payouts.events import (
    PayoutTermsSet,
    ReserveRuleSet,
    TermsApproved,
    TermsRejected,
    TermsRequested,
    TermsWithdrawn,
)
from marketplace.payouts.models import PayoutTerms, ReserveRule, TermsRequest
from marketplace.payouts.queries import held, terms_requests
from marketplace.payouts.states import DAYS_MAX, SHARE_MAX, Frequency, RiskTier
from marketplace.sellers.queries import get_seller
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.events import Event
from marketplace.shared.four_eyes import RequestStatus, decide, reason_given, withdraw
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.money import is_whole
from marketplace.shared.outbox import record

LOCK = "payout-terms"


@transaction.atomic
def request_terms(
    *,
    seller_id: UUID,
    tier: str,
    frequency: str,
    weekday: int,
    month_day: int,
    minimum_minor: int | None,
    reason: str,
    actor: Actor,
) -> TermsRequest:
    """Ask that a seller be paid so; nothing changes until another person agrees. No minimum: the usual one.

    Raises SellerNotFound, TermsInvalid, ReasonMissing, TermsRequestWaits and TermsHoldAlready.
    """
    is_known = tier in RiskTier.values and frequency in Frequency.values
    if not is_known or not 1 <= weekday <= 7 or not 1 <= month_day <= 28:
        raise TermsInvalid
    if minimum_minor is not None and (minimum_minor <= 0 or not is_whole(minimum_minor)):
        raise TermsInvalid
    values = {
        "tier": tier,
        "frequency": frequency,
        "weekday": weekday,
        "month_day": month_day,
        "minimum_minor": minimum_minor,
    }
    about = TermsRequest(seller_id=get_seller(seller_id).pk, after=values)
    return _ask(about, reason=reason, actor=actor)


@transaction.atomic
def request_reserve(
    *, tier: str, basis_points: int, days: int, reason: str, actor: Actor
) -> TermsRequest:
    """Ask that sellers of a tier leave this share in reserve; a share of 0 ends it.

    Nothing changes until another person agrees. Raises ReserveRuleInvalid, ReasonMissing,
    TermsRequestWaits and TermsHoldAlready.
    """
    within = 0 <= basis_points <= SHARE_MAX and 0 <= days <= DAYS_MAX
    if tier not in RiskTier.values or not within:
        raise ReserveRuleInvalid
    about = TermsRequest(tier_id=tier, after={"basis_points": basis_points, "days": days})
    return _ask(about, reason=reason, actor=actor)


@transaction.atomic
def approve_terms(*, request_id: UUID, actor: Actor) -> TermsRequest:
    """Let hold what another person asked for: from the next run, and the next released earning, on.

    It is done once. Raises TermsRequestNotFound, FourEyes, IllegalTransition where nobody asks any
    more, and TermsMoved where something else holds than when it was asked for.
    """
    request = _locked(request_id)
    left = decide(request, RequestStatus.APPROVED, actor=actor)
    if held(request) != request.before:
        raise TermsMoved
    _record(TermsApproved, request, left, actor)
    _set(request, actor)
    return request


@transaction.atomic
def reject_terms(*, request_id: UUID, reason: str, actor: Actor) -> TermsRequest:
    """Leave it as it is, with the reason why.

    Raises TermsRequestNotFound, ReasonMissing, FourEyes and IllegalTransition.
    """
    reason = reason_given(reason)
    request = _locked(request_id)
    left = decide(request, RequestStatus.REJECTED, actor=actor, reason=reason)
    _record(TermsRejected, request, left, actor, reason=reason)
    return request


@transaction.atomic
def withdraw_terms(*, request_id: UUID, actor: Actor) -> TermsRequest:
    """Whoever asked does not want it any more.

    Raises TermsRequestNotFound, NotWhoAsked and IllegalTransition.
    """
    request = _locked(request_id)
    _record(TermsWithdrawn, request, withdraw(request, actor=actor), actor)
    return request


def _ask(request: TermsRequest, *, reason: str, actor: Actor) -> TermsRequest:
    request.reason = reason_given(reason)
    one_at_a_time(LOCK)
    about = terms_requests(seller_id=request.seller_id, tier=request.tier_id)
    waiting = about.filter(status=RequestStatus.REQUESTED).first()
    if waiting is not None:
        raise TermsRequestWaits(reference=waiting.reference)
    request.before = held(request)
    if request.before == request.after:
        raise TermsHoldAlready
    request.requested_by_id, request.requested_at = UUID(actor.id), clock.now()
    request.save(force_insert=True)
    record(
        TermsRequested(**_told(request), reason=request.reason),
        actor=actor,
        before=request.before,
        after=request.after,
    )
    return request


def _locked(request_id: UUID) -> TermsRequest:
    one_at_a_time(LOCK)
    request = TermsRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise TermsRequestNotFound
    return request


def _set(request: TermsRequest, actor: Actor) -> None:
    agreed: dict[str, Any] = {"reason": request.reason, "request_id": request.pk}
    event: Event
    if request.seller_id is not None:
        values = request.after | {"changed_at": clock.now()}
        PayoutTerms.objects.update_or_create(seller_id=request.seller_id, defaults=values)
        event = PayoutTermsSet(seller_id=request.seller_id, **agreed)
    else:
        ReserveRule.objects.filter(pk=request.tier_id).update(**request.after)
        event = ReserveRuleSet(tier_id=request.tier_id or "", **agreed)
    record(event, actor=actor, before=request.before, after=request.after)


def _told(request: TermsRequest) -> dict[str, Any]:
    return {
        "terms_request_id": request.pk,
        "seller_id": request.seller_id,
        "tier": request.tier_id or "",
    }


def _record(event: type, request: TermsRequest, left: str, actor: Actor, **told: str) -> None:
    record(
        event(**_told(request), **told),
        actor=actor,
        before={"status": left},
        after={"status": request.status},
    )
