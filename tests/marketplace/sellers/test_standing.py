"""Sellers are suspended, let back and closed by two people; one holds them for a while."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from marketplace.sellers import queries
from marketplace.sellers.commands import (
    approve_standing,
    lapse_holds,
    reject_standing,
    request_standing,
    standing,
    withdraw_standing,
)
from marketplace.sellers.errors import (
    HeldAlready,
    HoldOver,
    SellerNotFound,
    StandingRequestNotFound,
    StandingRequestWaits,
)
from marketplace.sellers.models import Seller, StandingRequest
from marketplace.sellers.states import SellerStatus
from marketplace.shared import clock, four_eyes
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes, NotWhoAsked, ReasonMissing
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.sellers import (
    a_seller,
    close_seller,
    reactivate_seller,
    seller_actor,
    suspend_seller,
)
from tests.processes import dwell, unguarded_moves, without_constraint, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
SUSPENDED, ACTIVE = SellerStatus.SUSPENDED, SellerStatus.ACTIVE


def asked(seller: Seller, wanted: str = SUSPENDED, **given: Any) -> StandingRequest:
    given = {"reason": "Counterfeit phones", "actor": staff_actor()} | given
    return request_standing(seller_id=seller.pk, wanted=wanted, **given)


def status_of(seller: Seller) -> str:
    return Seller.objects.get(pk=seller.pk).status


def changes() -> list[tuple[str, str]]:
    """(state, actor) of each change of a seller's state."""
    rows = LoggedEvent.objects.filter(name="sellers.seller_status_changed.v1").order_by("id")
    return [(row.payload["status"], row.actor_id) for row in rows]


# --- By two ---


def test_a_request_changes_nothing_until_another_agrees():
    seller, second = a_seller(), staff_actor()
    request = asked(seller)
    assert queries.active_sellers([seller.pk]) == {seller.pk}

    approve_standing(request_id=request.pk, actor=second)

    seller.refresh_from_db()
    assert (seller.status, seller.status_reason) == (SUSPENDED, "Counterfeit phones")
    assert changes() == [("suspended", second.id)]
    assert broken_invariants() == []


def test_a_seller_comes_back_by_two_and_is_closed_for_good():
    seller = a_seller()
    suspend_seller(seller_id=seller.pk, reason="Complaints")
    request = asked(seller, ACTIVE)
    assert status_of(seller) == SUSPENDED

    approve_standing(request_id=request.pk, actor=staff_actor())
    assert status_of(seller) == ACTIVE
    close_seller(seller_id=seller.pk, reason="Gone")
    with pytest.raises(IllegalTransition):
        reactivate_seller(seller_id=seller.pk, reason="Back")


@pytest.mark.parametrize("hold", [False, True])
def test_who_asked_does_not_decide(hold):
    me = staff_actor()
    request = asked(a_seller(), hold=hold, actor=me)

    with pytest.raises(FourEyes):
        approve_standing(request_id=request.pk, actor=me)
    with pytest.raises(FourEyes):
        reject_standing(request_id=request.pk, reason="No", actor=me)
    with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
        StandingRequest.objects.update(
            status="approved", decided_by_id=me.user_id, decided_at=clock.now()
        )


def test_a_request_is_decided_once():
    seller = a_seller()
    request = asked(seller)
    with pytest.raises(ReasonMissing):
        reject_standing(request_id=request.pk, reason=" ", actor=staff_actor())
    reject_standing(request_id=request.pk, reason="Explained", actor=staff_actor())

    for again in (approve_standing, withdraw_standing):
        with pytest.raises((IllegalTransition, NotWhoAsked)):
            again(request_id=request.pk, actor=staff_actor())
    assert status_of(seller) == ACTIVE
    assert changes() == []


def test_what_cannot_be_asked_for_is_refused():
    seller = a_seller()

    with pytest.raises(ReasonMissing):
        asked(seller, reason=" ")
    with pytest.raises(IllegalTransition):
        asked(seller, ACTIVE)
    with pytest.raises(SellerNotFound):
        request_standing(seller_id=uuid7(), wanted=SUSPENDED, reason="Who?", actor=staff_actor())
    with pytest.raises(StandingRequestNotFound):
        approve_standing(request_id=uuid7(), actor=staff_actor())
    for actor in (seller_actor(seller), SYSTEM):
        with pytest.raises(TransitionNotYours):
            asked(seller, actor=actor)
    first = asked(seller)
    with pytest.raises(StandingRequestWaits, match=first.reference):
        asked(seller, SellerStatus.CLOSED)


# --- Held by one, for a while ---


def test_a_hold_is_in_force_at_once_and_stays_by_a_second_persons_word():
    seller, me = a_seller(), staff_actor()

    request = asked(seller, hold=True, actor=me)
    assert status_of(seller) == SUSPENDED
    assert broken_invariants() == []

    approve_standing(request_id=request.pk, actor=staff_actor())
    with clock.at(clock.now() + standing.HOLD * 2):
        assert lapse_holds() == 0
    assert status_of(seller) == SUSPENDED
    assert changes() == [("suspended", me.id)]


