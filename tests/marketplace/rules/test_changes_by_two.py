"""A rule that touches money: one person asks, another agrees, and it is changed once."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from backoffice.roles import sync_roles
from marketplace.notifications.models import Message
from marketplace.rules import commands
from marketplace.rules.commands import (
    approve_rule,
    reject_rule,
    request_rule,
    set_rule,
    withdraw_rule,
)
from marketplace.rules.errors import (
    LimitsOutOfOrder,
    RuleHoldsAlready,
    RuleMoved,
    RuleNeedsOnePerson,
    RuleNeedsSecondPerson,
    RuleNotFound,
    RuleOutOfBounds,
    RuleRequestNotFound,
    RuleRequestWaits,
)
from marketplace.rules.models import RuleRequest, RuleSetting
from marketplace.rules.policies import RULES, in_words
from marketplace.rules.queries import forget, value_of
from marketplace.rules.states import RuleName, Unit
from marketplace.shared import four_eyes
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes, NotWhoAsked, ReasonMissing
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from marketplace.shared.states import IllegalTransition, TransitionNotYours
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.rules import a_rule_request
from tests.processes import dwell, unguarded_moves, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def asked(
    name: str = RuleName.HOLD, value: int | None = 3, actor: Actor | None = None
) -> RuleRequest:
    return request_rule(
        name=name, value=value, reason="Sellers wait too long", actor=actor or staff_actor()
    )


def held(name: RuleName = RuleName.HOLD) -> int:
    forget()
    return value_of(name)


def times_set() -> int:
    return LoggedEvent.objects.filter(name="rules.set.v1").count()


def test_amounts_holds_and_rests_touch_money_and_switches_never_do():
    of_money = {name for name, rule in RULES.items() if rule.touches_money}

    assert {name for name, rule in RULES.items() if rule.unit == Unit.MONEY} < of_money
    assert {RuleName.HOLD, RuleName.WALLET_REST} < of_money
    assert not any(RULES[name].unit == Unit.SWITCH for name in of_money)


def test_nobody_changes_a_rule_of_money_alone():
    for name, rule in RULES.items():
        if rule.touches_money:
            with pytest.raises(RuleNeedsSecondPerson):
                set_rule(name=name, value=rule.most, reason="Eid sale", actor=staff_actor())
    assert times_set() == 0


def test_a_change_acts_once_another_person_agrees_and_both_are_on_the_record():
    before, asha, juma = held(), staff_actor(), staff_actor()
    request = asked(actor=asha)
    assert held() == before

    approve_rule(request_id=request.pk, actor=juma)

    assert held() == 3
    events = LoggedEvent.objects.filter(name__startswith="rules.").order_by("pk")
    assert [(one.name, one.actor_id) for one in events] == [
        ("rules.change_requested.v1", asha.id),
        ("rules.change_approved.v1", juma.id),
        ("rules.set.v1", juma.id),
    ]
    told = events.last()
    assert (told.before, told.after) == ({"days": before}, {"days": 3})
    assert told.payload["reason"] == "Sellers wait too long"
    assert broken_invariants() == []
    with pytest.raises(IllegalTransition):
        approve_rule(request_id=request.pk, actor=juma)
    assert times_set() == 1


def test_the_way_back_to_the_usual_takes_two_as_well(settings):
    usual = held()
    approve_rule(request_id=asked().pk, actor=staff_actor())
    back = asked(value=None)
    assert (back.value_before, back.value_after) == (3, usual)

    approve_rule(request_id=back.pk, actor=staff_actor())

    assert held() == usual
    assert RuleSetting.objects.get(name=RuleName.HOLD).value is None
    assert broken_invariants() == []


def test_who_asked_does_not_decide_nor_does_the_system_nor_any_other_way_to_the_row():
    asha = staff_actor()
    request = asked(actor=asha)

    with pytest.raises(FourEyes):
        approve_rule(request_id=request.pk, actor=asha)
    with pytest.raises(FourEyes):
        reject_rule(request_id=request.pk, reason="No", actor=asha)
    with pytest.raises(TransitionNotYours):
        approve_rule(request_id=request.pk, actor=Actor.system("anything"))
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        RuleRequest.objects.update(
            status="approved", decided_by=asha.user_id, decided_at=request.requested_at
        )
    assert times_set() == 0


def test_what_cannot_be_asked_for_is_refused():
    for name, value, refusal in (
        ("gravity", 3, RuleNotFound),
        (RuleName.CHECKOUT, 0, RuleNeedsOnePerson),
        (RuleName.HOLD, held(), RuleHoldsAlready),
        (RuleName.HOLD, None, RuleHoldsAlready),
        (RuleName.HOLD, RULES[RuleName.HOLD].most + 1, RuleOutOfBounds),
        (RuleName.LIMIT_UNKNOWN, value_of(RuleName.LIMIT_PHONE) + 100, LimitsOutOfOrder),
    ):
        with pytest.raises(refusal):
            asked(name, value)
    with pytest.raises(ReasonMissing):
        request_rule(name=RuleName.HOLD, value=3, reason=" ", actor=staff_actor())
    with pytest.raises(RuleRequestNotFound):
        approve_rule(request_id=uuid7(), actor=staff_actor())
    assert not RuleRequest.objects.exists()


def test_one_change_of_a_rule_waits_at_a_time():
    first = asked()

    with pytest.raises(RuleRequestWaits, match=first.reference):
        asked(value=4)
    with pytest.raises(IntegrityError, match="waits_once"), transaction.atomic():
        a_rule_request(RuleName.HOLD)


def test_who_asked_withdraws_and_nobody_else_does():
    asha = staff_actor()
    request = asked(actor=asha)

    with pytest.raises(NotWhoAsked):
        withdraw_rule(request_id=request.pk, actor=staff_actor())
    withdraw_rule(request_id=request.pk, actor=asha)

    with pytest.raises(IllegalTransition):
        approve_rule(request_id=request.pk, actor=staff_actor())
    assert asked(value=4).status == "requested"


def test_a_no_has_its_reason_and_leaves_the_rule():
    before, request = held(), asked()

    with pytest.raises(ReasonMissing):
        reject_rule(request_id=request.pk, reason=" ", actor=staff_actor())
    reject_rule(request_id=request.pk, reason="Returns take a week", actor=staff_actor())

    assert held() == before
    assert RuleRequest.objects.get().decision_reason == "Returns take a week"
    told = LoggedEvent.objects.get(name="rules.change_rejected.v1")
    assert told.payload["reason"] == "Returns take a week"


def test_nobody_agrees_to_what_was_asked_of_another_value(settings):
    request = asked()
    settings.HOLD_DAYS += 1

    with pytest.raises(RuleMoved), transaction.atomic():
        approve_rule(request_id=request.pk, actor=staff_actor())

    assert (RuleRequest.objects.get().status, times_set()) == ("requested", 0)
    reject_rule(request_id=request.pk, reason="Overtaken", actor=staff_actor())


def test_limits_that_others_passed_meanwhile_are_looked_at_again():
    middle = value_of(RuleName.LIMIT_PHONE)
    lower = asked(RuleName.LIMIT_IDENTITY, middle)
    approve_rule(request_id=asked(RuleName.LIMIT_PHONE, middle + 100).pk, actor=staff_actor())

    with pytest.raises(LimitsOutOfOrder), transaction.atomic():
        approve_rule(request_id=lower.pk, actor=staff_actor())


def test_who_may_agree_hears_of_it_in_their_own_language_and_who_asks_does_not():
    sync_roles()
    asking, other = a_staff_member("administrator"), a_staff_member("administrator", language="sw")
    a_staff_member("support")

    asked(RuleName.REFUND_APPROVAL, 90_000_000, actor=staff_actor(asking))
    deliver_all()

    message = Message.objects.get(code="rule_change_requested")
    assert message.user_id == other.pk
    with translation.override("sw"):
        name, before = str(RuleName.REFUND_APPROVAL.label), in_words(RuleName.HOLD, 3)
    assert "TZS 900,000" in message.body
    for words in (asking.name, name, "Sellers wait too long", "/console/"):
        assert words in message.body
    assert before != in_words(RuleName.HOLD, 3)


# --- At the same moment ---


def two_approve(request: RuleRequest) -> list[Any]:
    first, second = staff_actor(), staff_actor()
    return at_once(
        lambda: approve_rule(request_id=request.pk, actor=first),
        lambda: approve_rule(request_id=request.pk, actor=second),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_changes_it_and_the_other_is_told(monkeypatch):
    dwell(monkeypatch, commands, "_locked")

    outcomes = two_approve(asked())

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert (held(), times_set()) == (3, 1)
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_the_guard_alone_lets_only_one_of_them(monkeypatch):
    dwell(monkeypatch, commands, "_locked")
    without_row_locks(monkeypatch)

    assert [type(error) for error in refused(two_approve(asked()))] == [IllegalTransition]
    assert times_set() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_guards_it_is_changed_twice(monkeypatch):
    request = asked()
    dwell(monkeypatch, commands, "_locked")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, four_eyes)

    assert refused(two_approve(request)) == []
    assert times_set() == 2
    assert any("agreed_changes_are_made_once" in one for one in broken_invariants())
