"""What services should not have been told shows."""

from datetime import timedelta

import pytest

from marketplace.accounts.models import Consent
from marketplace.analytics import invariants
from marketplace.analytics.commands import collect_deeds, forwarding
from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.analytics.states import ForwardStatus
from marketplace.shared import clock
from tests.factories.accounts import a_buyer
from tests.factories.forwarding import (
    a_buyer_who_allows,
    forward,
    looks_at_something,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _from_now_on(services):
    """Both services are there, and nothing has happened yet."""
    collect_deeds(skew=timedelta(0))


def planted() -> ForwardedDeed:
    looks_at_something(a_buyer_who_allows())
    forward()
    assert broken_invariants() == []
    return ForwardedDeed.objects.filter(status=ForwardStatus.SENT).first()


def broken() -> list[str]:
    return [name.partition(":")[0] for name in broken_invariants()]


def test_what_was_told_without_consent_is_found():
    deed = planted()
    ForwardedDeed.objects.filter(pk=deed.pk).update(buyer_id=a_buyer().pk)

    assert broken() == ["analytics.told_with_consent"]


def test_what_was_told_after_the_consent_was_taken_back_is_found():
    deed = planted()
    batch = ForwardBatch.objects.filter(pk=deed.batch_id)
    Consent.objects.filter(user_id=deed.buyer_id).update(withdrawn_at=clock.now())
    assert broken() == []
    batch.update(checked_at=clock.now() + timedelta(minutes=1))

    assert broken() == ["analytics.told_with_consent"]


def test_a_batch_that_counts_otherwise_is_found():
    deed = planted()
    ForwardBatch.objects.filter(pk=deed.batch_id).update(taken=2)

    assert broken() == ["analytics.told_once"]


def test_a_deed_in_the_batch_of_another_service_is_found():
    deed = planted()
    other = ForwardedDeed.objects.exclude(destination=deed.destination).get()
    ForwardedDeed.objects.filter(pk=deed.pk).update(batch=other.batch)

    assert broken() == ["analytics.told_once"]


def test_invariants_look_at_what_is_kept():
    assert timedelta(days=invariants.KEPT_WHOLE_DAYS) < forwarding.KEPT
