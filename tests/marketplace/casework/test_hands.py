"""Whose a case is: taken by one, given, put back, put aside; an earlier stay in the queue counts for nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.casework.commands import (
    assign_case,
    claim_case,
    hands,
    release_case,
    snooze_case,
    wake_case,
)
from marketplace.casework.errors import CaseTaken, ColleagueUnknown, SnoozeInvalid
from marketplace.casework.models import Work
from marketplace.casework.states import Case
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import a_buyer, staff_actor
from tests.meeting import meet
from tests.threads import at_once, refused


def a_case() -> Case:
    return Case("refund", str(uuid4()), clock.now())


def told() -> list[str]:
    rows = LoggedEvent.objects.filter(aggregate="case").order_by("id")
    return [name.split(".")[1] for name in rows.values_list("name", flat=True)]


@pytest.mark.django_db
def test_a_case_is_taken_given_away_and_put_back_and_each_is_told():
    case, asha, juma = a_case(), staff_actor(), staff_actor()

    claim_case(case=case, actor=asha)
    claim_case(case=case, actor=asha)
    assign_case(case=case, assignee_id=juma.user_id, actor=asha)
    release_case(case=case, actor=asha)

    assert Work.objects.get().assignee is None
    assert told() == ["claimed", "assigned", "released"]
    assigned = LoggedEvent.objects.get(name="casework.assigned.v1")
    assert assigned.before == {"assignee": asha.label}
    assert assigned.after == {"assignee": juma.label}


@pytest.mark.django_db
def test_a_case_of_another_is_not_taken_and_is_given_to_no_buyer():
    case, asha = a_case(), staff_actor()
    claim_case(case=case, actor=asha)

    with pytest.raises(CaseTaken, match=asha.label):
        claim_case(case=case, actor=staff_actor())
    with pytest.raises(ColleagueUnknown):
        assign_case(case=case, assignee_id=a_buyer().pk, actor=asha)

    assert Work.objects.get().assignee_id == asha.user_id


@pytest.mark.django_db
def test_a_case_that_comes_back_to_its_queue_is_nobodys_and_awake():
    asha, before = staff_actor(), a_case()
    claim_case(case=before, actor=asha)
    until = clock.now() + timedelta(days=2)
    snooze_case(case=before, until=until, reason="The buyer is asked.", actor=asha)

    again = Case(before.kind, before.id, before.entered_at + timedelta(days=1))
    work = claim_case(case=again, actor=staff_actor())

    assert work.assignee_id != asha.user_id
    assert work.snoozed_until is None


@pytest.mark.django_db
def test_a_case_is_put_aside_for_a_while_and_woken():
    case, asha = a_case(), staff_actor()
    until = clock.now() + timedelta(hours=3)

    assert snooze_case(case=case, until=until, reason="A call.", actor=asha).snoozed_until == until
    assert wake_case(case=case, actor=asha).snoozed_until is None
    wake_case(case=case, actor=asha)

    assert told() == ["snoozed", "woken"]


@pytest.mark.parametrize("days", [-1, 31])
@pytest.mark.django_db
def test_a_case_is_not_put_aside_into_the_past_or_for_ever(days):
    until = clock.now() + timedelta(days=days)

    with pytest.raises(SnoozeInvalid):
        snooze_case(case=a_case(), until=until, reason="Later.", actor=staff_actor())

    assert not Work.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_three_who_take_a_case_one_has_it_and_the_others_are_told():
    outcomes = at_once(*_takers(a_case()))

    assert [type(error) for error in refused(outcomes)] == [CaseTaken] * 2
    assert told() == ["claimed"]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_several_believe_that_they_have_it(monkeypatch):
    case = a_case()
    release_case(case=case, actor=staff_actor())

    def unlocked(case: Case) -> Work:
        work = Work.objects.get(kind=case.kind, case_id=case.id)
        meet()
        return work

    monkeypatch.setattr(hands, "locked", unlocked)

    assert len(refused(at_once(*_takers(case)))) < 2


def _takers(case: Case):
    actors = [staff_actor() for _ in range(3)]
    return [lambda actor=actor: claim_case(case=case, actor=actor) for actor in actors]
