"""What is asked for about payout terms and reserves, and what holds now."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from marketplace.payouts.errors import TermsRequestNotFound
from marketplace.payouts.models import PayoutTerms, ReserveRule, TermsRequest
from marketplace.payouts.queries.prospects import usual_terms

TERMS = ("tier", "frequency", "weekday", "month_day", "minimum_minor")
RESERVE = ("basis_points", "days")


def terms_held(*, seller_id: UUID) -> dict[str, Any]:
    """By the columns of the terms; no minimum: the usual one."""
    terms = PayoutTerms.objects.filter(seller_id=seller_id).first() or usual_terms()
    return {name: getattr(terms, name) for name in TERMS}


def reserve_held(*, tier: str) -> dict[str, Any]:
    """Share in basis points, and days."""
    rule = ReserveRule.objects.get(pk=tier)
    return {name: getattr(rule, name) for name in RESERVE}


def held(request: TermsRequest) -> dict[str, Any]:
    """What holds now of that which the request would change."""
    if request.seller_id is not None:
        return terms_held(seller_id=request.seller_id)
    assert request.tier_id is not None
    return reserve_held(tier=request.tier_id)


def terms_requests(*, seller_id: UUID | None = None, tier: str | None = None) -> QuerySet[Any]:
    """About a seller, or about a tier; the newest first."""
    about = {"tier_id": tier} if seller_id is None else {"seller_id": seller_id}
    rows = TermsRequest.objects.filter(**about)
    return rows.select_related("seller", "tier", "requested_by", "decided_by").order_by("-pk")


def terms_request(request_id: UUID) -> TermsRequest:
    """Raises TermsRequestNotFound."""
    found = TermsRequest.objects.select_related("seller", "tier").filter(pk=request_id).first()
    if found is None:
        raise TermsRequestNotFound
    return found
