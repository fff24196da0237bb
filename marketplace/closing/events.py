"""What closing announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _PeriodEvent(Event):
    name: ClassVar[str] = "closing._period"
    aggregate: ClassVar[str] = "period"
    period_id: UUID
    month: str


@dataclass(frozen=True, kw_only=True)
class PeriodClosed(_PeriodEvent):
    """`number` counts the closes of the month: 2 after its first reopening."""

    name: ClassVar[str] = "closing.period_closed.v1"
    number: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReopeningRequested(_PeriodEvent):
    name: ClassVar[str] = "closing.reopening_requested.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReopeningRejected(_PeriodEvent):
    name: ClassVar[str] = "closing.reopening_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PeriodReopened(_PeriodEvent):
    name: ClassVar[str] = "closing.period_reopened.v1"
    reason: str
