"""What people do to background work. A job's id is django-q2's."""

from dataclasses import dataclass
from typing import ClassVar

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _JobEvent(Event):
    name: ClassVar[str] = "tasks._job"
    aggregate: ClassVar[str] = "job"
    job_id: str
    function: str
    error: str


@dataclass(frozen=True, kw_only=True)
class JobRetried(_JobEvent):
    """A job that failed was queued once more."""

    name: ClassVar[str] = "tasks.job_retried.v1"


@dataclass(frozen=True, kw_only=True)
class JobGivenUp(_JobEvent):
    name: ClassVar[str] = "tasks.job_given_up.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SweepAsked(Event):
    """A sweep was started by hand, before its schedule strikes."""

    name: ClassVar[str] = "tasks.sweep_asked.v1"
    aggregate: ClassVar[str] = "sweep"
    sweep_id: str
