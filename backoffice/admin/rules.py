"""Thresholds, deadlines and switches: read by those who may change them, changed with a reason."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import chip, moment, money
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, Number, ReasonForm, Shillings
from marketplace.rules.commands import set_rule
from marketplace.rules.models import RuleSetting
from marketplace.rules.policies import OFF, ON, RULES, SHILLING, Rule
from marketplace.rules.queries import holds
from marketplace.rules.states import RuleName, Unit

SWITCH = [(ON, _("on")), (OFF, _("off"))]
COUNTED = {
    Unit.MINUTES: ngettext_lazy("%(count)s minute", "%(count)s minutes", "count"),
    Unit.HOURS: ngettext_lazy("%(count)s hour", "%(count)s hours", "count"),
    Unit.DAYS: ngettext_lazy("%(count)s day", "%(count)s days", "count"),
    Unit.WORKING_DAYS: ngettext_lazy("%(count)s working day", "%(count)s working days", "count"),
}
# In the order of their table: what belongs together stands together.
IN_ORDER = Case(
    *(When(name=name, then=Value(place)) for place, name in enumerate(RULES)),
    output_field=IntegerField(),
)


def _rule(setting: RuleSetting) -> Rule:
    return RULES[RuleName(setting.name)]


def _words(setting: RuleSetting, value: int) -> Any:
    """A value as people read it."""
    unit = _rule(setting).unit
    if unit == Unit.SWITCH:
        return chip("done", _("on")) if value == ON else chip("failed", _("off"))
    return money(value) if unit == Unit.MONEY else COUNTED[Unit(unit)] % {"count": value}


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
    set_rule(
        name=asked.object.name,
        value=int(asked.data["value"]),
        reason=asked.data["reason"],
        actor=asked.actor,
    )


def _reset(asked: Asked) -> None:
    set_rule(name=asked.object.name, value=None, reason=asked.data["reason"], actor=asked.actor)


@admin.register(RuleSetting)
class RuleSettingAdmin(Console):
    intro = _(
        "What holds in the whole marketplace. A change holds within two seconds, for what happens "
        "from then on, and stays in the event log with its reason. Times of queues have their own page."
    )
    aggregate = "rule"
    list_display = ("rule", "now", "usual", "set_by", "since")
    list_select_related = ("set_by",)
    ordering: ClassVar[Sequence[Any]] = (IN_ORDER.asc(),)
    decisions = (
        Decision(
            "set",
            _("Change"),
            "set_rules",
            _set,
            done=_("It holds from now on."),
            form=RuleForm,
            icon="edit",
            variant="primary",
            needs_proof=True,
        ),
        Decision(
            "reset",
            _("Back to the usual"),
            "set_rules",
            _reset,
            done=_("The usual value holds again."),
            form=ReasonForm,
            icon="undo",
            when=lambda setting, _request: setting.value is not None,
            needs_proof=True,
        ),
    )

    def page(self, request: Any, setting: RuleSetting) -> Page:
        return Page(
            figures=[
                (_("Holds now"), _words(setting, holds(setting))),
                (_("Usual"), self.usual(setting)),
            ],
            main=[
                Facts(
                    "",
                    [
                        (_("Set by"), setting.set_by or _("nobody has set it")),
                        (_("Since"), moment(setting.set_at)),
                        (_("In the log as"), setting.name),
                    ],
                )
            ],
        )

    @display(description=_("Rule"))
    def rule(self, setting: RuleSetting) -> Any:
        return str(setting)

    @display(description=_("Holds now"))
    def now(self, setting: RuleSetting) -> Any:
        return _words(setting, holds(setting))

    @display(description=_("Usual"))
    def usual(self, setting: RuleSetting) -> Any:
        return _words(setting, _rule(setting).usual())

    @display(description=_("Since"))
    def since(self, setting: RuleSetting) -> Any:
        return moment(setting.set_at)
