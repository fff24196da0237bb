"""Services are told only of buyers who allowed it before, and allow it still."""

from datetime import timedelta

import pytest

from marketplace.analytics.commands import collect_deeds, note_deed
from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.analytics.policies import pseudonym
from marketplace.analytics.states import DeedName, ForwardStatus
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer
from tests.factories.forwarding import (
    a_buyer_who_allows,
    allow,
    due_again,
    forward,
    looks_at_something,
    statuses,
    take_back,
)
from tests.factories.orders import a_paid_order, an_order, pay
from tests.tracking import PSEUDONYM_KEY
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _from_now_on(services):
    """Both services are there, and nothing has happened yet."""
    collect_deeds(skew=timedelta(0))


def test_who_did_not_allow_it_is_not_told_of(services):
    order = a_paid_order(buyer=a_buyer())
    note_deed(buyer_id=order.buyer_id, name=DeedName.SEARCHED, properties={})

    forward()

    assert not ForwardedDeed.objects.exists()
    assert [service.requests() for service in services] == [[], []]


def test_what_was_done_before_it_was_allowed_stays_untold(services):
    buyer = a_buyer()
    order = an_order(buyer=buyer)
    allow(buyer)
    pay(order)

    forward()

    assert [told["name"] for told in services[0].told] == ["Order Paid"]


def test_taken_back_what_waits_is_forgotten_at_once(services):
    buyer, other = a_buyer_who_allows(), a_buyer_who_allows()
    looks_at_something(buyer)
    looks_at_something(other)

    take_back(buyer)
    deliver_all()

    gone = ForwardedDeed.objects.filter(buyer_id=buyer.pk)
    assert {(row.status, str(row.properties)) for row in gone} == {("withheld", "{}")}
    forward()
    assert [len(service.told) for service in services] == [1, 1]


def test_taken_back_what_stands_in_a_batch_is_not_sent_again(services):
    """Not even where the handler that forgets it has not run yet."""
    _segment, mixpanel = services
    buyer, other = a_buyer_who_allows(), a_buyer_who_allows()
    looks_at_something(buyer)
    looks_at_something(other)
    mixpanel.switch("500")
    forward()
    assert ForwardedDeed.objects.filter(batch__closed_at=None).count() == 2

    take_back(buyer)
    due_again()
    forward()

    assert [len(service.told) for service in services] == [2, 1]
    assert mixpanel.told[0]["who"] == pseudonym(PSEUDONYM_KEY, "buyer", other.pk)
    withheld = ForwardedDeed.objects.get(status=ForwardStatus.WITHHELD)
    assert (withheld.buyer_id, withheld.properties) == (buyer.pk, {})
    assert broken_invariants() == []


def test_allowed_again_does_not_bring_back_what_was_done_in_between(services):
    buyer = a_buyer_who_allows()
    looks_at_something(buyer)
    take_back(buyer)
    allow(buyer)

    forward()

    assert [service.told for service in services] == [[], []]
    assert statuses() == {"withheld"}


def test_a_batch_of_which_nobody_allows_anything_any_more_is_closed(services):
    buyer = a_buyer_who_allows()
    looks_at_something(buyer)
    services[0].switch("500")
    forward()

    take_back(buyer)
    due_again()
    forward()

    batch = ForwardBatch.objects.get(destination="segment")
    assert (batch.taken, batch.closed_at is not None) == (0, True)
    assert services[0].told == []
    looks_at_something(allow(buyer))
    forward()
    assert len(services[0].told) == 1
