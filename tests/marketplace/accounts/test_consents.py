"""What a person allows begins when they say so, ends when they say so, and is never forgotten."""

import pytest

from marketplace.accounts.commands import set_consent
from marketplace.accounts.errors import UserNotFound
from marketplace.accounts.models import Consent, User
from marketplace.accounts.queries import consents_of
from marketplace.accounts.states import Purpose
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import a_buyer, buyer_actor
from tests.threads import at_once


def say(buyer: User, is_given: bool) -> Consent | None:
    return set_consent(
        user_id=buyer.pk, purpose=Purpose.ANALYTICS, is_given=is_given, actor=buyer_actor(buyer)
    )


def told(buyer: User) -> list[tuple[str, dict, dict]]:
    rows = LoggedEvent.objects.filter(aggregate_id=str(buyer.pk), name__contains=".consent_")
    return list(rows.order_by("id").values_list("name", "before", "after"))


@pytest.mark.django_db
def test_nothing_is_allowed_by_itself():
    assert consents_of(user_id=a_buyer().pk) == {}


@pytest.mark.django_db
def test_each_consent_keeps_its_beginning_and_its_end():
    buyer = a_buyer()

    say(buyer, True)
    say(buyer, False)
    say(buyer, True)

    first, second = Consent.objects.filter(user=buyer).order_by("pk")
    assert first.given_at <= first.withdrawn_at <= second.given_at
    assert consents_of(user_id=buyer.pk) == {"analytics": second.given_at}
    assert told(buyer) == [
        ("accounts.consent_given.v1", {"analytics": False}, {"analytics": True}),
        ("accounts.consent_withdrawn.v1", {"analytics": True}, {"analytics": False}),
        ("accounts.consent_given.v1", {"analytics": False}, {"analytics": True}),
    ]


@pytest.mark.django_db
def test_saying_it_twice_changes_nothing():
    buyer = a_buyer()
    say(buyer, False)

    first, second = say(buyer, True), say(buyer, True)

    assert first == second
    assert len(told(buyer)) == 1


@pytest.mark.django_db
def test_only_a_person_whom_we_know_can_allow_something():
    with pytest.raises(UserNotFound):
        set_consent(
            user_id=uuid7(), purpose=Purpose.ANALYTICS, is_given=True, actor=buyer_actor(a_buyer())
        )


@pytest.mark.django_db(transaction=True)
def test_the_same_consent_given_four_times_at_once_is_given_once():
    buyer = a_buyer()

    outcomes = at_once(*[lambda: say(buyer, True)] * 4)

    assert {outcome.pk for outcome in outcomes} == {Consent.objects.get(user=buyer).pk}
    assert len(told(buyer)) == 1
