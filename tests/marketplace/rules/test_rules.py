"""Thresholds, deadlines and switches: what somebody sets holds, within bounds, and is on the record."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from marketplace.orders.commands import Wanted
from marketplace.orders.commands.place import place_order
from marketplace.orders.errors import AboveLimit
from marketplace.payouts.commands.runs import run_payouts
from marketplace.rules import commands
from marketplace.rules.commands import set_rule
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
from tests.meeting import meet
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


def set_to(name: str, value: int | None, *, reason: str = "Eid sale", actor=None) -> RuleSetting:
    setting = set_rule(name=name, value=value, reason=reason, actor=actor or staff_actor())
    forget()
    return setting


def test_every_rule_has_its_row_and_a_usual_value_within_its_own_bounds(settings):
    assert set(RuleSetting.objects.values_list("name", flat=True)) == set(RuleName.values)
    for name, rule in RULES.items():
        assert rule.least <= value_of(name) <= rule.most, name


def test_the_environment_gives_the_usual_value_until_somebody_sets_another(settings):
    settings.HOLD_DAYS = 9
    assert value_of(RuleName.HOLD) == 9

    set_to(RuleName.HOLD, 3)
    assert value_of(RuleName.HOLD) == 3

    set_to(RuleName.HOLD, None)
    assert value_of(RuleName.HOLD) == 9


def test_a_change_is_on_the_record_with_its_reason_before_and_after():
    asha = staff_actor()
    set_to(RuleName.REFUND_APPROVAL, 20_000_000, actor=asha)
    set_to(RuleName.REFUND_APPROVAL, 10_000_000, reason="Too many refunds", actor=asha)

    event = LoggedEvent.objects.filter(name="rules.set.v1").latest("pk")
    assert event.aggregate_id == RuleName.REFUND_APPROVAL
    assert event.actor_id == asha.id
    assert event.payload["reason"] == "Too many refunds"
    assert (event.before, event.after) == ({"value": 20_000_000}, {"value": 10_000_000})


def test_the_same_value_again_changes_and_records_nothing():
    set_to(RuleName.HOLD, 3)
    set_to(RuleName.HOLD, 3)

    assert LoggedEvent.objects.filter(name="rules.set.v1").count() == 1


@pytest.mark.parametrize("name", RuleName.values)
def test_a_value_beyond_the_bounds_is_refused(name):
    rule = RULES[RuleName(name)]
    for value in (rule.least - 1, rule.most + 1):
        with pytest.raises(RuleOutOfBounds):
            set_to(name, value)


def test_a_change_without_reason_and_of_no_rule_is_refused():
    with pytest.raises(RuleReasonMissing):
        set_to(RuleName.HOLD, 3, reason="  ")
    with pytest.raises(RuleNotFound):
        set_to("gravity", 3)


def test_who_is_known_better_may_never_order_less():
    with pytest.raises(LimitsOutOfOrder):
        set_to(RuleName.LIMIT_UNKNOWN, value_of(RuleName.LIMIT_PHONE) + 100)
    with pytest.raises(LimitsOutOfOrder):
        set_to(RuleName.LIMIT_IDENTITY, value_of(RuleName.LIMIT_PHONE) - 100)


def test_a_closed_checkout_takes_no_order_and_an_open_one_does(an_order_of_one):
    set_to(RuleName.CHECKOUT, 0)
    with pytest.raises(ClosedForNow), transaction.atomic():
        place_order(**an_order_of_one)

    set_to(RuleName.CHECKOUT, None)
    assert place_order(**an_order_of_one).reference


def test_orders_expire_and_are_limited_by_what_holds_now(an_order_of_one):
    set_to(RuleName.ORDER_EXPIRY, 5)
    order = place_order(**an_order_of_one)
    assert order.expires_at - order.placed_at == timedelta(minutes=5)

    for name in (RuleName.LIMIT_UNKNOWN, RuleName.LIMIT_PHONE, RuleName.LIMIT_IDENTITY):
        set_to(name, 100)
    with pytest.raises(AboveLimit), transaction.atomic():
        place_order(**an_order_of_one)


def test_no_batch_is_prepared_while_scheduled_payouts_are_off():
    set_to(RuleName.PAYOUT_RUNS, 0)

    assert run_payouts() == "switched off"


def test_every_switch_is_on_at_first():
    switches = [name for name, rule in RULES.items() if rule.unit == Unit.SWITCH]

    assert all(is_open(name) for name in switches)


@pytest.fixture
def slowly_compared(monkeypatch) -> None:
    """Between comparing the limits and writing them, there is time for somebody else."""
    check = commands._check_order

    def slowly(rows):
        check(rows)
        meet()

    monkeypatch.setattr(commands, "_check_order", slowly)


@pytest.fixture
def without_locks(monkeypatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


def two_people_move_the_limits_towards_each_other() -> list[object]:
    """Each change alone would be fine; together they let a stranger order more than a friend."""
    asha, juma = staff_actor(), staff_actor()
    middle = value_of(RuleName.LIMIT_PHONE)
    set_to(RuleName.LIMIT_IDENTITY, middle * 4, actor=asha)
    outcomes = at_once(
        lambda: set_to(RuleName.LIMIT_PHONE, middle * 3, actor=asha),
        lambda: set_to(RuleName.LIMIT_IDENTITY, middle * 2, actor=juma),
    )
    forget()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_cannot_put_the_limits_out_of_order(slowly_compared):
    outcomes = two_people_move_the_limits_towards_each_other()

    assert [type(refusal) for refusal in refused(outcomes)] == [LimitsOutOfOrder]
    assert value_of(RuleName.LIMIT_PHONE) <= value_of(RuleName.LIMIT_IDENTITY)
    assert "rules.were_set" not in broken_invariants()


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_they_do(slowly_compared, without_locks):
    assert refused(two_people_move_the_limits_towards_each_other()) == []
    assert value_of(RuleName.LIMIT_PHONE) > value_of(RuleName.LIMIT_IDENTITY)
