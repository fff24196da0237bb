"""What the rules announce."""

from dataclasses import dataclass
from typing import ClassVar

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class RuleSet(Event):
    """A rule holds another value from now on; None: the usual one. Money in minor units."""

    name: ClassVar[str] = "rules.set.v1"
    aggregate: ClassVar[str] = "rule"
    rule_id: str
    value: int | None
    reason: str
