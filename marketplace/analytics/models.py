"""Figures per business day, added up from the event log, and how far in it they have come; and what
buyers did, on its way to the services that are told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.analytics.measures import FEW
from marketplace.analytics.states import ForwardStatus, title_of
from marketplace.shared.constraints import not_negative, status_known


class Rollup(models.Model):
    """What one day (EAT) had of one measure, in all (`dimension` empty) or for one key of a dimension.

    `total` adds up TZS minor units or seconds, as `measures.MEASURES` says. `count` and `total` may
    be taken back by later facts (a refund lowers the take), so neither has a sign.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    measure = models.CharField(max_length=24)
    dimension = models.CharField(max_length=12, blank=True, default="")
    key = models.CharField(max_length=40, blank=True, default="")
    count = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "dimension", "day", "key"], name="rollup_once"
            )
        ]
        # Days of sellers and categories are a thousand times as many.
        indexes = [
            models.Index(
                fields=["day"],
                condition=models.Q(dimension__in=FEW),
                name="rollup_of_few",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.key}".rstrip()


class BuyerMonth(models.Model):
    """A buyer paid for something in this month (its first day): what cohorts are made of."""

    id = models.BigAutoField(primary_key=True)
    buyer_id = models.UUIDField()
    month = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer_id", "month"], name="buyer_month_once")
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id} {self.month}"


class Footfall(models.Model):
    """What one counter of a step (`states.Step`) had read on a day when it was last written down."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    step = models.CharField(max_length=8)
    origin = models.CharField(max_length=32)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "step", "origin"], name="footfall_once"),
            not_negative("footfall_not_negative", "count"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.step}"


class Progress(models.Model):
    """The one row that whoever counts holds: every event up to `last_event_id` is counted, once.

    `counting` says of what (`measures.EDITION`): other measures count the log from its beginning.
    """

    id = models.BigIntegerField(primary_key=True)
    last_event_id = models.UUIDField()
    counting = models.CharField(max_length=32)
    counted = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="progress_is_one_row"),
            not_negative("progress_not_negative", "counted"),
        ]

    def __str__(self) -> str:
        return str(self.last_event_id)


class ForwardCursor(models.Model):
    """The one row that whoever collects holds: of every event up to `last_event_id` the services are
    told, or never will be."""

    id = models.BigIntegerField(primary_key=True)
    last_event_id = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="forward_cursor_is_one_row")
        ]

    def __str__(self) -> str:
        return str(self.last_event_id)


class ForwardBatch(models.Model):
    """Deeds that went to a service in one request, repeated until it was answered for.

    `checked_at` is when the buyers' consent was last looked at, right before a request.
    """

    id = models.BigAutoField(primary_key=True)
    destination = models.CharField(max_length=12)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    taken = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("forwarded batch")
        verbose_name_plural = _("forwarded batches")
        constraints = [
            # A service that does not answer is asked by one batch, not by ever more of them.
            models.UniqueConstraint(
                fields=["destination"],
                condition=models.Q(closed_at=None),
                name="forward_batch_one_open",
            )
        ]
        indexes = [models.Index(fields=["destination", "-id"], name="forward_batch_latest")]

    def __str__(self) -> str:
        return f"{title_of(self.destination)} {self.pk}"


class ForwardedDeed(models.Model):
    """Something that a buyer who allowed it did, on its way to one service, which knows it by `deed_id`."""

    id = models.BigAutoField(primary_key=True)
    destination = models.CharField(max_length=12)
    deed_id = models.UUIDField()
    name = models.CharField(max_length=24)
    buyer_id = models.UUIDField()
    properties = models.JSONField()
    happened_at = models.DateTimeField()
    status = models.CharField(
        max_length=8, choices=ForwardStatus.choices, default=ForwardStatus.WAITING
    )
    batch = models.ForeignKey(
        ForwardBatch, on_delete=models.PROTECT, null=True, related_name="deeds"
    )
    failure = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "deed_id"], name="forwarded_deed_once_per_destination"
            ),
            status_known("forwarded_deed_status_known", ForwardStatus),
            models.CheckConstraint(
                condition=~models.Q(status=ForwardStatus.SENT) | models.Q(batch__isnull=False),
                name="forwarded_deed_sent_in_a_batch",
            ),
        ]
        indexes = [
            models.Index(
                fields=["destination", "id"],
                condition=models.Q(status=ForwardStatus.WAITING, batch=None),
                name="forwarded_deed_waiting",
            ),
            models.Index(
                fields=["buyer_id"],
                condition=models.Q(status=ForwardStatus.WAITING),
                name="forwarded_deed_of_buyer",
            ),
            models.Index(
                fields=["destination", "-id"],
                condition=models.Q(status=ForwardStatus.REFUSED),
                name="forwarded_deed_refused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.destination} {self.name}"
