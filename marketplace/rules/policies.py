"""Each rule's unit, bounds and usual value."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from marketplace.rules.states import RuleName, Unit

ON, OFF = 1, 0
SHILLING = 100
# Beyond any order: what a mistyped figure would be.
MONEY_MAX = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """`least` and `most` are in the rule's unit, money in minor units; `usual` asks the environment."""

    unit: Unit
    usual: Callable[[], int]
    least: int
    most: int


def _switch() -> Rule:
    return Rule(Unit.SWITCH, lambda: ON, OFF, ON)


def _limit(level: int) -> Rule:
    return Rule(Unit.MONEY, lambda: settings.BUYER_LIMITS_MINOR[level], SHILLING, MONEY_MAX)


RULES: dict[RuleName, Rule] = {
    RuleName.CHECKOUT: _switch(),
    RuleName.APPLICATIONS: _switch(),
    RuleName.IMPORTS: _switch(),
    RuleName.PAYOUT_RUNS: _switch(),
    RuleName.PROPOSALS: _switch(),
    RuleName.REVIEWS_SEEN_FIRST: _switch(),
    RuleName.REFUND_APPROVAL: Rule(
        Unit.MONEY, lambda: settings.REFUND_APPROVAL_MINOR, 0, MONEY_MAX
    ),
    RuleName.MINIMUM_PAYOUT: Rule(
        Unit.MONEY, lambda: settings.MINIMUM_PAYOUT_MINOR, SHILLING, MONEY_MAX
    ),
    RuleName.LIMIT_UNKNOWN: _limit(0),
    RuleName.LIMIT_PHONE: _limit(1),
    RuleName.LIMIT_IDENTITY: _limit(2),
    RuleName.ORDER_EXPIRY: Rule(Unit.MINUTES, lambda: settings.ORDER_EXPIRY_MINUTES, 1, 1440),
    RuleName.HOLD: Rule(Unit.DAYS, lambda: settings.HOLD_DAYS, 0, 90),
    RuleName.DISPUTE_WINDOW: Rule(Unit.DAYS, lambda: settings.DISPUTE_WINDOW_DAYS, 1, 180),
    RuleName.REVIEW_EDIT: Rule(Unit.DAYS, lambda: settings.REVIEW_EDIT_DAYS, 0, 365),
    RuleName.APPEAL_WINDOW: Rule(Unit.WORKING_DAYS, lambda: settings.DISPUTE_APPEAL_DAYS, 0, 30),
    RuleName.WALLET_REST: Rule(Unit.HOURS, lambda: settings.WALLET_COOLING_OFF_HOURS, 0, 720),
}
