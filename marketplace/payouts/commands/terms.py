"""What is agreed with a seller about payouts, and what the tiers of risk mean."""

from uuid import UUID

from django.db import transaction

from marketplace.payouts.errors import ReasonMissing, ReserveRuleInvalid, TermsInvalid
from marketplace.payouts.events import PayoutTermsSet, ReserveRuleSet
from marketplace.payouts.models import PayoutTerms, ReserveRule
from marketplace.payouts.queries import terms_of
from marketplace.payouts.states import DAYS_MAX, SHARE_MAX, Frequency, RiskTier
from marketplace.sellers.queries import get_seller
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import is_whole
from marketplace.shared.outbox import record

REASON_CHARS = 300


@transaction.atomic
def set_terms(
    *,
    seller_id: UUID,
    tier: str,
    frequency: str,
    weekday: int,
    month_day: int,
    minimum_minor: int | None,
    reason: str,
    actor: Actor,
) -> PayoutTerms:
    """From the next run, and from the next released earning, on. No minimum: the usual one.

    Raises SellerNotFound, TermsInvalid and ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    is_known = tier in RiskTier.values and frequency in Frequency.values
    if not is_known or not 1 <= weekday <= 7 or not 1 <= month_day <= 28:
        raise TermsInvalid
    if minimum_minor is not None and (minimum_minor <= 0 or not is_whole(minimum_minor)):
        raise TermsInvalid
    seller = get_seller(seller_id)
    before = terms_of([seller.pk])[seller.pk]
    values = {
        "tier": tier,
        "frequency": frequency,
        "weekday": weekday,
        "month_day": month_day,
        "minimum_minor": minimum_minor,
    }
    terms, _is_new = PayoutTerms.objects.update_or_create(
        seller=seller, defaults=values | {"changed_at": clock.now()}
    )
    record(
        PayoutTermsSet(seller_id=seller.pk, reason=reason.strip()[:REASON_CHARS]),
        actor=actor,
        before={name: getattr(before, name) for name in values},
        after=values,
    )
    return terms


@transaction.atomic
def set_reserve_rule(
    *, tier: str, basis_points: int, days: int, reason: str, actor: Actor
) -> ReserveRule:
    """What earnings leave in reserve that are released from now on. A share of 0 ends it.

    Raises ReserveRuleInvalid and ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    within = 0 <= basis_points <= SHARE_MAX and 0 <= days <= DAYS_MAX
    if tier not in RiskTier.values or not within:
        raise ReserveRuleInvalid
    known = ReserveRule.objects.select_for_update().filter(pk=tier).first()
    values = {"basis_points": basis_points, "days": days}
    rule, _is_new = ReserveRule.objects.update_or_create(tier=tier, defaults=values)
    record(
        ReserveRuleSet(tier_id=tier, reason=reason.strip()[:REASON_CHARS]),
        actor=actor,
        before={name: getattr(known, name) for name in values} if known else None,
        after=values,
    )
    return rule
