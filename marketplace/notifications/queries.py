"""Reading the delivery log and the templates."""

from uuid import UUID

from django.db.models import QuerySet

from marketplace.notifications.errors import MessageNotFound
from marketplace.notifications.models import Message, MessageTemplate


def messages_to(*, user_id: UUID) -> QuerySet[Message]:
    """What a person was told, newest first."""
    return Message.objects.filter(user_id=user_id).order_by("-id")


def messages_about(*, reference: str) -> QuerySet[Message]:
    """Everything that was told about a thing (an order, a dispute, …), newest first."""
    return Message.objects.filter(about=reference).order_by("-id")


def messages(*, status: str = "", channel: str = "") -> QuerySet[Message]:
    """The whole log, newest first."""
    rows = Message.objects.order_by("-id")
    rows = rows.filter(status=status) if status else rows
    return rows.filter(channel=channel) if channel else rows


def get_message(*, reference: str) -> Message:
    """Raises MessageNotFound."""
    message = Message.objects.filter(reference=reference).first()
    if message is None:
        raise MessageNotFound
    return message


def templates() -> QuerySet[MessageTemplate]:
    """All templates, by code, channel and language."""
    return MessageTemplate.objects.order_by("code", "channel", "language")
