"""Rates are superseded by date, never edited into the past."""

from datetime import timedelta

import pytest

from marketplace.fees.commands import end_commission_rule, set_commission_rule, set_vat_rate
from marketplace.fees.errors import (
    InThePast,
    LabelMissing,
    PeriodInvalid,
    PositionTaken,
    RateInvalid,
    RatesOverlap,
    RuleEnded,
    RuleNotFound,
)
from marketplace.fees.invariants import INVARIANTS
from marketplace.fees.models import CommissionRule, VatRate
from marketplace.fees.queries import rules_on, vat_rate
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.fees import LONG_AGO, a_rule, the_terms
from tests.threads import at_once, refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def put(rate_bp=1_000, **changes):
    values = {
        "label": "Everything",
        "position": 10,
        "valid_from": clock.today(),
        "actor": staff_actor(),
    }
    return set_commission_rule(rate_bp=rate_bp, **{**values, **changes})


def broken() -> list[str]:
    return [invariant.name for invariant in INVARIANTS if invariant.check().differing]


def test_a_new_rule_ends_the_one_at_its_position_on_its_first_day():
    old = put(1_000)
    tomorrow = clock.today() + DAY

    new = put(1_200, valid_from=tomorrow)

    old.refresh_from_db()
    assert old.valid_until == tomorrow
    assert list(rules_on(clock.today())) == [old]
    assert list(rules_on(tomorrow)) == [new]
    assert broken() == []
    names = LoggedEvent.objects.order_by("id").values_list("name", flat=True)
    assert list(names) == [
        "fees.commission_rule_set.v1",
        "fees.commission_rule_ended.v1",
        "fees.commission_rule_set.v1",
    ]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"label": " "}, LabelMissing),
        ({"label": "x" * 81}, LabelMissing),
        ({"rate_bp": 5_001}, RateInvalid),
        ({"rate_bp": -1}, RateInvalid),
        ({"valid_from": LONG_AGO}, InThePast),
        ({"valid_until": LONG_AGO}, PeriodInvalid),
    ],
)
def test_a_rule_that_cannot_be_is_refused(changes, error):
    with pytest.raises(error):
        put(**changes)

    assert not CommissionRule.objects.exists()


def test_the_system_may_load_rules_of_the_past():
    assert put(valid_from=LONG_AGO, actor=SYSTEM).valid_from == LONG_AGO


def test_a_rule_does_not_slip_in_before_a_planned_one_without_an_end():
    planned = put(1_200, valid_from=clock.today() + 10 * DAY)

    with pytest.raises(PositionTaken):
        put(900)
    with pytest.raises(PositionTaken):
        put(900, valid_from=planned.valid_from)
    assert put(900, valid_until=planned.valid_from).pk
    assert "fees.one_rule_per_position" not in broken()


@pytest.mark.django_db(transaction=True)
def test_of_rules_put_at_one_position_at_once_one_stands():
    actor = staff_actor()

    outcomes = at_once(*[lambda: put(actor=actor)] * 4)

    assert [type(error) for error in refused(outcomes)] == [PositionTaken] * 3
    assert CommissionRule.objects.count() == 1


def test_a_rule_can_be_ended_once_and_not_before_it_began():
    rule = a_rule()
    planned = a_rule(valid_from=clock.today() + 10 * DAY)
    actor = staff_actor()

    end_commission_rule(rule_id=rule.pk, valid_until=clock.today(), actor=actor)

    rule.refresh_from_db()
    assert rule.valid_until == clock.today()
    with pytest.raises(RuleEnded):
        end_commission_rule(rule_id=rule.pk, valid_until=clock.today() + DAY, actor=actor)
    with pytest.raises(PeriodInvalid):
        end_commission_rule(rule_id=planned.pk, valid_until=clock.today(), actor=actor)
    with pytest.raises(InThePast):
        end_commission_rule(rule_id=planned.pk, valid_until=LONG_AGO, actor=actor)
    with pytest.raises(RuleNotFound):
        end_commission_rule(rule_id=uuid7(), valid_until=clock.today(), actor=actor)


def test_a_new_vat_rate_ends_the_present_one():
    set_vat_rate(rate_bp=1_800, valid_from=LONG_AGO, actor=SYSTEM)
    tomorrow = clock.today() + DAY

    set_vat_rate(rate_bp=1_600, valid_from=tomorrow, actor=staff_actor())

    assert vat_rate(clock.today()) == 1_800
    assert vat_rate(tomorrow) == 1_600
    with pytest.raises(RatesOverlap):
        set_vat_rate(rate_bp=1_700, valid_from=clock.today(), actor=staff_actor())
    with pytest.raises(InThePast):
        set_vat_rate(rate_bp=1_700, valid_from=LONG_AGO, actor=staff_actor())
    with pytest.raises(RateInvalid):
        set_vat_rate(rate_bp=9_000, valid_from=tomorrow, actor=staff_actor())
    assert VatRate.objects.count() == 2


def test_invariants_notice_a_day_without_rates():
    the_terms()
    assert broken() == []

    VatRate.objects.update(valid_until=clock.today())
    CommissionRule.objects.update(valid_until=clock.today())

    assert broken() == ["fees.today_has_a_vat_rate", "fees.every_sale_has_a_rule"]
