"""What fees announce."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class CommissionRuleSet(Event):
    name: ClassVar[str] = "fees.commission_rule_set.v1"
    aggregate: ClassVar[str] = "rule"
    rule_id: UUID
    rate_bp: int
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class CommissionRuleEnded(Event):
    """The rule applies before `valid_until`, and no longer from that day on."""

    name: ClassVar[str] = "fees.commission_rule_ended.v1"
    aggregate: ClassVar[str] = "rule"
    rule_id: UUID
    valid_until: date


@dataclass(frozen=True, kw_only=True)
class VatRateSet(Event):
    name: ClassVar[str] = "fees.vat_rate_set.v1"
    aggregate: ClassVar[str] = "rate"
    rate_id: int
    rate_bp: int
    valid_from: date
