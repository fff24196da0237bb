"""Templates in two languages, and the log of every message."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.states import Language
from marketplace.notifications.states import Channel, MessageStatus
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import EncryptedTextField, reference_field
from marketplace.shared.ids import uuid7


class MessageTemplate(models.Model):
    """The words of one kind of message; `{name}` marks what is filled in."""

    id = models.BigAutoField(primary_key=True)
    code = models.SlugField(_("code"), max_length=60)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=160, blank=True)
    body = models.TextField(_("text"), max_length=4000)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["code", "channel", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "channel", "language"], name="message_template_once"
            ),
            status_known("message_template_channel_known", Channel, field="channel"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.get_channel_display()}, {self.get_language_display()})"


class Message(models.Model):
    """One message to one person: what was said, through which channel, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("MSG")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    recipient = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=160, blank=True)
    # Sealed at rest: a message may carry a sign-in code.
    body = EncryptedTextField(_("text"))
    about = models.CharField(_("about"), max_length=20, blank=True, db_collation="C")
    # Event and template: the same news is told once, however often its delivery is repeated.
    dedupe_key = models.CharField(max_length=160, unique=True)
    status = models.CharField(
        _("status"), max_length=8, choices=MessageStatus.choices, default=MessageStatus.QUEUED
    )
    provider_id = models.CharField(max_length=120, blank=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            status_known("message_status_known", MessageStatus),
            status_known("message_channel_known", Channel, field="channel"),
            models.CheckConstraint(
                condition=~Q(status=MessageStatus.SENT) | Q(sent_at__isnull=False),
                name="message_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="message_by_user"),
            models.Index(fields=["about"], name="message_by_subject"),
            models.Index(fields=["status", "-id"], name="message_by_status"),
        ]

    def __str__(self) -> str:
        return self.reference
