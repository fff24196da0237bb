"""Changes of rules that touch money: one administrator asks, another compares and agrees, or does not."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.two_people import AskedColumns, RequestPage, Says, TwoPeople
from backoffice.pages.display import chip, link
from backoffice.pages.search import upper
from backoffice.work.hands import hands
from marketplace.rules import policies
from marketplace.rules.commands import approve_rule, reject_rule, withdraw_rule
from marketplace.rules.models import RuleRequest, RuleSetting
from marketplace.rules.policies import ON, RULES
from marketplace.rules.queries import holds
from marketplace.rules.states import RuleName, Unit
from marketplace.shared.four_eyes import RequestStatus

DUTY = "set_rules"
BY_TWO = TwoPeople(DUTY, RequestStatus.REQUESTED, approve_rule, reject_rule, withdraw_rule)


class RuleRequestColumns(AskedColumns):
    list_select_related = ("rule", "requested_by", "decided_by")
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the request")

    @display(description=_("Change"))
    def change(self, asked_for: RuleRequest) -> Any:
        return before_and_after(asked_for)


@admin.register(RuleRequest)
class RuleRequestAdmin(RequestPage, RuleRequestColumns):
    aggregate, two = "rule_request", BY_TWO
    moved = _("Another value holds by now: the request can only be rejected.")
    intro = _("Asked for on the page of a rule that touches money; another administrator decides.")
    empty = _("Nobody has asked to change a rule that touches money.")
    list_display = (
        "reference", "rule", "change", "status_label", "asked", "decided_by",
    )  # fmt: skip
    decisions = (
        *BY_TWO.decisions(
            approving=Says(
                _("The new value holds from this moment on, for what happens from then on."),
                _("The new value holds from now on."),
            ),
            rejecting=Says("", _("The request is rejected; the rule stays as it is.")),
            withdrawing=Says(_("The rule stays as it is."), _("The request is withdrawn.")),
            icon="check",
        ),
        *hands("rule_request", DUTY),
    )

    def called(self, asked_for: RuleRequest) -> Any:
        return format_html("{}: {}", asked_for.rule, before_and_after(asked_for))

    def figures(self, request: HttpRequest, asked_for: RuleRequest) -> list[tuple[Any, Any]]:
        rule = asked_for.rule
        return [
            (_("Rule"), link(rule)),
            (_("Before"), in_words(rule, asked_for.value_before)),
            (_("Afterwards"), in_words(rule, asked_for.value_after)),
            (_("Usual"), usual_in_words(rule)),
        ]

    def subjects(self, asked_for: RuleRequest) -> list[tuple[str, list[Any]]]:
        return [("rule", [asked_for.rule_id])]

    def has_moved(self, asked_for: RuleRequest) -> bool:
        return holds(asked_for.rule) != asked_for.value_before


def in_words(setting: RuleSetting, value: int) -> Any:
    """A value of this rule as people read it."""
    words = policies.in_words(setting.name, value)
    if RULES[RuleName(setting.name)].unit == Unit.SWITCH:
        return chip("done" if value == ON else "failed", words)
    return format_html('<span class="zt-money">{}</span>', words)


def usual_in_words(setting: RuleSetting) -> Any:
    return in_words(setting, RULES[RuleName(setting.name)].usual())


def before_and_after(asked_for: RuleRequest) -> Any:
    values = (asked_for.value_before, asked_for.value_after)
    return format_html(
        "{} →\N{NO-BREAK SPACE}{}", *(in_words(asked_for.rule, value) for value in values)
    )
