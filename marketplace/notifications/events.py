"""What notifications announce."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    """The text is final; its handler sends it, outside any transaction."""

    name: ClassVar[str] = "notifications.message_queued.v1"
    aggregate: ClassVar[str] = "message"
    message_id: UUID


@dataclass(frozen=True, kw_only=True)
class TemplateEdited(Event):
    """Staff changed what we say; what it said before stands in the event's `before`."""

    name: ClassVar[str] = "notifications.template_edited.v1"
    aggregate: ClassVar[str] = "template"
    template_id: int
