"""What reconciliation announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class _StatementEvent(Event):
    name: ClassVar[str] = "reconciliation._statement"
    aggregate: ClassVar[str] = "statement"
    statement_id: UUID


@dataclass(frozen=True, kw_only=True)
class StatementUploaded(_StatementEvent):
    """The bytes are kept; its handler parses and matches them."""

    name: ClassVar[str] = "reconciliation.statement_uploaded.v1"


@dataclass(frozen=True, kw_only=True)
class StatementImported(_StatementEvent):
    name: ClassVar[str] = "reconciliation.statement_imported.v1"


@dataclass(frozen=True, kw_only=True)
class StatementRefused(_StatementEvent):
    name: ClassVar[str] = "reconciliation.statement_refused.v1"
    refusal: str


@dataclass(frozen=True, kw_only=True)
class LinesBooked(_StatementEvent):
    """A statement's fees or transfers were posted to the ledger (one entry per kind)."""

    name: ClassVar[str] = "reconciliation.lines_booked.v1"
    kind: str


@dataclass(frozen=True, kw_only=True)
class _ExceptionEvent(Event):
    name: ClassVar[str] = "reconciliation._exception"
    aggregate: ClassVar[str] = "exception"
    exception_id: UUID


@dataclass(frozen=True, kw_only=True)
class ExceptionResolved(_ExceptionEvent):
    name: ClassVar[str] = "reconciliation.exception_resolved.v1"
    resolution: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExceptionReopened(_ExceptionEvent):
    """What its resolution had booked is booked back."""

    name: ClassVar[str] = "reconciliation.exception_reopened.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExceptionClaimed(_ExceptionEvent):
    name: ClassVar[str] = "reconciliation.exception_claimed.v1"


@dataclass(frozen=True, kw_only=True)
class ExceptionAssigned(_ExceptionEvent):
    name: ClassVar[str] = "reconciliation.exception_assigned.v1"
    assignee_id: UUID


@dataclass(frozen=True, kw_only=True)
class ExceptionReleased(_ExceptionEvent):
    name: ClassVar[str] = "reconciliation.exception_released.v1"


@dataclass(frozen=True, kw_only=True)
class ExceptionNoted(_ExceptionEvent):
    """Its words stand in the note."""

    name: ClassVar[str] = "reconciliation.exception_noted.v1"
    note_id: int


@dataclass(frozen=True, kw_only=True)
class _SuggestionEvent(Event):
    name: ClassVar[str] = "reconciliation._suggestion"
    aggregate: ClassVar[str] = "suggestion"
    suggestion_id: UUID


@dataclass(frozen=True, kw_only=True)
class SuggestionConfirmed(_SuggestionEvent):
    name: ClassVar[str] = "reconciliation.suggestion_confirmed.v1"


@dataclass(frozen=True, kw_only=True)
class SuggestionRejected(_SuggestionEvent):
    name: ClassVar[str] = "reconciliation.suggestion_rejected.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SuggestionSuperseded(_SuggestionEvent):
    """Its lines or movements were matched in another way."""

    name: ClassVar[str] = "reconciliation.suggestion_superseded.v1"


@dataclass(frozen=True, kw_only=True)
class SuggestionTakenBack(_SuggestionEvent):
    """A confirmed match was undone: it waits for a decision again."""

    name: ClassVar[str] = "reconciliation.suggestion_taken_back.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SuggestionRevived(_SuggestionEvent):
    """The match that had superseded it was taken back."""

    name: ClassVar[str] = "reconciliation.suggestion_revived.v1"
