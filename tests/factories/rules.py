"""Rules of the house as tests need them: set by one person or by two, or asked for."""

from typing import Any

from marketplace.rules.commands import approve_rule, request_rule, set_rule
from marketplace.rules.models import RuleRequest
from marketplace.rules.policies import RULES
from marketplace.rules.queries import forget, value_of
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import RequestStatus
from tests.factories.accounts import a_staff_member, staff_actor


def a_rule_request(rule: str | None = None, **changes: Any) -> RuleRequest:
    """Somebody wants one more of what the rule is counted in; of one that nobody waits for, by itself."""
    rule = rule or _unasked()
    before = value_of(RuleName(rule))
    values = {
        "rule_id": rule,
        "value_before": before,
        "value_after": before + 1,
        "reason": "Sellers wait too long",
        "requested_by": a_staff_member(),
        "requested_at": clock.now(),
    }
    return RuleRequest.objects.create(**{**values, **changes})


def a_rule_set_to(
    name: str, value: int | None, *, reason: str = "Eid sale", actor: Actor | None = None
) -> None:
    """It holds at once in this process; where it touches money, `actor` asked and somebody else agreed."""
    asking = actor or staff_actor()
    if RULES[RuleName(name)].touches_money:
        asked = request_rule(name=name, value=value, reason=reason, actor=asking)
        approve_rule(request_id=asked.pk, actor=staff_actor())
    else:
        set_rule(name=name, value=value, reason=reason, actor=asking)
    forget()


def _unasked() -> str:
    waiting = set(
        RuleRequest.objects.filter(status=RequestStatus.REQUESTED).values_list("rule_id", flat=True)
    )
    return next(name for name, rule in RULES.items() if rule.touches_money and name not in waiting)
