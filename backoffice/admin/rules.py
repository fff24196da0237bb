"""Thresholds, deadlines and switches: read by those who may change them, changed with a reason.

One person sets a rule, a switch at once in an emergency; what touches money is asked for here and
decided by a second person (see `rule_requests.py`).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.rule_requests import (
    BY_TWO,
    DUTY,
    before_and_after,
    in_words,
    usual_in_words,
)
from backoffice.admin.two_people import requests_table
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import moment, page_of, two_lines
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, Number, ReasonForm, Shillings
from marketplace.rules.commands import request_rule, set_rule
from marketplace.rules.models import RuleRequest, RuleSetting
from marketplace.rules.policies import OFF, ON, RULES, SHILLING, Rule
from marketplace.rules.queries import holds
from marketplace.rules.states import RuleName, Unit
from marketplace.shared.four_eyes import RequestStatus

SWITCH = [(ON, _("on")), (OFF, _("off"))]
ROWS = 20
# In the order of their table: what belongs together stands together.
IN_ORDER = Case(
    *(When(name=name, then=Value(place)) for place, name in enumerate(RULES)),
    output_field=IntegerField(),
)


def _rule(setting: RuleSetting) -> Rule:
    return RULES[RuleName(setting.name)]


class RuleForm(ThingForm):
    """One value, asked for in what the rule is counted in."""

    value = Number(label=_("Value"))
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def __init__(self, *args: Any, thing: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, thing=thing, **kwargs)
        self.fields["value"] = self._field(_rule(thing))

    def values_of(self, thing: Any) -> dict[str, Any]:
        value = holds(thing)
        return {"value": value // SHILLING if _rule(thing).unit == Unit.MONEY else value}

    def _field(self, rule: Rule) -> Any:
        if rule.unit == Unit.SWITCH:
            return Choice(label=_("From now on"), choices=SWITCH)
        if rule.unit == Unit.MONEY:
            least, most = rule.least // SHILLING, rule.most // SHILLING
            return Shillings(label=_("Value in TZS"), min_value=least, max_value=most)
        label = _("Value in %(unit)s") % {"unit": Unit(rule.unit).label}
        return Number(label=label, min_value=rule.least, max_value=rule.most)


def _set(asked: Asked) -> None:
    set_rule(name=asked.object.name, actor=asked.actor, **_answers(asked))


def _ask(asked: Asked) -> HttpResponse:
    request = request_rule(name=asked.object.name, actor=asked.actor, **_answers(asked))
    return HttpResponseRedirect(page_of(request))


def _answers(asked: Asked) -> dict[str, Any]:
    """The form without a value asks for the usual one."""
    value = asked.data.get("value")
    return {"value": None if value is None else int(value), "reason": asked.data["reason"]}


def _by_one(setting: RuleSetting, request: HttpRequest) -> bool:
    return not _rule(setting).touches_money


def _by_two(setting: RuleSetting, request: HttpRequest) -> bool:
    return _rule(setting).touches_money and not waiting_of(setting)


def _is_unusual(setting: RuleSetting) -> bool:
    return setting.value is not None and setting.value != _rule(setting).usual()


def waiting_of(setting: RuleSetting) -> list[RuleRequest]:
    """What is asked for, as read with the rule."""
    return setting.waiting_requests  # type: ignore[attr-defined]


def _said(asked_for: RuleRequest) -> str:
    text = gettext("{who} asks that this become: {value}. A second person decides.")
    value = in_words(asked_for.rule, asked_for.value_after)
    return format_html(text, who=asked_for.requested_by, value=value)


@admin.register(RuleSetting)
class RuleSettingAdmin(Console):
    intro = _(
        "What holds in the whole marketplace. A change holds within two seconds, for what happens "
        "from then on, and stays in the event log with its reason. What touches money is changed by "
        "two people: one asks, another agrees. Times of queues have their own page."
    )
    aggregate = "rule"
    list_display = ("rule", "now", "usual", "changed_by", "asked_for", "set_last")
    list_select_related = ("set_by",)
    ordering: ClassVar[Sequence[Any]] = (IN_ORDER.asc(),)
    decisions = (
        Decision(
            "set",
            _("Change"),
            DUTY,
            _set,
            done=_("It holds from now on."),
            form=RuleForm,
            icon="edit",
            variant="primary",
            when=_by_one,
            needs_proof=True,
        ),
        Decision(
            "reset",
            _("Back to the usual"),
            DUTY,
            _set,
            done=_("The usual value holds again."),
            form=ReasonForm,
            icon="undo",
            when=lambda setting, request: _by_one(setting, request) and setting.value is not None,
            needs_proof=True,
        ),
        Decision(
            "ask",
            _("Ask for a change"),
            DUTY,
            _ask,
            done=_("It is asked for; another administrator decides."),
            form=RuleForm,
            icon="edit",
            variant="primary",
            when=_by_two,
            needs_proof=True,
        ),
        Decision(
            "ask-usual",
            _("Ask for the usual"),
            DUTY,
            _ask,
            done=_("It is asked for; another administrator decides."),
            form=ReasonForm,
            icon="undo",
            when=lambda setting, request: _by_two(setting, request) and _is_unusual(setting),
            needs_proof=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSetting]:
        waits = RuleRequest.objects.filter(status=RequestStatus.REQUESTED)
        waiting = waits.select_related("rule", "requested_by")
        asked = Prefetch("requests", waiting, "waiting_requests")
        return super().get_queryset(request).prefetch_related(asked)

    def page(self, request: HttpRequest, setting: RuleSetting) -> Page:
        rows = setting.requests.select_related("rule", "requested_by", "decided_by")
        requests = list(rows.order_by("-pk")[:ROWS])
        return Page(
            figures=[
                (_("Holds now"), self.now(setting)),
                (_("Usual"), usual_in_words(setting)),
            ],
            notices=BY_TWO.told(request, waiting_of(setting), _said),
            main=[
                Facts(
                    "",
                    [
                        (_("Set by"), setting.set_by or _("nobody has set it")),
                        (_("Since"), moment(setting.set_at)),
                        (_("Is changed by"), self.changed_by(setting)),
                        (_("In the log as"), setting.name),
                    ],
                ),
                *requests_table(
                    request, _("Changes asked for"), requests, (_("Change"), before_and_after)
                ),
            ],
            subjects=[("rule", [setting.pk]), ("rule_request", [one.pk for one in requests])],
        )

    @display(description=_("Rule"))
    def rule(self, setting: RuleSetting) -> Any:
        return str(setting)

    @display(description=_("Holds now"))
    def now(self, setting: RuleSetting) -> Any:
        return in_words(setting, holds(setting))

    @display(description=_("Usual"))
    def usual(self, setting: RuleSetting) -> Any:
        return usual_in_words(setting)

    @display(description=_("Is changed by"))
    def changed_by(self, setting: RuleSetting) -> Any:
        return _("two people") if _rule(setting).touches_money else _("one person")

    @display(description=_("Asked for"))
    def asked_for(self, setting: RuleSetting) -> Any:
        """Before and after, and by whom; at most one change of a rule waits."""
        for asked_for in waiting_of(setting):
            return two_lines(before_and_after(asked_for), asked_for.requested_by)
        return None

    @display(description=_("Set by"))
    def set_last(self, setting: RuleSetting) -> Any:
        return two_lines(setting.set_by, moment(setting.set_at)) if setting.set_by else None
