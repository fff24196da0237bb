"""The tables of casework. A case's own row stays where it belongs; here stands who works on it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.casework.states import (
    HOURS_MAX,
    BulkStatus,
    MacroKind,
    QueueName,
    RowOutcome,
)
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7


class Work(models.Model):
    """Whose a case is, and until when it is put aside, for one stay in its queue (`entered_at`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    case_id = models.CharField(max_length=64)
    entered_at = models.DateTimeField()
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    assigned_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(_("put aside until"), null=True)
    snooze_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("work on a case")
        verbose_name_plural = _("work on cases")
        constraints = [
            models.UniqueConstraint(fields=["kind", "case_id"], name="work_once_per_case"),
            models.CheckConstraint(
                condition=Q(assignee=None, assigned_at=None)
                | Q(assignee__isnull=False, assigned_at__isnull=False),
                name="work_assigned_when_given",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until=None, snooze_reason="")
                | (Q(snoozed_until__isnull=False) & ~Q(snooze_reason="")),
                name="work_snoozed_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "kind"],
                condition=Q(assignee__isnull=False),
                name="work_by_assignee",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.case_id}"


class Note(models.Model):
    """What a colleague wrote on a case. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    case_id = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(max_length=4000)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="note_says_something")]
        indexes = [models.Index(fields=["kind", "case_id", "id"], name="note_by_case")]

    def __str__(self) -> str:
        return self.body[:60]


class Mention(models.Model):
    """A colleague who is named in a note, until they have looked at it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="mention_once_per_note")
        ]
        indexes = [
            models.Index(
                fields=["user", "-id"], condition=Q(seen_at=None), name="mention_unseen_by_user"
            ),
            models.Index(fields=["user", "-id"], name="mention_by_user"),
        ]

    def __str__(self) -> str:
        return str(self.note_id)


class SavedView(models.Model):
    """A queue's filters under a name: for its owner, or for all who see the queue."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    queue = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(_("shared"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "owner", "name"], name="view_once_per_owner_and_name"
            ),
            models.UniqueConstraint(
                fields=["queue", "name"],
                condition=Q(is_shared=True),
                name="view_shared_once_per_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Macro(models.Model):
    """A prepared answer in both languages; `macros.PLACEHOLDERS` are filled in when it is taken."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(
        _("offered for"),
        max_length=12,
        choices=MacroKind.choices,
        default=MacroKind.DISPUTES,
        db_default=MacroKind.DISPUTES.value,
    )
    # Within the kind: a reason of disputes, or a decision; "" suits every one.
    reason = models.CharField(_("suits"), max_length=20, blank=True)
    english = models.TextField(_("in English"), max_length=2000)
    swahili = models.TextField(_("in Swahili"), max_length=2000)
    is_active = models.BooleanField(_("offered"), default=True)
    times_used = models.PositiveIntegerField(_("used"), default=0)

    class Meta:
        verbose_name = _("prepared answer")
        verbose_name_plural = _("prepared answers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(english="") & ~Q(swahili=""), name="macro_in_both_languages"
            ),
            status_known("macro_kind_known", MacroKind, field="kind"),
        ]

    def __str__(self) -> str:
        return self.name

    def in_language(self, language: str) -> str:
        """English for whoever reads neither."""
        return self.swahili if language == "sw" else self.english


class QueueTime(models.Model):
    """How long a case may wait in a queue, where somebody set it."""

    queue = models.CharField(primary_key=True, max_length=20, choices=QueueName.choices)
    hours = models.PositiveIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("time of a queue")
        verbose_name_plural = _("times of queues")
        constraints = [
            status_known("queue_time_queue_known", QueueName, field="queue"),
            models.CheckConstraint(
                condition=Q(hours__gte=1) & Q(hours__lte=HOURS_MAX), name="queue_time_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.queue


class BulkRun(models.Model):
    """One decision about many rows: chosen, looked at, then made row by row by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("BLK")
    action = models.CharField(_("decision"), max_length=40)
    status = models.CharField(
        _("status"), max_length=9, choices=BulkStatus.choices, default=BulkStatus.DRAFT
    )
    # The list's address after the "?", as it was filtered when they were chosen.
    filters = models.CharField(max_length=500, blank=True)
    answers = models.JSONField(default=dict)
    # What a try of some rows, undone at once, found: {"tried": 100, "refused": [[name, why], …]}.
    trial = models.JSONField(default=dict)
    total = models.PositiveIntegerField(_("rows"))
    # Of the rows, where they have an amount; minor units of the default currency.
    sum_minor = models.BigIntegerField(null=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When whoever asked looked at the outcome.
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bulk decision")
        verbose_name_plural = _("bulk decisions")
        constraints = [
            status_known("bulk_run_status_known", BulkStatus),
            models.CheckConstraint(
                condition=Q(status__in=[BulkStatus.DRAFT, BulkStatus.RUNNING], finished_at=None)
                | (
                    Q(status__in=[BulkStatus.FINISHED, BulkStatus.CANCELLED])
                    & Q(finished_at__isnull=False)
                ),
                name="bulk_run_finished_when_over",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_by"],
                condition=Q(status=BulkStatus.FINISHED, seen_at=None),
                name="bulk_run_unseen",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class BulkRow(models.Model):
    """A row of a bulk decision and what came of it. Its outcome commits with the command's effect."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    thing_id = models.CharField(max_length=64)
    label = models.CharField(max_length=64)
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=RowOutcome.choices, default=RowOutcome.WAITING
    )
    said = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("row of a bulk decision")
        verbose_name_plural = _("rows of bulk decisions")
        constraints = [
            models.UniqueConstraint(fields=["run", "thing_id"], name="bulk_row_once_per_run"),
            status_known("bulk_row_outcome_known", RowOutcome, field="outcome"),
        ]
        indexes = [models.Index(fields=["run", "outcome", "id"], name="bulk_row_by_outcome")]

    def __str__(self) -> str:
        return self.label
