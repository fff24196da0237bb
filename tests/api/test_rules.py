"""What a shop is told of the rules of the house."""

import pytest

from marketplace.rules.commands import set_rule
from marketplace.rules.queries import forget
from marketplace.rules.states import RuleName
from tests.api.client import Caller, refusal
from tests.factories.accounts import a_user, staff_actor

pytestmark = pytest.mark.django_db
AN_APPLICATION = {
    "kind": "individual",
    "business_name": "Amina Phones",
    "tin": "123456780",
    "nida_number": "19900101123450000125",
    "region": "Dar es Salaam",
    "address": "Kariakoo 5",
    "phone": "+255754000777",
    "payout_provider": "mpesa",
    "payout_msisdn": "+255754000777",
    "payout_name": "Amina Juma",
}


def test_everybody_may_read_what_is_open_and_which_limits_hold(django_assert_num_queries):
    with django_assert_num_queries(0):
        rules = Caller().get("/rules").json()

    assert rules["open"] == {
        "checkout": True,
        "applications": True,
        "imports": True,
        "proposals": True,
    }
    assert len(rules["order_limits"]) == 3
    assert rules["order_expiry_minutes"] >= 1


def test_what_a_switch_has_closed_is_refused_with_a_code_and_said_beforehand():
    set_rule(name=RuleName.APPLICATIONS, value=0, reason="Too many", actor=staff_actor())
    forget()

    assert Caller().get("/rules").json()["open"]["applications"] is False
    answer = Caller(a_user()).post("/sellers/applications", AN_APPLICATION)
    assert refusal(answer) == (503, "closed_for_now")
