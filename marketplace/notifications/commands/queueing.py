"""Putting news into words, once per person and channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import translation

from marketplace.accounts.queries import contact_of
from marketplace.notifications.events import MessageQueued
from marketplace.notifications.kinds import KINDS, Kind, Route
from marketplace.notifications.models import Message, MessageTemplate
from marketplace.notifications.states import Channel
from marketplace.notifications.templates import FALLBACK_LANGUAGE, Text, default, render
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to reach, and where: for news that must not go to the addresses of the account."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = FALLBACK_LANGUAGE


@transaction.atomic
def tell(
    *,
    code: str,
    context: Mapping[str, object],
    dedupe_key: str,
    actor: Actor,
    user_id: UUID | None = None,
    recipient: Recipient | None = None,
    about: str = "",
) -> list[Message]:
    """Queue a message of this kind on each channel of its route; returns those that are new.

    To the user's own addresses in their language, or to `recipient`. `about` is the reference of
    the thing it is about. Telling the same person under the same `dedupe_key` again tells
    nothing. Raises UserNotFound, and KeyError where the context lacks one of the kind's variables.
    """
    person = recipient or _user(user_id)
    kind = KINDS[code]
    values = {"name": person.name, **context}
    values = {variable: values[variable] for variable in kind.variables}
    queued = []
    for channel, address in _addresses(kind, person):
        words = _words(code, channel, person.language)
        with translation.override(person.language):  # Values may be texts of ours, translated late.
            text = render(words, values, channel=channel)
        message, is_new = Message.objects.get_or_create(
            dedupe_key=f"{dedupe_key}:{code}:{user_id or address}:{channel}"[:160],
            defaults={
                "user_id": user_id,
                "code": code,
                "channel": channel,
                "language": person.language,
                "recipient": address,
                "subject": text.subject,
                "body": text.body,
                "about": about,
                "created_at": clock.now(),
            },
        )
        if is_new:
            record(MessageQueued(message_id=message.pk), actor=actor)
            queued.append(message)
    return queued


def _user(user_id: UUID | None) -> Recipient:
    if user_id is None:
        raise ValueError("tell whom?")
    contact = contact_of(user_id)
    return Recipient(contact.name, contact.email, contact.phone, contact.language)


def _addresses(kind: Kind, person: Recipient) -> list[tuple[Channel, str]]:
    known = {Channel.EMAIL: person.email, Channel.SMS: person.phone}
    reached = [(channel, known[channel]) for channel in kind.channels if known[channel]]
    return reached if kind.route is Route.ALL else reached[:1]


def _words(code: str, channel: Channel, language: str) -> Text:
    """As edited, in the person's language, else in English; what we ship where neither is kept."""
    rows = MessageTemplate.objects.filter(
        code=code, channel=channel, language__in=[language, FALLBACK_LANGUAGE]
    )
    kept = {row.language: Text(row.subject, row.body) for row in rows}
    return kept.get(language) or kept.get(FALLBACK_LANGUAGE) or default(code, channel, language)
