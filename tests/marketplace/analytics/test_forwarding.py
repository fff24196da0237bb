"""What buyers who allow it do reaches Segment and Mixpanel: once, without anything that names them."""

from datetime import timedelta

import pytest
import time_machine

from marketplace.analytics.commands import (
    collect_deeds,
    forget_forwarded,
    forward_due,
    forward_to,
    forwarding,
    note_deed,
    retry_refused,
)
from marketplace.analytics.errors import BatchNotFound
from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.analytics.policies import pseudonym
from marketplace.analytics.ports import Limits
from marketplace.analytics.states import DeedName, ForwardStatus
from marketplace.payments.commands import confirm_refund, refund_seller_order
from marketplace.payments.models import Refund
from marketplace.payments.states import RefundReason, RefundStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import staff_actor
from tests.factories.forwarding import (
    a_buyer_who_allows,
    due_again,
    forward,
    looks_at_something,
    statuses,
)
from tests.factories.orders import a_delivered_part, a_paid_order, a_receipt, an_order
from tests.tracking import PSEUDONYM_KEY
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
NO_SKEW = timedelta(0)


@pytest.fixture(autouse=True)
def _from_now_on(services):
    """Both services are there, and nothing has happened yet."""
    collect_deeds(skew=NO_SKEW)


def test_an_order_is_told_from_placing_to_refund_to_both_services(services):
    buyer = a_buyer_who_allows()
    part = a_delivered_part(buyer=buyer)
    order = part.order
    refund = refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=100_000,
        reason=RefundReason.PRICE_ADJUSTED,
        cause="a test",
        actor=Actor.system("tests"),
    )
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.SENT)
    confirm_refund(
        refund_id=refund.pk, receipt=a_receipt(), message="", actor=Actor.provider("mpesa")
    )

    forward()

    shillings = order.total_minor // 100
    known = {"order": pseudonym(PSEUDONYM_KEY, "order", order.pk), "currency": "TZS"}
    for service in services:
        assert [(told["name"], told["properties"]) for told in service.told] == [
            ("Order Placed", {**known, "total": shillings, "pieces": 1, "sellers": 1}),
            ("Order Paid", {**known, "total": shillings}),
            ("Order Delivered", {**known, "total": shillings}),
            ("Order Refunded", {**known, "total": 1_000, "reason": "price_adjusted"}),
        ]
        assert {told["who"] for told in service.told} == {
            pseudonym(PSEUDONYM_KEY, "buyer", buyer.pk)
        }
    placed = LoggedEvent.objects.get(name="orders.placed.v1")
    assert services[0].told[0]["message_id"] == str(placed.pk)
    assert abs(services[0].told[0]["happened_at"] - placed.occurred_at.timestamp()) < 0.002
    assert broken_invariants() == []


def test_nothing_that_names_a_person_leaves(services):
    buyer = a_buyer_who_allows()
    order = a_paid_order(buyer=buyer)
    looks_at_something(buyer, email=buyer.email, phone=buyer.phone, name=buyer.name)

    forward()

    known = [
        buyer.email, buyer.phone, buyer.phone[1:], buyer.name, buyer.reference, str(buyer.pk),
        order.reference, str(order.pk), order.recipient, order.street, order.phone,
    ]  # fmt: skip
    for service in services:
        assert len(service.told) == 3
        assert not [word for word in known if word and word in str(service.told)]


@pytest.mark.parametrize("kind", ["429", "500", "unheard", "lost"])
def test_a_batch_that_failed_goes_again_with_the_same_ids(services, kind):
    looks_at_something(a_buyer_who_allows())
    for service in services:
        service.switch(kind)

    forward()

    assert statuses() == {"waiting"}
    assert all(batch.failure for batch in ForwardBatch.objects.all())
    forward()
    assert [len(service.requests()) for service in services] == [1, 1], "too early"
    due_again()
    forward()
    assert statuses() == {"sent"}
    for service in services:
        assert [told["times"] for told in service.told] == [2 if kind == "lost" else 1]
    assert [batch.attempts for batch in ForwardBatch.objects.all()] == [2, 2]
    assert broken_invariants() == []


def test_a_service_that_fails_is_asked_less_and_less_often_and_by_one_batch(services):
    segment, mixpanel = services
    segment.switch("500", times=20)
    waits = []
    for _number in range(12):
        looks_at_something(a_buyer_who_allows())
        began = clock.now()
        forward()
        batch = ForwardBatch.objects.get(destination="segment")
        waits.append((batch.next_attempt_at - began).total_seconds())
        due_again()

    assert waits[0] < 4 < 20 < waits[4] < waits[11] <= 1.2 * forwarding.BACKOFF_LONGEST_S + 5
    assert len(mixpanel.told) == 12, "the other service is not kept waiting"
    segment.switch("500", times=0)
    due_again()
    forward()
    assert len(segment.told) == 12


def test_a_service_that_names_a_time_is_not_asked_before_it(services):
    services[0].switch("429")
    looks_at_something(a_buyer_who_allows())
    began = clock.now()

    forward()

    batch = ForwardBatch.objects.get(destination="segment")
    assert batch.next_attempt_at >= began + timedelta(seconds=1)
    assert batch.failure == "HTTP 429 rate limit"


