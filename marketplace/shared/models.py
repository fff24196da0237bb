"""The event log (outbox, audit trail, stream), its deliveries, and the kernel's own rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.shared.constraints import not_negative, status_known
from marketplace.shared.ids import uuid7


class LoggedEvent(models.Model):
    """One fact, written in the transaction that made it true. Never changed or deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    aggregate = models.CharField(max_length=40)
    aggregate_id = models.CharField(max_length=64)
    payload = models.JSONField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=120, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("event log")
        indexes = [
            models.Index(fields=["aggregate", "aggregate_id", "id"], name="event_by_aggregate"),
            # The log is read by time, whatever else is asked of it.
            models.Index(fields=["occurred_at", "id"], name="event_by_time"),
            models.Index(fields=["name", "occurred_at", "id"], name="event_by_name_and_time"),
            models.Index(fields=["actor_id", "occurred_at", "id"], name="event_by_actor_and_time"),
            models.Index(
                fields=["request_id"], condition=~Q(request_id=""), name="event_by_request"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    DEAD = "dead", _("Dead letter")
    DISCARDED = "discarded", _("Discarded")


class Delivery(models.Model):
    """One event owed to one handler: the truth about background work. Queues carry only hints."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(LoggedEvent, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=120)
    queue = models.CharField(max_length=20, default="default")
    status = models.CharField(
        max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler"),
            status_known("delivery_status_known", DeliveryStatus),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.PENDING, finished_at=None)
                | (~Q(status=DeliveryStatus.PENDING) & Q(finished_at__isnull=False)),
                name="delivery_finished_when_not_pending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=DeliveryStatus.PENDING),
                name="delivery_due",
            ),
            models.Index(
                fields=["id"], condition=Q(status=DeliveryStatus.DEAD), name="delivery_dead"
            ),
            # What failed and is tried again: few, in a table of millions.
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=DeliveryStatus.PENDING) & ~Q(last_error=""),
                name="delivery_failing",
            ),
        ]

    def __str__(self) -> str:
        return self.handler


class IdempotentRequest(models.Model):
    """The stored answer to a request that carried an `Idempotency-Key`."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=160)
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    response_status = models.PositiveSmallIntegerField()
    response_body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotent_request_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotent_request_age")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Heartbeat(models.Model):
    """The pulse of one scheduled sweep: 'did not run' must be visible, not silent."""

    name = models.CharField(primary_key=True, max_length=80)
    interval_s = models.PositiveIntegerField()
    last_started_at = models.DateTimeField(null=True)
    # When somebody last wanted it to run at once.
    asked_at = models.DateTimeField(null=True)
    last_succeeded_at = models.DateTimeField(null=True)
    last_result = models.CharField(max_length=200, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")

    def __str__(self) -> str:
        return self.name


class InvariantResult(models.Model):
    """The latest verdict of `manage.py verify` on one invariant of the data."""

    name = models.CharField(primary_key=True, max_length=80)
    counted = models.BigIntegerField()
    differing = models.BigIntegerField()
    examples = models.JSONField(default=list)
    seconds = models.FloatField(default=0)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("invariant")
        verbose_name_plural = _("invariants")
        constraints = [not_negative("invariant_result_not_negative", "counted", "differing")]

    def __str__(self) -> str:
        return self.name
