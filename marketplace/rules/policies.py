"""Each rule's unit, bounds, usual value, and whether it takes two people to change it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from marketplace.rules.states import RuleName, Unit
from marketplace.shared.money import format_minor

ON, OFF = 1, 0
SHILLING = 100
COUNTED = {
    Unit.MINUTES: ngettext_lazy("%(count)s minute", "%(count)s minutes", "count"),
    Unit.HOURS: ngettext_lazy("%(count)s hour", "%(count)s hours", "count"),
    Unit.DAYS: ngettext_lazy("%(count)s day", "%(count)s days", "count"),
    Unit.WORKING_DAYS: ngettext_lazy("%(count)s working day", "%(count)s working days", "count"),
}
# Beyond any order: what a mistyped figure would be.
MONEY_MAX = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """`least` and `most` are in the rule's unit, money in minor units; `usual` asks the environment.

    A rule `touches_money` where another value of it lets money go that this one keeps, or lets go by
    one person what this one lets go by two: two people change it. A switch is also a brake in an
    emergency, so one person sets it at once.
    """

    unit: Unit
    usual: Callable[[], int]
    least: int
    most: int
    touches_money: bool = field(kw_only=True)


def _switch() -> Rule:
    return Rule(Unit.SWITCH, lambda: ON, OFF, ON, touches_money=False)


def _limit(level: int) -> Rule:
    return _amount(lambda: settings.BUYER_LIMITS_MINOR[level])


def _amount(usual: Callable[[], int], *, least: int = SHILLING) -> Rule:
    return Rule(Unit.MONEY, usual, least, MONEY_MAX, touches_money=True)


RULES: dict[RuleName, Rule] = {
    RuleName.CHECKOUT: _switch(),
    RuleName.APPLICATIONS: _switch(),
    RuleName.IMPORTS: _switch(),
    RuleName.PAYOUT_RUNS: _switch(),
    RuleName.PROPOSALS: _switch(),
    RuleName.REVIEWS_SEEN_FIRST: _switch(),
    RuleName.REFUND_APPROVAL: _amount(lambda: settings.REFUND_APPROVAL_MINOR, least=0),
    RuleName.MINIMUM_PAYOUT: _amount(lambda: settings.MINIMUM_PAYOUT_MINOR),
    RuleName.LIMIT_UNKNOWN: _limit(0),
    RuleName.LIMIT_PHONE: _limit(1),
    RuleName.LIMIT_IDENTITY: _limit(2),
    RuleName.ORDER_EXPIRY: Rule(
        Unit.MINUTES, lambda: settings.ORDER_EXPIRY_MINUTES, 1, 1440, touches_money=False
    ),
    RuleName.HOLD: Rule(Unit.DAYS, lambda: settings.HOLD_DAYS, 0, 90, touches_money=True),
    RuleName.DISPUTE_WINDOW: Rule(
        Unit.DAYS, lambda: settings.DISPUTE_WINDOW_DAYS, 1, 180, touches_money=False
    ),
    RuleName.REVIEW_EDIT: Rule(
        Unit.DAYS, lambda: settings.REVIEW_EDIT_DAYS, 0, 365, touches_money=False
    ),
    RuleName.APPEAL_WINDOW: Rule(
        Unit.WORKING_DAYS, lambda: settings.DISPUTE_APPEAL_DAYS, 0, 30, touches_money=False
    ),
    RuleName.WALLET_REST: Rule(
        Unit.HOURS, lambda: settings.WALLET_COOLING_OFF_HOURS, 0, 720, touches_money=True
    ),
}


def in_words(name: str, value: int) -> str:
    """A value of a rule as people say it, in the language of the moment."""
    unit = RULES[RuleName(name)].unit
    if unit == Unit.SWITCH:
        return str(_("on") if value == ON else _("off"))
    return format_minor(value) if unit == Unit.MONEY else str(COUNTED[unit] % {"count": value})


def as_told(name: str, value: int) -> dict[str, int | bool]:
    """A value of a rule as events tell it: under the name of what it is counted in."""
    unit = RULES[RuleName(name)].unit
    if unit == Unit.SWITCH:
        return {"is_open": value == ON}
    return {"value_minor" if unit == Unit.MONEY else unit.value: value}
