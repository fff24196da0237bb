"""Who is told what, when something has happened. Each tells once, however often it is repeated."""

from uuid import UUID

from django.conf import settings

from marketplace.accounts.events import PhoneCodeRequested, UserRegistered
from marketplace.accounts.queries import contact_of, unseal_code
from marketplace.notifications import commands
from marketplace.notifications.events import MessageQueued
from marketplace.shared.actors import Actor
from marketplace.shared.events import EventMeta

NOTIFICATIONS = Actor.system("notifications")


def send(event: MessageQueued, meta: EventMeta) -> None:
    """External: hands the message to the provider."""
    commands.send(message_id=event.message_id, idempotency_key=meta.delivery_key)


# --- accounts ---


def send_phone_code(event: PhoneCodeRequested, meta: EventMeta) -> None:
    """To the phone that is to be proved, which is not the account's yet."""
    contact = contact_of(event.user_id)
    commands.tell(
        code="phone_code",
        context={
            "code": unseal_code(event.sealed_code),
            "minutes": settings.OTP_MINUTES,
        },
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=event.user_id,
        recipient=commands.Recipient(
            name=contact.name, phone=event.phone, language=contact.language
        ),
    )


def welcome(event: UserRegistered, meta: EventMeta) -> None:
    _tell(meta, event.user_id, "welcome")


def _tell(meta: EventMeta, user_id: UUID, code: str, *, about: str = "", **context: object) -> None:
    commands.tell(
        code=code,
        context=context,
        dedupe_key=str(meta.event_id),
        actor=NOTIFICATIONS,
        user_id=user_id,
        about=about,
    )
