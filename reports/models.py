"""Orders for reports with their progress and files, and schedules that order them by themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.states import Transitions, by
from marketplace.shared.storage import private_storage
from reports.base import Format


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


RUN_TRANSITIONS: Transitions = {
    RunStatus.QUEUED: {
        RunStatus.RUNNING: by(ActorKind.SYSTEM),
        RunStatus.FAILED: by(ActorKind.SYSTEM),  # no worker could even begin
    },
    RunStatus.RUNNING: {
        RunStatus.RUNNING: by(ActorKind.SYSTEM),  # taken up again after its worker died
        RunStatus.READY: by(ActorKind.SYSTEM),
        RunStatus.FAILED: by(ActorKind.SYSTEM),
    },
    RunStatus.READY: {RunStatus.EXPIRED: by(ActorKind.SYSTEM)},
    RunStatus.FAILED: {RunStatus.QUEUED: by(ActorKind.STAFF)},
    RunStatus.EXPIRED: {},
}


class ReportRun(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("RPT")
    report = models.CharField(_("report"), max_length=40)
    parameters = models.JSONField(_("parameters"), default=dict)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices)
    status = models.CharField(
        _("status"), max_length=8, choices=RunStatus.choices, default=RunStatus.QUEUED
    )
    rows_done = models.PositiveIntegerField(_("rows"), default=0)
    rows_total = models.PositiveIntegerField(default=0)
    file = models.FileField(
        storage=private_storage, upload_to="reports/%Y/%m/", max_length=200, blank=True
    )
    sha256 = models.CharField(max_length=64, blank=True)
    # Over the rows alone, as lines of CSV: the same in every format.
    rows_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    failure = models.TextField(_("failure"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # What a schedule orders names the beat that it was ordered for: once, whoever sweeps.
    schedule = models.ForeignKey(
        "reports.ReportSchedule",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # `report_run_once_per_beat` begins with it.
        related_name="runs",
        verbose_name=_("report schedule"),
    )
    due_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            status_known("report_run_status_known", RunStatus),
            models.CheckConstraint(
                condition=~Q(status=RunStatus.READY) | (~Q(file="") & ~Q(sha256="")),
                name="report_run_ready_has_file",
            ),
            models.UniqueConstraint(
                fields=["schedule", "due_at"],
                condition=Q(schedule__isnull=False),
                name="report_run_once_per_beat",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_by", "-id"], name="report_run_by_person"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=RunStatus.READY),
                name="report_run_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Cadence(models.TextChoices):
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class ScheduleStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    DELETED = "deleted", _("Deleted")


SCHEDULE_TRANSITIONS: Transitions = {
    ScheduleStatus.ACTIVE: {
        ScheduleStatus.PAUSED: by(ActorKind.STAFF),
        ScheduleStatus.DELETED: by(ActorKind.STAFF),
    },
    ScheduleStatus.PAUSED: {
        ScheduleStatus.ACTIVE: by(ActorKind.STAFF),
        ScheduleStatus.DELETED: by(ActorKind.STAFF),
    },
    ScheduleStatus.DELETED: {},
}


class ReportSchedule(models.Model):
    """A report that orders itself, for the people who get the link to it.

    `parameters` are as they were asked, so that "last month" means another one at each beat.
    `day` is the weekday (1 is Monday) or the day of the month; one that a month does not have is
    its last. `hour` is Tanzanian.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("RSC")
    report = models.CharField(_("report"), max_length=40)
    parameters = models.JSONField(_("parameters"), default=dict)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices)
    cadence = models.CharField(_("how often"), max_length=8, choices=Cadence.choices)
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    hour = models.PositiveSmallIntegerField(_("hour"))
    status = models.CharField(
        _("status"),
        max_length=8,
        choices=ScheduleStatus.choices,
        default=ScheduleStatus.ACTIVE,
    )
    next_at = models.DateTimeField(_("next"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("report schedule")
        verbose_name_plural = _("report schedules")
        constraints = [
            status_known("report_schedule_status_known", ScheduleStatus),
            status_known("report_schedule_cadence_known", Cadence, field="cadence"),
            models.CheckConstraint(condition=Q(hour__lt=24), name="report_schedule_hour_of_a_day"),
            models.CheckConstraint(
                condition=Q(day__gte=1) & (Q(cadence=Cadence.MONTHLY, day__lte=31) | Q(day__lte=7)),
                name="report_schedule_day_exists",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(status=ScheduleStatus.ACTIVE),
                name="report_schedule_due",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class ScheduleRecipient(models.Model):
    """Somebody who gets the link, as long as they may see the report."""

    id = models.BigAutoField(primary_key=True)
    schedule = models.ForeignKey(
        ReportSchedule, on_delete=models.CASCADE, related_name="recipients"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.UniqueConstraint(fields=["schedule", "user"], name="schedule_recipient_once")
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.user_id}"
