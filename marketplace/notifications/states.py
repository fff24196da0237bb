"""Channels, and the life of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


MESSAGE_TRANSITIONS: Transitions = {
    MessageStatus.QUEUED: {
        MessageStatus.SENT: by(ActorKind.SYSTEM),
        MessageStatus.FAILED: by(ActorKind.SYSTEM),
    },
    MessageStatus.SENT: {},
    MessageStatus.FAILED: {MessageStatus.QUEUED: by(ActorKind.STAFF, ActorKind.SYSTEM)},
}
