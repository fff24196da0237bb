"""Handing messages over to whoever carries them, and what happens when they cannot be."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from marketplace.accounts.queries import contact_of
from marketplace.notifications.errors import MessageNotFound, NotSentAgain
from marketplace.notifications.events import MessageQueued
from marketplace.notifications.kinds import KINDS
from marketplace.notifications.models import Message
from marketplace.notifications.ports import Outgoing, Sender, SendFailed
from marketplace.notifications.states import MESSAGE_TRANSITIONS, Channel, MessageStatus
from marketplace.shared import clock, outbox
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.outbox import record
from marketplace.shared.states import move

NOTIFICATIONS = Actor.system("notifications")
TRIED_FOR = timedelta(hours=6)
"""A provider's bad morning should not cost anybody their news; after that it is none any more."""
REVIVED_MAX = 500
FAILURE_CHARACTERS_MAX = 300


def send(*, message_id: UUID, idempotency_key: str) -> None:
    """Hand a queued message over; a no-op where it is sent or given up already.

    Calls the provider, so it must run outside any transaction. Raises SendFailed where another
    try may succeed: the outbox makes it.
    """
    message = Message.objects.filter(pk=message_id, status=MessageStatus.QUEUED).first()
    if message is None:
        return
    sender: Sender = import_string(settings.NOTIFICATION_CHANNELS[message.channel])()
    try:
        provider_id = sender.send(
            Outgoing(
                reference=message.reference,
                to=message.recipient,
                subject=message.subject,
                body=message.body,
                idempotency_key=idempotency_key,
            )
        )
    except SendFailed as failed:
        if not failed.permanent:
            _note(message, str(failed))
            raise
        _give_up(message, str(failed))
        return
    with transaction.atomic():
        move(
            message,
            MessageStatus.SENT,
            MESSAGE_TRANSITIONS,
            actor=NOTIFICATIONS,
            provider_id=provider_id[:120],
            sent_at=clock.now(),
            failure="",
        )


@transaction.atomic
def send_once_more(*, message_id: UUID, actor: Actor) -> Message:
    """Tell a person again what they were told: a new message, to where their account is reached now.

    A double click, and two colleagues within the minute, tell once. What opens an account is asked for
    anew instead. Raises MessageNotFound, and NotSentAgain for those and for what is on its way.
    """
    first = Message.objects.filter(pk=message_id).first()
    if first is None:
        raise MessageNotFound
    kind = KINDS.get(first.code)
    if kind is None or kind.is_secret or first.status != MessageStatus.SENT:
        raise NotSentAgain
    now = clock.now()
    message, is_new = Message.objects.get_or_create(
        dedupe_key=f"again:{first.pk}:{now:%Y%m%d%H%M}",
        defaults={
            "user_id": first.user_id,
            "code": first.code,
            "channel": first.channel,
            "language": first.language,
            "recipient": _reached_at(first),
            "subject": first.subject,
            "body": first.body,
            "about": first.about,
            "created_at": now,
        },
    )
    if is_new:
        record(MessageQueued(message_id=message.pk), actor=actor)
    return message


def _reached_at(message: Message) -> str:
    if message.user_id is None:
        return message.recipient
    contact = contact_of(message.user_id)
    now = contact.email if message.channel == Channel.EMAIL else contact.phone
    return now or message.recipient


@transaction.atomic
def retry_message(*, message_id: UUID, actor: Actor) -> Message:
    """Queue a failed message again, as it was worded. Raises MessageNotFound, IllegalTransition."""
    message = Message.objects.select_for_update().filter(pk=message_id).first()
    if message is None:
        raise MessageNotFound
    before = move(message, MessageStatus.QUEUED, MESSAGE_TRANSITIONS, actor=actor, failure="")
    record(
        MessageQueued(message_id=message.pk),
        actor=actor,
        before={"status": before},
        after={"status": message.status},
    )
    return message


def revive() -> str:
    """Try messages again whose attempts are used up, for six hours; then mark them failed.

    Urgent ones (codes) fail at once: a code of this morning helps nobody. For the schedule.
    """
    dead = Delivery.objects.filter(
        status=DeliveryStatus.DEAD, event__name=MessageQueued.name
    ).order_by("pk")[:REVIVED_MAX]
    revived = given_up = 0
    for delivery in dead.select_related("event"):
        message = Message.objects.filter(pk=UUID(delivery.event.aggregate_id)).first()
        if message is None or message.status != MessageStatus.QUEUED:
            outbox.discard(delivery_id=delivery.pk, actor=NOTIFICATIONS, reason="settled already")
        elif _is_worth_trying(message):
            outbox.retry(delivery_id=delivery.pk, actor=NOTIFICATIONS)
            revived += 1
        else:
            with transaction.atomic():
                _give_up(message, message.failure or "every try failed")
                outbox.discard(
                    delivery_id=delivery.pk, actor=NOTIFICATIONS, reason="the message was given up"
                )
            given_up += 1
    return f"{revived} tried again, {given_up} given up"


def _is_worth_trying(message: Message) -> bool:
    kind = KINDS.get(message.code)
    is_urgent = kind is not None and kind.is_urgent
    return not is_urgent and clock.now() - message.created_at < TRIED_FOR


@transaction.atomic
def _give_up(message: Message, why: str) -> None:
    move(
        message,
        MessageStatus.FAILED,
        MESSAGE_TRANSITIONS,
        actor=NOTIFICATIONS,
        failure=why[:FAILURE_CHARACTERS_MAX],
    )


def _note(message: Message, why: str) -> None:
    """Let the log show why a message still waits."""
    Message.objects.filter(pk=message.pk, status=MessageStatus.QUEUED).update(
        failure=why[:FAILURE_CHARACTERS_MAX]
    )