def test_a_hold_ends_by_itself():
    seller = a_seller()
    request = asked(seller, hold=True)
    with clock.at(clock.now() + standing.HOLD - timedelta(minutes=1)):
        assert lapse_holds() == 0

    with clock.at(clock.now() + standing.HOLD):
        with pytest.raises(HoldOver):
            approve_standing(request_id=request.pk, actor=staff_actor())
        assert lapse_holds() == 1
        assert lapse_holds() == 0

    request.refresh_from_db()
    assert (request.status, status_of(seller)) == ("lapsed", ACTIVE)
    assert changes()[-1] == ("active", "sellers.holds")
    assert broken_invariants() == []


@pytest.mark.parametrize("how", ["rejected", "withdrawn"])
def test_a_hold_ends_with_a_no_or_when_it_is_withdrawn(how):
    seller, me = a_seller(), staff_actor()
    request = asked(seller, hold=True, actor=me)

    if how == "rejected":
        reject_standing(request_id=request.pk, reason="Explained", actor=staff_actor())
    else:
        with pytest.raises(NotWhoAsked):
            withdraw_standing(request_id=request.pk, actor=staff_actor())
        withdraw_standing(request_id=request.pk, actor=me)

    seller.refresh_from_db()
    assert (seller.status, seller.status_reason) == (ACTIVE, "")


def test_holds_of_one_person_do_not_follow_each_other():
    seller, me = a_seller(), staff_actor()
    asked(seller, hold=True, actor=me)
    with clock.at(clock.now() + standing.HOLD):
        lapse_holds()
        with pytest.raises(HeldAlready):
            asked(seller, hold=True, actor=me)
        asked(a_seller(), hold=True, actor=me)
        mine = asked(seller, actor=me)
        withdraw_standing(request_id=mine.pk, actor=me)
        asked(seller, hold=True)


def test_only_a_suspension_holds():
    seller = a_seller()
    suspend_seller(seller_id=seller.pk, reason="Complaints")

    assert asked(seller, ACTIVE, hold=True).held_until is None
    with pytest.raises(IntegrityError, match="holds_to_suspend"), transaction.atomic():
        StandingRequest.objects.filter(wanted="active").update(held_until=clock.now())


# --- At the same moment ---


def yes_and_no(request: StandingRequest) -> list[Any]:
    first, second = staff_actor(), staff_actor()
    return at_once(
        lambda: approve_standing(request_id=request.pk, actor=first),
        lambda: reject_standing(request_id=request.pk, reason="No", actor=second),
    )


@pytest.mark.django_db(transaction=True)
def test_of_a_yes_and_a_no_at_once_one_counts(monkeypatch):
    seller = a_seller()
    request = asked(seller)
    dwell(monkeypatch, standing, "_locked")

    outcomes = yes_and_no(request)

    request.refresh_from_db()
    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert (request.status == "approved") == (status_of(seller) == SUSPENDED)


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_guard_a_yes_and_a_no_both_count(monkeypatch):
    request = asked(a_seller())
    dwell(monkeypatch, standing, "_locked")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, four_eyes)

    assert refused(yes_and_no(request)) == []


@pytest.mark.django_db(transaction=True)
def test_of_a_yes_and_the_end_of_the_hold_at_once_one_counts(monkeypatch):
    seller, second = a_seller(), staff_actor()
    request = asked(seller, hold=True)
    StandingRequest.objects.update(held_until=clock.now() + timedelta(milliseconds=50))
    dwell(monkeypatch, standing, "_locked")

    at_once(lambda: approve_standing(request_id=request.pk, actor=second), _later)

    request.refresh_from_db()
    assert (request.status, status_of(seller)) in [("approved", SUSPENDED), ("lapsed", ACTIVE)]


def _later() -> int:
    with clock.at(clock.now() + timedelta(seconds=1)):
        return lapse_holds()


def two_ask(seller: Seller) -> list[Any]:
    first, second = staff_actor(), staff_actor()
    return at_once(
        lambda: asked(seller, actor=first, hold=True), lambda: asked(seller, actor=second)
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_waits(monkeypatch):
    dwell(monkeypatch, standing, "_require_step")

    assert len(refused(two_ask(a_seller()))) == 1
    assert StandingRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_constraint_two_requests_wait(monkeypatch):
    seller = a_seller()
    dwell(monkeypatch, standing.clock, "now")
    without_row_locks(monkeypatch)

    with without_constraint("sellers_standingrequest", "standing_request_waits_once"):
        assert refused(two_ask(seller)) == []
        assert StandingRequest.objects.count() == 2


def test_an_actor_of_the_system_is_not_a_second_person():
    request = asked(a_seller())

    with pytest.raises(TransitionNotYours):
        approve_standing(request_id=request.pk, actor=Actor.system("anything"))
