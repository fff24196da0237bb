"""What casework announces. `case_id` is `kind:id`."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _CaseEvent(Event):
    name: ClassVar[str] = "casework._case"
    aggregate: ClassVar[str] = "case"
    case_id: str


@dataclass(frozen=True, kw_only=True)
class CaseClaimed(_CaseEvent):
    name: ClassVar[str] = "casework.claimed.v1"


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(_CaseEvent):
    name: ClassVar[str] = "casework.assigned.v1"
    assignee_id: UUID


@dataclass(frozen=True, kw_only=True)
class CaseReleased(_CaseEvent):
    name: ClassVar[str] = "casework.released.v1"


@dataclass(frozen=True, kw_only=True)
class CaseSnoozed(_CaseEvent):
    name: ClassVar[str] = "casework.snoozed.v1"
    until: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseWoken(_CaseEvent):
    name: ClassVar[str] = "casework.woken.v1"


@dataclass(frozen=True, kw_only=True)
class CaseNoted(_CaseEvent):
    name: ClassVar[str] = "casework.noted.v1"
    note_id: UUID
    mentioned_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class QueueTimeSet(Event):
    """How long a case may wait in a queue, from now on."""

    name: ClassVar[str] = "casework.queue_time_set.v1"
    aggregate: ClassVar[str] = "queue"
    queue_id: str
    hours: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class MacroSaved(Event):
    """A prepared answer is new, or says something else from now on."""

    name: ClassVar[str] = "casework.macro_saved.v1"
    aggregate: ClassVar[str] = "macro"
    macro_id: UUID


@dataclass(frozen=True, kw_only=True)
class MacroUsed(Event):
    """A message was sent that began with it."""

    name: ClassVar[str] = "casework.macro_used.v1"
    aggregate: ClassVar[str] = "macro"
    macro_id: UUID


@dataclass(frozen=True, kw_only=True)
class ViewSaved(Event):
    name: ClassVar[str] = "casework.view_saved.v1"
    aggregate: ClassVar[str] = "view"
    view_id: UUID
    queue: str
    is_shared: bool


@dataclass(frozen=True, kw_only=True)
class ViewDeleted(Event):
    name: ClassVar[str] = "casework.view_deleted.v1"
    aggregate: ClassVar[str] = "view"
    view_id: UUID


@dataclass(frozen=True, kw_only=True)
class _BulkEvent(Event):
    """A decision about many rows in the background; `action` is what is done to each."""

    name: ClassVar[str] = "casework._bulk"
    aggregate: ClassVar[str] = "bulk"
    bulk_id: UUID
    action: str


@dataclass(frozen=True, kw_only=True)
class BulkChosen(_BulkEvent):
    name: ClassVar[str] = "casework.bulk_chosen.v1"
    rows: int


@dataclass(frozen=True, kw_only=True)
class BulkStarted(_BulkEvent):
    name: ClassVar[str] = "casework.bulk_started.v1"
    rows: int


@dataclass(frozen=True, kw_only=True)
class BulkStepped(_BulkEvent):
    """A worker did its share of a long one; another goes on."""

    name: ClassVar[str] = "casework.bulk_stepped.v1"


@dataclass(frozen=True, kw_only=True)
class BulkFinished(_BulkEvent):
    name: ClassVar[str] = "casework.bulk_finished.v1"
    done: int
    refused: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class BulkCancelled(_BulkEvent):
    """What was decided until then stays decided."""

    name: ClassVar[str] = "casework.bulk_cancelled.v1"
    done: int
    reason: str
