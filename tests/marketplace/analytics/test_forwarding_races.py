"""Forwarders that race, and one that is killed: each deed is told once by one batch."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.accounts.models import Consent
from marketplace.analytics.adapters.segment import Segment
from marketplace.analytics.commands import collect_deeds, forward_to, forwarding, note_deed
from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.analytics.states import DeedName
from marketplace.shared import clock
from tests.factories.accounts import a_buyer
from tests.factories.forwarding import a_buyer_who_allows, take_back
from tests.factories.orders import a_paid_order
from tests.meeting import meet
from tests.patience import wait_until
from tests.processes import (
    a_worker,
    die,
    dwell,
    in_processes,
    without_constraint,
    without_row_locks,
)
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def many_look(times: int = 5) -> None:
    buyer = a_buyer_who_allows()
    for _number in range(times):
        note_deed(buyer_id=buyer.pk, name=DeedName.VIEWED, properties={})


def race() -> list[Any]:
    return in_processes(*[lambda: forward_to("segment")] * 4)


def times_told(segment) -> list[int]:
    return [told["times"] for told in segment.told]


def test_of_four_forwarders_one_tells(segment, monkeypatch):
    many_look()
    dwell(monkeypatch, forwarding, "_open_batch")
    dwell(monkeypatch, forwarding, "_fitting")

    outcomes = race()

    assert sorted(outcomes) == [0, 0, 0, 5]
    assert len(segment.requests()) == 1
    assert times_told(segment) == [1] * 5
    assert broken_invariants() == []


def test_control_without_lock_and_constraint_four_forwarders_tell_the_same(segment, monkeypatch):
    many_look()
    dwell(monkeypatch, forwarding, "_open_batch")
    dwell(monkeypatch, forwarding, "_fitting")
    without_row_locks(monkeypatch)

    with without_constraint("analytics_forwardbatch", "forward_batch_one_open"):
        race()
        told = times_told(segment)

    assert max(told) > 1


def test_two_who_collect_at_once_queue_each_deed_once(segment):
    collect_deeds(skew=timedelta(0))
    a_paid_order(buyer=a_buyer_who_allows())

    in_processes(*[lambda: collect_deeds(skew=timedelta(0))] * 3)

    assert ForwardedDeed.objects.count() == 2


@pytest.mark.parametrize("has_arrived", [False, True], ids=["before", "after"])
def test_a_forwarder_killed_beside_its_request_leaves_it_to_the_next(
    segment, monkeypatch, has_arrived
):
    """Before the request left, or after it was taken and before anybody wrote that down."""
    many_look()
    real = Segment.send

    def send(self: Segment, encoded: list[bytes]) -> Any:
        if has_arrived:
            real(self, encoded)
        die()

    with monkeypatch.context() as patched:
        patched.setattr(Segment, "send", send)
        with a_worker(lambda: forward_to("segment")) as worker:
            wait_until(lambda: not worker.is_alive())
    assert set(ForwardedDeed.objects.values_list("status", flat=True)) == {"waiting"}
    assert forward_to("segment") == 0, "its lease still runs"

    ForwardBatch.objects.update(next_attempt_at=clock.now())
    assert forward_to("segment") == 5

    assert times_told(segment) == [2 if has_arrived else 1] * 5
    assert len(segment.told) == 5
    assert broken_invariants() == []


def test_a_forwarder_killed_while_it_makes_a_batch_leaves_nothing_behind(segment, monkeypatch):
    many_look()

    with monkeypatch.context() as patched:
        patched.setattr(forwarding, "_fitting", lambda *_given: die())
        with a_worker(lambda: forward_to("segment")) as worker:
            wait_until(lambda: not worker.is_alive())

    assert not ForwardBatch.objects.exists()
    assert forward_to("segment") == 5


def test_whoever_held_a_batch_for_too_long_writes_nothing_down(segment, monkeypatch):
    """Its lease lapsed while it sent; another has told the batch since."""
    many_look()
    real = Segment.send

    def slowly(self: Segment, encoded: list[bytes]) -> Any:
        monkeypatch.setattr(Segment, "send", real)
        ForwardBatch.objects.update(next_attempt_at=clock.now())
        assert forward_to("segment") == 5
        return dict.fromkeys(range(5), "late and wrong")

    monkeypatch.setattr(Segment, "send", slowly)

    assert forward_to("segment") == 0

    assert set(ForwardedDeed.objects.values_list("status", flat=True)) == {"sent"}
    assert broken_invariants() == []


def looked_at_then_withdrawn(monkeypatch) -> tuple[ForwardBatch, Consent]:
    """The consent is taken back while the forwarder, having looked at it, makes its batch."""
    buyer = a_buyer_who_allows()
    note_deed(buyer_id=buyer.pk, name=DeedName.VIEWED, properties={})
    # Once it has looked the other begins, and it goes on when that is through or held.
    dwell(monkeypatch, forwarding, "consents_held")
    dwell(monkeypatch, forwarding, "consents_held")

    def take_back_meanwhile() -> None:
        meet()
        take_back(buyer)

    told, _nothing = in_processes(lambda: forward_to("segment"), take_back_meanwhile)
    assert told == 1
    return ForwardBatch.objects.get(), Consent.objects.get()


def test_a_consent_that_is_looked_at_is_taken_back_only_afterwards(segment, monkeypatch):
    batch, consent = looked_at_then_withdrawn(monkeypatch)

    assert consent.withdrawn_at > batch.checked_at


def test_control_without_the_lock_a_consent_is_taken_back_while_it_is_looked_at(
    segment, monkeypatch
):
    without_row_locks(monkeypatch)

    batch, consent = looked_at_then_withdrawn(monkeypatch)

    assert consent.withdrawn_at < batch.checked_at


def test_a_buyer_who_allows_nothing_is_no_part_of_a_race(segment):
    note_deed(buyer_id=a_buyer().pk, name=DeedName.VIEWED, properties={})

    assert race() == [0] * 4
    assert segment.requests() == []
