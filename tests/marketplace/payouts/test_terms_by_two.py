"""How a seller is paid and what a tier leaves in reserve: one person asks, another agrees, it is set once."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backoffice.roles import sync_roles
from marketplace.notifications.models import Message
from marketplace.payouts.commands import (
    approve_terms,
    reject_terms,
    request_reserve,
    terms,
    withdraw_terms,
)
from marketplace.payouts.errors import (
    TermsHoldAlready,
    TermsMoved,
    TermsRequestNotFound,
    TermsRequestWaits,
)
from marketplace.payouts.models import PayoutTerms, ReserveRule, TermsRequest
from marketplace.shared import four_eyes
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes, NotWhoAsked, ReasonMissing
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.payouts import a_terms_request, the_terms_of
from tests.factories.sellers import a_seller
from tests.processes import dwell, unguarded_moves, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def a_reserve_request(actor: Actor | None = None, **changes: Any) -> TermsRequest:
    reserve = {"tier": "new", "basis_points": 500, "days": 10, "reason": "The season", **changes}
    return request_reserve(actor=actor or staff_actor(), **reserve)


def reserve_of_new() -> tuple[int, int]:
    rule = ReserveRule.objects.get(pk="new")
    return rule.basis_points, rule.days


def times_set() -> int:
    names = ["payouts.terms_set.v1", "payouts.reserve_rule_set.v1"]
    return LoggedEvent.objects.filter(name__in=names).count()


def test_it_holds_once_another_person_agrees_and_both_are_on_the_record():
    seller, asha, juma = a_seller(), staff_actor(), staff_actor()
    request = a_terms_request(seller.pk, tier="watched", frequency="daily", actor=asha)
    assert not PayoutTerms.objects.exists()

    approve_terms(request_id=request.pk, actor=juma)

    agreed = PayoutTerms.objects.get(pk=seller.pk)
    assert (agreed.tier, agreed.frequency) == ("watched", "daily")
    events = LoggedEvent.objects.filter(name__startswith="payouts.terms_").order_by("pk")
    assert [(one.name, one.actor_id) for one in events] == [
        ("payouts.terms_requested.v1", asha.id),
        ("payouts.terms_approved.v1", juma.id),
        ("payouts.terms_set.v1", juma.id),
    ]
    told = events.last()
    assert (told.before["tier"], told.after["tier"]) == ("standard", "watched")
    assert broken_invariants() == []
    with pytest.raises(IllegalTransition):
        approve_terms(request_id=request.pk, actor=juma)
    assert times_set() == 1


def test_who_asked_does_not_decide_nor_does_the_system_nor_any_other_way_to_the_row():
    asha = staff_actor()
    before, request = reserve_of_new(), a_reserve_request(asha)

    with pytest.raises(FourEyes):
        approve_terms(request_id=request.pk, actor=asha)
    with pytest.raises(FourEyes):
        reject_terms(request_id=request.pk, reason="No", actor=asha)
    with pytest.raises(TransitionNotYours):
        approve_terms(request_id=request.pk, actor=Actor.system("anything"))
    for changes, constraint in (
        ({"status": "approved", "decided_by": asha.user_id, "decided_at": request.requested_at},
         "decided_by_another"),
        ({"seller": a_seller()}, "about_one"),
        ({"after": request.before}, "changes_something"),
        ({"reason": ""}, "says_why"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            TermsRequest.objects.update(**changes)
    assert (reserve_of_new(), times_set()) == (before, 0)


def test_one_change_of_the_same_waits_at_a_time_and_it_changes_something():
    seller, other = a_seller(), a_seller()
    first = a_terms_request(seller.pk, frequency="daily")
    a_terms_request(other.pk, frequency="daily")

    with pytest.raises(TermsRequestWaits, match=first.reference):
        a_terms_request(seller.pk, frequency="monthly")
    with pytest.raises(IntegrityError, match="seller_waits_once"), transaction.atomic():
        TermsRequest.objects.update(seller=seller)
    basis_points, days = reserve_of_new()
    with pytest.raises(TermsHoldAlready):
        a_reserve_request(basis_points=basis_points, days=days)
    with pytest.raises(TermsRequestNotFound):
        approve_terms(request_id=uuid7(), actor=staff_actor())


def test_it_is_withdrawn_by_who_asked_and_rejected_by_another_with_a_reason():
    asha = staff_actor()
    before, request = reserve_of_new(), a_reserve_request(asha)

    with pytest.raises(NotWhoAsked):
        withdraw_terms(request_id=request.pk, actor=staff_actor())
    withdraw_terms(request_id=request.pk, actor=asha)
    again = a_reserve_request(asha)
    with pytest.raises(ReasonMissing):
        reject_terms(request_id=again.pk, reason=" ", actor=staff_actor())
    reject_terms(request_id=again.pk, reason="Not in the season", actor=staff_actor())

    statuses = TermsRequest.objects.order_by("pk").values_list("status", flat=True)
    assert (list(statuses), reserve_of_new()) == (["withdrawn", "rejected"], before)


def test_nobody_agrees_to_what_was_asked_of_something_else():
    request = a_reserve_request()
    ReserveRule.objects.filter(pk="new").update(days=7)

    with pytest.raises(TermsMoved), transaction.atomic():
        approve_terms(request_id=request.pk, actor=staff_actor())

    assert (TermsRequest.objects.get().status, times_set()) == ("requested", 0)


def test_who_may_agree_hears_of_it_and_who_asked_of_what_was_decided_each_in_their_language():
    sync_roles()
    asking = a_staff_member("finance")
    other = a_staff_member("administrator", language="sw")
    a_staff_member("support")
    seller = a_seller()

    request = a_terms_request(
        seller.pk, minimum_minor=5_000_000, weekday=5, actor=staff_actor(asking)
    )
    deliver_all()
    asked = Message.objects.get(code="terms_change_requested")
    assert asked.user_id == other.pk
    for words in (asking.name, seller.name, "TZS 50,000", "Kiwango chake cha chini", "/console/"):
        assert words in asked.body

    reject_terms(request_id=request.pk, reason="Returns take a week", actor=staff_actor(other))
    deliver_all()
    decided = Message.objects.get(code="request_decided")
    assert decided.user_id == asking.pk
    for words in (other.name, seller.name, request.reference, "Rejected", "Returns take a week"):
        assert words in decided.body


# --- At the same moment ---


def two_approve(request: TermsRequest) -> list[Any]:
    first, second = staff_actor(), staff_actor()
    return at_once(
        lambda: approve_terms(request_id=request.pk, actor=first),
        lambda: approve_terms(request_id=request.pk, actor=second),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_sets_it_and_the_other_is_told(monkeypatch):
    dwell(monkeypatch, terms, "_locked")

    outcomes = two_approve(a_reserve_request())

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert (reserve_of_new(), times_set()) == ((500, 10), 1)
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_control_without_locks_and_guards_it_is_set_twice(monkeypatch):
    request = a_reserve_request()
    dwell(monkeypatch, terms, "_locked")
    monkeypatch.setattr(terms, "one_at_a_time", lambda _name: None)
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, four_eyes)
    monkeypatch.setattr(terms, "held", lambda asked_for: asked_for.before)

    assert refused(two_approve(request)) == []
    assert times_set() == 2
    assert any("agreed_terms_are_set_once" in one for one in broken_invariants())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_waits():
    seller = a_seller()
    the_terms_of(seller.pk, frequency="daily")
    asha, juma = staff_actor(), staff_actor()

    outcomes = at_once(
        lambda: a_terms_request(seller.pk, frequency="monthly", actor=asha),
        lambda: a_terms_request(seller.pk, frequency="manual", actor=juma),
    )

    assert [type(error) for error in refused(outcomes)] == [TermsRequestWaits]
