"""A rule at the console: one person sets a switch, two people change what touches money."""

import pytest

from backoffice.pages.display import page_of
from marketplace.rules.models import RuleRequest, RuleSetting
from marketplace.rules.queries import forget, is_open, value_of
from marketplace.rules.states import RuleName
from tests.backoffice.console_pages import decide, list_address, said, signed_in

pytestmark = pytest.mark.django_db


def test_a_switch_is_set_at_once_by_one_person(client):
    signed_in(client, "administrator")
    checkout = RuleSetting.objects.get(name=RuleName.CHECKOUT)

    decide(client, checkout, "set", value="0", reason="The provider double-charges.")

    forget()
    assert not is_open(RuleName.CHECKOUT)


def test_what_touches_money_is_asked_for_seen_and_agreed_to_by_another(client):
    setting = RuleSetting.objects.get(name=RuleName.REFUND_APPROVAL)
    usual = value_of(RuleName.REFUND_APPROVAL)
    signed_in(client, "administrator")

    alone = decide(client, setting, "set", value="900000", reason="Televisions")
    assert "touches money" in said(alone)
    decide(client, setting, "ask", value="900000", reason="Televisions")

    asked = RuleRequest.objects.get()
    assert "cannot decide about it" in said(decide(client, asked, "approve"))
    signed_in(client, "administrator")
    lists = [list_address("rules.rulesetting"), list_address("backoffice.rulequeue")]
    for address in (*lists, page_of(asked), page_of(setting)):
        shown = client.get(address).content.decode()
        assert "TZS 500,000" in shown
        assert "TZS 900,000" in shown
    decide(client, asked, "approve")

    forget()
    assert value_of(RuleName.REFUND_APPROVAL) == 90_000_000 != usual
    assert asked.reference in client.get(page_of(setting)).content.decode()


def test_on_a_phone_each_rule_is_a_block_with_its_headings_and_without_what_is_empty(client):
    signed_in(client, "administrator")

    page = client.get(list_address("rules.rulesetting")).content.decode()

    assert "zt-stacked" in page
    assert '<td class="field-now" data-label="Holds now">' in page
    assert '<td class="field-asked_for zt-none" data-label="Asked for">' in page


def test_it_is_withdrawn_by_who_asked_and_rejected_with_a_reason_by_another(client):
    setting = RuleSetting.objects.get(name=RuleName.HOLD)
    signed_in(client, "administrator")
    decide(client, setting, "ask", value="1", reason="Sellers wait too long")
    decide(client, RuleRequest.objects.get(), "withdraw")
    decide(client, setting, "ask", value="2", reason="Sellers wait too long")

    signed_in(client, "administrator")
    decide(client, RuleRequest.objects.latest("pk"), "reject", reason="Returns take a week.")

    statuses = RuleRequest.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["withdrawn", "rejected"]
    setting.refresh_from_db()
    assert setting.value is None
