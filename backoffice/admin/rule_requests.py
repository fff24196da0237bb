"""Changes of rules that touch money: one administrator asks, another compares and agrees, or does not."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.two_people import AskedColumns, Says, TwoPeople, asked_and_decided
from backoffice.pages.blocks import Page
from backoffice.pages.display import chip, link
from backoffice.pages.search import upper
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.accounts.queries import people_who_may
from marketplace.rules import policies
from marketplace.rules.commands import approve_rule, reject_rule, withdraw_rule
from marketplace.rules.models import RuleRequest, RuleSetting
from marketplace.rules.policies import ON, RULES
from marketplace.rules.queries import holds
from marketplace.rules.states import RuleName, RuleRequestStatus, Unit

DUTY = "set_rules"
BY_TWO = TwoPeople(DUTY, RuleRequestStatus.REQUESTED, approve_rule, reject_rule, withdraw_rule)


class RuleRequestColumns(AskedColumns):
    list_select_related = ("rule", "requested_by", "decided_by")
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the request")

    @display(description=_("Change"))
    def change(self, asked_for: RuleRequest) -> Any:
        return before_and_after(asked_for)


@admin.register(RuleRequest)
class RuleRequestAdmin(CasePage, RuleRequestColumns):
    aggregate = "rule_request"
    chips = "status"
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

    def page(self, request: HttpRequest, asked_for: RuleRequest) -> Page:
        rule = asked_for.rule
        return Page(
            figures=[
                (_("Rule"), link(rule)),
                (_("Before"), in_words(rule, asked_for.value_before)),
                (_("Afterwards"), in_words(rule, asked_for.value_after)),
                (_("Usual"), usual_in_words(rule)),
            ],
            notices=_notices(request, asked_for),
            main=[asked_and_decided(asked_for)],
            subjects=[("rule_request", [asked_for.pk]), ("rule", [rule.pk])],
        )


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


def _notices(request: HttpRequest, asked_for: RuleRequest) -> list[tuple[str, Any]]:
    if not BY_TWO.waits(asked_for):
        return []
    notices = BY_TWO.notices(asked_for, request)
    if holds(asked_for.rule) != asked_for.value_before:
        notices.append(
            ("warning", _("Another value holds by now: the request can only be rejected."))
        )
    if not set(people_who_may(DUTY)) - {asked_for.requested_by_id}:
        notices.append(
            (
                "warning",
                _(
                    "Nobody else may decide about rules at present. Who may run commands on the"
                    " server makes a second administrator with “manage.py give_roles”."
                ),
            )
        )
    return notices
