"""One order for a report: its parameters, its progress and its file."""

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
    RunStatus.QUEUED: {RunStatus.RUNNING: by(ActorKind.SYSTEM)},
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
