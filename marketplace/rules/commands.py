"""Setting a rule, and letting the usual value hold again."""

from itertools import pairwise
from uuid import UUID

from django.db import transaction

from marketplace.rules.errors import (
    LimitsOutOfOrder,
    RuleNotFound,
    RuleOutOfBounds,
    RuleReasonMissing,
)
from marketplace.rules.events import RuleSet
from marketplace.rules.models import RuleSetting
from marketplace.rules.policies import RULES
from marketplace.rules.queries import forget, holds
from marketplace.rules.states import BUYER_LIMITS, RuleName, Unit
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import format_minor
from marketplace.shared.outbox import record


@transaction.atomic
def set_rule(*, name: str, value: int | None, reason: str, actor: Actor) -> RuleSetting:
    """From now on `value` holds, in the rule's unit (money in minor units); None: the usual one.

    What holds already changes nothing. Raises RuleNotFound, RuleOutOfBounds, LimitsOutOfOrder and
    RuleReasonMissing.
    """
    # All rows, in one order: the limits of buyers are compared with each other.
    rows = {row.name: row for row in RuleSetting.objects.select_for_update().order_by("name")}
    setting = rows.get(name)
    if setting is None:
        raise RuleNotFound
    if not reason.strip():
        raise RuleReasonMissing
    if setting.value == value:
        return setting
    _check_bounds(RuleName(name), value)
    before, setting.value = setting.value, value
    if name in BUYER_LIMITS:
        _check_order(rows)
    setting.set_by_id, setting.set_at = UUID(actor.id), clock.now()
    setting.save(update_fields=["value", "set_by", "set_at"])
    record(
        RuleSet(rule_id=name, value=value, reason=reason.strip()),
        actor=actor,
        before={"value": before},
        after={"value": value},
    )
    transaction.on_commit(forget)
    return setting


def _check_bounds(name: RuleName, value: int | None) -> None:
    rule = RULES[name]
    if value is None or rule.least <= value <= rule.most:
        return
    is_money = rule.unit == Unit.MONEY
    least, most = (format_minor(bound) if is_money else bound for bound in (rule.least, rule.most))
    raise RuleOutOfBounds(least=least, most=most)


def _check_order(rows: dict[str, RuleSetting]) -> None:
    limits = [rows[name] for name in BUYER_LIMITS]
    for lower, higher in pairwise(limits):
        if holds(lower) > holds(higher):
            raise LimitsOutOfOrder(name=str(higher))