def test_what_mixpanel_refuses_is_kept_aside_and_goes_again_when_a_person_says_so(services):
    mixpanel = services[1]
    first = looks_at_something(a_buyer_who_allows())
    looks_at_something(a_buyer_who_allows())
    mixpanel.switch("partial")

    forward()

    refused = ForwardedDeed.objects.get(status=ForwardStatus.REFUSED)
    assert refused.deed_id == first.deed_id
    assert "'properties.time' is invalid" in refused.failure
    batch = ForwardBatch.objects.get(destination="mixpanel")
    assert (batch.taken, batch.refused) == (1, 1)
    forward()
    assert len(mixpanel.requests()) == 1, "nobody resends it blindly"

    assert retry_refused(batch_id=batch.pk, actor=staff_actor()) == 1
    assert retry_refused(batch_id=batch.pk, actor=staff_actor()) == 0
    forward()

    assert len(mixpanel.told) == 2
    assert LoggedEvent.objects.filter(name="analytics.refused_told_again.v1").count() == 1
    assert broken_invariants() == []


def test_nothing_is_retried_of_a_batch_that_nobody_knows():
    with pytest.raises(BatchNotFound):
        retry_refused(batch_id=0, actor=staff_actor())


def test_what_segment_cannot_read_is_refused_whole(services):
    looks_at_something(a_buyer_who_allows())
    services[0].switch("400")

    forward()

    refused = ForwardedDeed.objects.get(destination="segment")
    assert (refused.status, refused.failure) == ("refused", "HTTP 400 malformed JSON")


def test_a_batch_that_is_too_large_for_the_service_goes_in_halves(services):
    mixpanel = services[1]
    for _number in range(4):
        looks_at_something(a_buyer_who_allows())
    mixpanel.switch("413", times=2)

    forward()

    assert mixpanel.statuses == [413, 413, 200, 200]
    assert [told["times"] for told in mixpanel.told] == [1] * 4
    assert broken_invariants() == []


def test_one_deed_that_is_too_large_for_the_service_is_refused(services):
    looks_at_something(a_buyer_who_allows())
    services[1].switch("413")

    forward()

    refused = ForwardedDeed.objects.get(destination="mixpanel")
    assert (refused.status, refused.failure) == ("refused", "too large for the service")


def test_batches_keep_to_the_limits_of_the_service(services, monkeypatch):
    segment = services[0]
    for _number in range(7):
        looks_at_something(a_buyer_who_allows())
    limits = Limits(deeds_max=3, body_bytes_max=1_000_000, deed_bytes_max=1_000)
    monkeypatch.setattr("marketplace.analytics.adapters.segment.Segment.limits", limits)
    forward_to("segment")
    assert sorted(ForwardBatch.objects.values_list("taken", flat=True)) == [1, 3, 3]

    for _number in range(4):
        looks_at_something(a_buyer_who_allows())
    narrow = Limits(deeds_max=100, body_bytes_max=900, deed_bytes_max=1_000)
    monkeypatch.setattr("marketplace.analytics.adapters.segment.Segment.limits", narrow)
    forward_to("segment")
    sizes = [int(request.fields["bytes"]) for request in segment.requests()[3:]]
    assert len(sizes) == 2
    assert max(sizes) <= 900

    looks_at_something(a_buyer_who_allows())
    none = Limits(deeds_max=100, body_bytes_max=900, deed_bytes_max=10)
    monkeypatch.setattr("marketplace.analytics.adapters.segment.Segment.limits", none)
    forward_to("segment")
    assert ForwardedDeed.objects.get(status="refused").failure.endswith("bytes are too many")
    assert len(segment.told) == 11


def test_collecting_twice_queues_once(services):
    a_paid_order(buyer=a_buyer_who_allows())
    collect_deeds(skew=NO_SKEW)
    before = ForwardedDeed.objects.count()

    assert collect_deeds(skew=NO_SKEW) == 0

    assert ForwardedDeed.objects.count() == before == 4


def test_without_services_nothing_is_queued(settings):
    settings.FORWARDING = {**settings.FORWARDING, "destinations": {}}

    looked = a_buyer_who_allows()
    note_deed(buyer_id=looked.pk, name=DeedName.VIEWED, properties={})
    an_order(buyer=looked)

    assert collect_deeds(skew=NO_SKEW) == 0
    assert not ForwardedDeed.objects.exists()
    assert forward_due() == "0 queued"


def test_what_was_told_is_forgotten_after_a_month_and_what_waits_after_a_week(services):
    services[1].switch("500", times=50)
    looks_at_something(a_buyer_who_allows())
    forward()
    looks_at_something(a_buyer_who_allows())

    with time_machine.travel(clock.now() + timedelta(days=8)):
        forget_forwarded()
    rows = ForwardedDeed.objects.filter(destination="mixpanel").order_by("pk")
    assert [row.status for row in rows] == ["waiting", "withheld"], "one is in the open batch"

    with time_machine.travel(clock.now() + timedelta(days=39)):
        forget_forwarded()
    assert ForwardedDeed.objects.get().destination == "mixpanel"
    assert ForwardBatch.objects.get().destination == "mixpanel"
    assert broken_invariants() == []
