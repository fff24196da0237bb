"""What reports announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ReportRequested(Event):
    """The row exists; its handler makes the file."""

    name: ClassVar[str] = "reports.requested.v1"
    aggregate: ClassVar[str] = "run"
    run_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReportFinished(Event):
    name: ClassVar[str] = "reports.finished.v1"
    aggregate: ClassVar[str] = "run"
    run_id: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class ReportDownloaded(Event):
    """A report with people's money in it left the house: that leaves a trace."""

    name: ClassVar[str] = "reports.downloaded.v1"
    aggregate: ClassVar[str] = "run"
    run_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReportScheduled(Event):
    """From now on the report orders itself."""

    name: ClassVar[str] = "reports.scheduled.v1"
    aggregate: ClassVar[str] = "schedule"
    schedule_id: UUID


@dataclass(frozen=True, kw_only=True)
class ScheduleStatusChanged(Event):
    name: ClassVar[str] = "reports.schedule_status_changed.v1"
    aggregate: ClassVar[str] = "schedule"
    schedule_id: UUID
    status: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ScheduleSkipped(Event):
    """A beat that ordered nothing: nobody is left who may see the report."""

    name: ClassVar[str] = "reports.schedule_skipped.v1"
    aggregate: ClassVar[str] = "schedule"
    schedule_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ListExported(Event):
    """The rows of a list left the console as a file; `query` says which."""

    name: ClassVar[str] = "reports.list_exported.v1"
    aggregate: ClassVar[str] = "list"
    list_id: str
    format: str
    query: str
