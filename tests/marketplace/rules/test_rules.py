"""Thresholds, deadlines and switches: what somebody sets holds, within bounds, and is on the record."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from marketplace.orders.commands import Wanted
from marketplace.orders.commands.place import place_order
from marketplace.orders.errors import AboveLimit
from marketplace.payouts.commands.runs import run_payouts
from marketplace.rules import commands
from marketplace.rules.commands import approve_rule, request_rule, set_rule
from marketplace.rules.errors import (
    ClosedForNow,
    LimitsOutOfOrder,
    RuleNotFound,
    RuleOutOfBounds,
    RuleReasonMissing,
)
from marketplace.rules.models import RuleSetting
from marketplace.rules.policies import RULES
from marketplace.rules.queries import forget, is_open, value_of
from marketplace.rules.states import RuleName, Unit
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import a_buyer, buyer_actor, staff_actor
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import HOME, the_shipping_rates
from tests.factories.rules import a_rule_set_to
from tests.processes import dwell, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture
def an_order_of_one() -> dict[str, Any]:
    the_terms()
    the_shipping_rates()
    buyer = a_buyer()
    wanted = Wanted(listing_reference=a_listing().reference, quantity=1)
    return {
        "buyer_id": buyer.pk,
        "lines": [wanted],
        "delivery": HOME,
        "actor": buyer_actor(buyer),
    }


def test_every_rule_has_its_row_and_a_usual_value_within_its_own_bounds(settings):
    assert set(RuleSetting.objects.values_list("name", flat=True)) == set(RuleName.values)
    for name, rule in RULES.items():
        assert rule.least <= value_of(name) <= rule.most, name


def test_the_environment_gives_the_usual_value_until_somebody_sets_another(settings):
    settings.HOLD_DAYS = 9
    assert value_of(RuleName.HOLD) == 9

    a_rule_set_to(RuleName.HOLD, 3)
    assert value_of(RuleName.HOLD) == 3

    a_rule_set_to(RuleName.HOLD, None)
    assert value_of(RuleName.HOLD) == 9


def test_a_change_is_on_the_record_with_its_reason_before_and_after():
    asha = staff_actor()
    a_rule_set_to(RuleName.ORDER_EXPIRY, 20, actor=asha)
    a_rule_set_to(RuleName.ORDER_EXPIRY, 10, reason="Too many wait", actor=asha)

    event = LoggedEvent.objects.filter(name="rules.set.v1").latest("pk")
    assert event.aggregate_id == RuleName.ORDER_EXPIRY
    assert event.actor_id == asha.id
    assert event.payload["reason"] == "Too many wait"
    assert (event.before, event.after) == ({"minutes": 20}, {"minutes": 10})


def test_the_same_value_again_changes_and_records_nothing():
    a_rule_set_to(RuleName.ORDER_EXPIRY, 20)
    a_rule_set_to(RuleName.ORDER_EXPIRY, 20)

    assert LoggedEvent.objects.filter(name="rules.set.v1").count() == 1


@pytest.mark.parametrize("name", RuleName.values)
def test_a_value_beyond_the_bounds_is_refused(name):
    rule = RULES[RuleName(name)]
    for value in (rule.least - 1, rule.most + 1):
        with pytest.raises(RuleOutOfBounds):
            a_rule_set_to(name, value)


def test_a_change_without_reason_and_of_no_rule_is_refused():
    with pytest.raises(RuleReasonMissing):
        a_rule_set_to(RuleName.ORDER_EXPIRY, 20, reason="  ")
    with pytest.raises(RuleNotFound):
        set_rule(name="gravity", value=3, reason="Eid sale", actor=staff_actor())


def test_who_is_known_better_may_never_order_less():
    with pytest.raises(LimitsOutOfOrder):
        a_rule_set_to(RuleName.LIMIT_UNKNOWN, value_of(RuleName.LIMIT_PHONE) + 100)
    with pytest.raises(LimitsOutOfOrder):
        a_rule_set_to(RuleName.LIMIT_IDENTITY, value_of(RuleName.LIMIT_PHONE) - 100)


def test_a_closed_checkout_takes_no_order_and_an_open_one_does(an_order_of_one):
    a_rule_set_to(RuleName.CHECKOUT, 0)
    with pytest.raises(ClosedForNow), transaction.atomic():
        place_order(**an_order_of_one)

    a_rule_set_to(RuleName.CHECKOUT, None)
    assert place_order(**an_order_of_one).reference


def test_orders_expire_and_are_limited_by_what_holds_now(an_order_of_one):
    a_rule_set_to(RuleName.ORDER_EXPIRY, 5)
    order = place_order(**an_order_of_one)
    assert order.expires_at - order.placed_at == timedelta(minutes=5)

    for name in (RuleName.LIMIT_UNKNOWN, RuleName.LIMIT_PHONE, RuleName.LIMIT_IDENTITY):
        a_rule_set_to(name, 100)
    with pytest.raises(AboveLimit), transaction.atomic():
        place_order(**an_order_of_one)


def test_no_batch_is_prepared_while_scheduled_payouts_are_off():
    a_rule_set_to(RuleName.PAYOUT_RUNS, 0)

    assert run_payouts() == "switched off"


def test_every_switch_is_on_at_first():
    switches = [name for name, rule in RULES.items() if rule.unit == Unit.SWITCH]

    assert all(is_open(name) for name in switches)


def two_agree_to_limits_that_pass_each_other(monkeypatch) -> list[object]:
    """Each change alone would be fine; together they let a stranger order more than a friend."""
    asha, juma = staff_actor(), staff_actor()
    middle = value_of(RuleName.LIMIT_PHONE)
    a_rule_set_to(RuleName.LIMIT_IDENTITY, middle * 5)
    phone, identity = (
        request_rule(name=name, value=value, reason="Eid sale", actor=asha)
        for name, value in (
            (RuleName.LIMIT_PHONE, middle * 3),
            (RuleName.LIMIT_IDENTITY, middle * 2),
        )
    )
    dwell(monkeypatch, commands, "_check_order")
    outcomes = at_once(
        lambda: approve_rule(request_id=phone.pk, actor=juma),
        lambda: approve_rule(request_id=identity.pk, actor=juma),
    )
    forget()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_cannot_put_the_limits_out_of_order(monkeypatch):
    outcomes = two_agree_to_limits_that_pass_each_other(monkeypatch)

    assert [type(refusal) for refusal in refused(outcomes)] == [LimitsOutOfOrder]
    assert value_of(RuleName.LIMIT_PHONE) <= value_of(RuleName.LIMIT_IDENTITY)
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_they_do(monkeypatch):
    without_row_locks(monkeypatch)

    assert refused(two_agree_to_limits_that_pass_each_other(monkeypatch)) == []
    assert value_of(RuleName.LIMIT_PHONE) > value_of(RuleName.LIMIT_IDENTITY)
