"""Money on its way to sellers."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import time_machine
from django.conf import settings

from marketplace.listings.models import Listing
from marketplace.orders.models import SellerOrder
from marketplace.payments.ports import Answer, Outcome
from marketplace.payouts.commands import (
    approve_batch,
    approve_terms,
    approve_top_up,
    prepare_batch,
    release_due,
    request_reserve,
    request_terms,
    request_top_up,
)
from marketplace.payouts.commands.disburse import _claim
from marketplace.payouts.commands.settling import take_answer
from marketplace.payouts.models import Payout, PayoutTerms, TermsRequest, TopUp
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part, a_receipt

_numbers = count(1)


def a_ripe_part(*listings: Listing) -> SellerOrder:
    """A delivered part whose hold period is over."""
    part = a_delivered_part(*listings)
    with time_machine.travel(part.delivered_at + timedelta(days=settings.HOLD_DAYS, seconds=1)):
        release_due()
    return part


def an_approved_payout(*listings: Listing) -> Payout:
    """Of one ripe part, approved by a second person; its delivery is not run."""
    a_ripe_part(*listings)
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    return Payout.objects.get(batch=batch)


def an_approved_payout_of_two() -> tuple[Payout, SellerOrder, SellerOrder]:
    """Of two ripe parts of one seller, approved by a second person; its delivery is not run."""
    first = a_ripe_part()
    payout = an_approved_payout(a_listing(first.seller))
    references = payout.lines.values_list("seller_order_reference", flat=True)
    second = SellerOrder.objects.exclude(pk=first.pk).get(reference__in=references)
    return payout, first, second


def answered(payout: Payout, outcome: Outcome, **said: Any) -> Payout:
    """Claimed and answered by a provider, without one."""
    assert _claim(payout.pk)
    said.setdefault("receipt", a_receipt() if outcome == Outcome.SUCCEEDED else "")
    take_answer(payout.pk, Answer(outcome, code="X", message="tests", **said))
    payout.refresh_from_db()
    return payout


def a_paid_payout(*listings: Listing) -> Payout:
    return answered(an_approved_payout(*listings), Outcome.SUCCEEDED)


def a_sent_payout(*listings: Listing) -> Payout:
    """On its way for longer than a person must wait; the provider never said what became of it."""
    payout = answered(an_approved_payout(*listings), Outcome.UNKNOWN)
    Payout.objects.filter(pk=payout.pk).update(sent_at=clock.now() - timedelta(days=2))
    payout.refresh_from_db()
    return payout


def a_requested_top_up(amount_minor: int = 1_000_000_00, provider: str = "mpesa") -> TopUp:
    """Asked for by one person; nobody has approved it."""
    return request_top_up(
        provider=provider,
        amount_minor=amount_minor,
        bank_reference=f"TRANSFER{next(_numbers)}",
        reason="Payouts are due",
        actor=staff_actor(),
    )


def a_top_up(amount_minor: int = 1_000_000_00, provider: str = "mpesa") -> TopUp:
    """Asked for by one person, approved by another."""
    top_up = a_requested_top_up(amount_minor, provider)
    return approve_top_up(top_up_id=top_up.pk, actor=staff_actor())


def a_terms_request(seller_id: UUID, *, actor: Actor | None = None, **changes: Any) -> TermsRequest:
    """Somebody wants other terms for this seller; whatever is not named is usual."""
    terms = {
        "tier": "standard",
        "frequency": "weekly",
        "weekday": 1,
        "month_day": 1,
        "minimum_minor": None,
        "reason": "tests",
        **changes,
    }
    return request_terms(seller_id=seller_id, actor=actor or staff_actor(), **terms)


def the_terms_of(seller_id: UUID, **changes: Any) -> PayoutTerms:
    """Agreed with this seller by two people."""
    request = a_terms_request(seller_id, **changes)
    approve_terms(request_id=request.pk, actor=staff_actor())
    return PayoutTerms.objects.get(pk=seller_id)


def the_reserve_of(tier: str, *, basis_points: int, days: int) -> None:
    """What sellers of this tier leave, as two people agreed."""
    request = request_reserve(
        tier=tier, basis_points=basis_points, days=days, reason="tests", actor=staff_actor()
    )
    approve_terms(request_id=request.pk, actor=staff_actor())
