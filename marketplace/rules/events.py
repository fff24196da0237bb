"""What the rules announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class RuleSet(Event):
    """A rule holds another value from now on; None: the usual one. Money in minor units.

    `request_id`: what two people agreed about, where the rule touches money.
    """

    name: ClassVar[str] = "rules.set.v1"
    aggregate: ClassVar[str] = "rule"
    rule_id: str
    value: int | None
    reason: str
    request_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class _RuleRequestEvent(Event):
    name: ClassVar[str] = "rules._rule_request"
    aggregate: ClassVar[str] = "rule_request"
    rule_request_id: UUID
    rule: str


@dataclass(frozen=True, kw_only=True)
class RuleChangeRequested(_RuleRequestEvent):
    """A rule that touches money is to hold `value` in place of `value_before` (money in minor units); a
    second person decides."""

    name: ClassVar[str] = "rules.change_requested.v1"
    value_before: int
    value: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class RuleChangeApproved(_RuleRequestEvent):
    name: ClassVar[str] = "rules.change_approved.v1"


@dataclass(frozen=True, kw_only=True)
class RuleChangeRejected(_RuleRequestEvent):
    name: ClassVar[str] = "rules.change_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class RuleChangeWithdrawn(_RuleRequestEvent):
    """By whoever asked."""

    name: ClassVar[str] = "rules.change_withdrawn.v1"
