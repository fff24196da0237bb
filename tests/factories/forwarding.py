"""Buyers who allowed that services are told what they do, and who take it back."""

from datetime import timedelta
from typing import Any

from marketplace.accounts.commands import set_consent
from marketplace.accounts.models import User
from marketplace.accounts.states import Purpose
from marketplace.analytics.commands import collect_deeds, forward_due, note_deed
from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.analytics.states import DeedName, ForwardStatus
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from tests.factories.accounts import a_buyer, buyer_actor


def allow(buyer: User, is_given: bool = True) -> User:
    set_consent(
        user_id=buyer.pk, purpose=Purpose.ANALYTICS, is_given=is_given, actor=buyer_actor(buyer)
    )
    return buyer


def take_back(buyer: User) -> User:
    return allow(buyer, is_given=False)


def a_buyer_who_allows() -> User:
    return allow(a_buyer())


def forward() -> None:
    """Collect and tell now, whatever clocks may differ by."""
    collect_deeds(skew=timedelta(0))
    forward_due()


def looks_at_something(buyer: User, **properties: str) -> ForwardedDeed:
    """The row for the service that is last in the settings."""
    given = {"product": "PRD-7K3M9QX2", "offers": 2} | properties
    note_deed(buyer_id=buyer.pk, name=DeedName.VIEWED, properties=given)
    return ForwardedDeed.objects.latest("pk")


def statuses() -> set[str]:
    return set(ForwardedDeed.objects.values_list("status", flat=True))


def due_again() -> None:
    """The next try of every open batch is now."""
    ForwardBatch.objects.filter(closed_at=None).update(next_attempt_at=clock.now())


def an_answered_batch(**changes: Any) -> ForwardBatch:
    """Of three deeds Mixpanel took two and refused one."""
    now, consent = clock.now(), a_buyer_who_allows()
    values = {
        "destination": "mixpanel",
        "attempts": 2,
        "next_attempt_at": now,
        "opened_at": now,
        "checked_at": now,
        "closed_at": now,
        "taken": 2,
        "refused": 1,
    }
    batch = ForwardBatch.objects.create(**{**values, **changes})
    told = [
        (DeedName.SEARCHED, ForwardStatus.SENT, ""),
        (DeedName.ORDER_PLACED, ForwardStatus.SENT, ""),
        (DeedName.VIEWED, ForwardStatus.REFUSED, "properties.time: 'properties.time' is invalid"),
    ]
    ForwardedDeed.objects.bulk_create(
        ForwardedDeed(
            destination=batch.destination,
            deed_id=uuid7(),
            name=name,
            buyer_id=consent.pk,
            properties={},
            happened_at=clock.now(),
            status=status,
            batch=batch,
            failure=failure,
        )
        for name, status, failure in told
    )
    return batch
