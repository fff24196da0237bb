"""Asking what holds.

Rules are asked in every order, so each process remembers them for a moment: what somebody sets holds
everywhere FRESH_S seconds later, and at once in the process where it was set.
"""

import time
from dataclasses import dataclass, field
from uuid import UUID

from marketplace.rules.errors import ClosedForNow, RuleRequestNotFound
from marketplace.rules.models import RuleRequest, RuleSetting
from marketplace.rules.policies import ON, RULES
from marketplace.rules.states import RuleName

FRESH_S = 2.0


@dataclass(slots=True)
class _Memory:
    """What was set when we last looked; only whole dictionaries are exchanged, so threads may share it."""

    known: dict[str, int] = field(default_factory=dict)
    until: float = 0.0


_memory = _Memory()


def value_of(name: RuleName) -> int:
    """In the rule's unit; money in minor units."""
    value = _set_values().get(name)
    return RULES[name].usual() if value is None else value


def holds(setting: RuleSetting) -> int:
    """The value that holds by this row, in the rule's unit."""
    usual = RULES[RuleName(setting.name)].usual
    return usual() if setting.value is None else setting.value


def rule_request(request_id: UUID) -> RuleRequest:
    """With its rule. Raises RuleRequestNotFound."""
    found = RuleRequest.objects.select_related("rule").filter(pk=request_id).first()
    if found is None:
        raise RuleRequestNotFound
    return found


def is_open(name: RuleName) -> bool:
    """Whether a switch is on."""
    return value_of(name) == ON


def require_open(name: RuleName) -> None:
    """Raises ClosedForNow where the switch is off."""
    if not is_open(name):
        raise ClosedForNow


def remember(values: dict[str, int], *, until: float) -> None:
    """Answer by these values until that moment of the monotonic clock."""
    _memory.known, _memory.until = values, until


def forget() -> None:
    """Look again at the next question."""
    _memory.until = 0.0


def _set_values() -> dict[str, int]:
    now = time.monotonic()
    if now >= _memory.until:
        rows = RuleSetting.objects.values_list("name", "value")
        values = {name: value for name, value in rows if value is not None}
        remember(values, until=now + FRESH_S)
    return _memory.known
