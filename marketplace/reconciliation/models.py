"""Provider statements, their lines, matches and exceptions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.reconciliation.states import (
    ExceptionKind,
    ExceptionStatus,
    LineKind,
    LineState,
    MatchRule,
    Resolution,
    StatementStatus,
    SuggestionStatus,
    TargetKind,
)
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY
from marketplace.shared.storage import private_storage


class Statement(models.Model):
    """A file as the provider gave it; the same bytes are taken once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("STM")
    provider = models.CharField(_("provider"), max_length=10)
    account = models.CharField(_("account"), max_length=40, blank=True)
    file = models.FileField(
        _("file"), storage=private_storage, upload_to="statements/%Y/%m/", max_length=200
    )
    original_name = models.CharField(_("file name"), max_length=200)
    # Where a watched folder holds the file, until it is put away.
    dropped_as = models.CharField(max_length=300, blank=True, default="", db_default="")
    # The provider was asked for it; nobody brought it.
    is_fetched = models.BooleanField(_("fetched"), default=False, db_default=False)
    sha256 = models.CharField(max_length=64, unique=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=StatementStatus.choices,
        default=StatementStatus.UPLOADED,
    )
    refusal = models.CharField(_("refusal"), max_length=500, blank=True)
    period_start = models.DateTimeField(_("from"), null=True, blank=True)
    period_end = models.DateTimeField(_("until"), null=True, blank=True)
    opening_minor = models.BigIntegerField(_("opening balance"), null=True, blank=True)
    closing_minor = models.BigIntegerField(_("closing balance"), null=True, blank=True)
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    lines_total = models.PositiveIntegerField(_("lines"), default=0)
    lines_duplicate = models.PositiveIntegerField(_("lines seen before"), default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded"))
    imported_at = models.DateTimeField(_("imported"), null=True, blank=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [status_known("statement_status_known", StatementStatus)]
        indexes = [
            models.Index(fields=["provider", "-period_end"], name="statement_by_period"),
            models.Index(
                fields=["dropped_as"], condition=~Q(dropped_as=""), name="statement_dropped"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class StatementLine(models.Model):
    """One movement of the provider's wallet; overlapping files bring it once (`dedupe_key`)."""

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    provider = models.CharField(_("provider"), max_length=10)
    dedupe_key = models.CharField(max_length=120)
    line_number = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind.choices)
    receipt = models.CharField(_("receipt"), max_length=40, blank=True, db_collation="C")
    linked_receipt = models.CharField(max_length=40, blank=True, db_collation="C")
    third_party_id = models.CharField(max_length=64, blank=True, db_collation="C")
    counterparty = models.CharField(_("counterparty"), max_length=40, blank=True)
    completed_at = models.DateTimeField(_("completed"))
    amount_minor = models.BigIntegerField(_("amount"))
    balance_minor = models.BigIntegerField(_("balance"), null=True, blank=True)
    details = models.CharField(_("details"), max_length=300, blank=True)
    raw = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=10, choices=LineState.choices, default=LineState.UNMATCHED
    )

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        constraints = [
            status_known("statement_line_state_known", LineState, field="state"),
            models.UniqueConstraint(fields=["provider", "dedupe_key"], name="statement_line_once"),
        ]
        indexes = [
            models.Index(fields=["provider", "completed_at", "id"], name="statement_line_by_time"),
            models.Index(fields=["provider", "receipt"], name="statement_line_by_receipt"),
            models.Index(
                fields=["provider", "id"],
                condition=Q(state=LineState.UNMATCHED),
                name="statement_line_to_match",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt or str(self.pk)


class Suggestion(models.Model):
    """Lines that may stand for movements of ours, one or several on either side; for a person to judge.

    `fingerprint` names the lines and the movements: what was suggested once is not suggested again,
    whatever became of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("SUG")
    provider = models.CharField(_("provider"), max_length=10)
    fingerprint = models.CharField(max_length=64, unique=True)
    rule = models.CharField(_("rule"), max_length=40, choices=MatchRule.choices)
    score = models.PositiveSmallIntegerField(_("score"))
    explanation = models.CharField(_("explanation"), max_length=300)
    # Another suggestion names one of the lines or movements too.
    is_ambiguous = models.BooleanField(_("ambiguous"), default=False, db_default=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=SuggestionStatus.choices,
        default=SuggestionStatus.PROPOSED,
    )
    suggested_at = models.DateTimeField(_("suggested"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("suggested match")
        verbose_name_plural = _("suggested matches")
        constraints = [
            status_known("suggestion_status_known", SuggestionStatus),
            models.CheckConstraint(condition=Q(score__lte=100), name="suggestion_score_is_percent"),
        ]
        indexes = [models.Index(fields=["status", "suggested_at"], name="suggestion_queue")]

    def __str__(self) -> str:
        return self.reference


class SuggestionLine(models.Model):
    """One line of a suggestion."""

    id = models.BigAutoField(primary_key=True)
    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="suggestions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "line"], name="suggestion_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.line_id}"


class SuggestionTarget(models.Model):
    """One movement of ours in a suggestion; `is_held` where it was confirmed as part of a sum."""

    id = models.BigAutoField(primary_key=True)
    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="targets")
    target_kind = models.CharField(_("kind"), max_length=10, choices=TargetKind.choices)
    target_reference = models.CharField(_("ours"), max_length=40, db_collation="C")
    amount_minor = models.BigIntegerField(_("amount"))
    settled_at = models.DateTimeField(_("settled"))
    is_held = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            status_known("suggestion_target_known", TargetKind, field="target_kind"),
            models.UniqueConstraint(
                fields=["suggestion", "target_kind", "target_reference"],
                name="suggestion_target_once",
            ),
            models.UniqueConstraint(
                fields=["target_kind", "target_reference"],
                condition=Q(is_held=True),
                name="suggestion_target_held_once",
            ),
        ]
        indexes = [
            models.Index(fields=["target_reference"], name="suggestion_by_target"),
        ]

    def __str__(self) -> str:
        return self.target_reference


class Match(models.Model):
    """A line and what it stands for, with the rule that found it and why.

    Where lines and movements match by their sums only, `target_reference` is empty and the confirmed
    `suggestion` names the movements.
    """

    id = models.BigAutoField(primary_key=True)
    line = models.OneToOneField(StatementLine, on_delete=models.PROTECT, related_name="match")
    target_kind = models.CharField(_("kind"), max_length=10, choices=TargetKind.choices)
    target_reference = models.CharField(_("ours"), max_length=40, blank=True, db_collation="C")
    rule = models.CharField(_("rule"), max_length=40, choices=MatchRule.choices)
    score = models.SmallIntegerField(_("score"), default=100, db_default=100)
    explanation = models.CharField(_("explanation"), max_length=300)
    suggestion = models.ForeignKey(
        Suggestion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="matches",
        db_index=False,
    )
    matched_at = models.DateTimeField(_("matched"))
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            status_known("match_target_known", TargetKind, field="target_kind"),
            models.UniqueConstraint(
                fields=["target_kind", "target_reference"],
                condition=~Q(target_reference=""),
                name="match_target_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["suggestion"],
                condition=Q(suggestion__isnull=False),
                name="match_by_suggestion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.target_reference}"


class ReconciliationException(models.Model):
    """A difference that a person must explain."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("EXC")
    provider = models.CharField(_("provider"), max_length=10)
    kind = models.CharField(_("kind"), max_length=22, choices=ExceptionKind.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=ExceptionStatus.choices, default=ExceptionStatus.OPEN
    )
    line = models.ForeignKey(
        StatementLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # `exception_by_line` serves.
        related_name="exceptions",
        verbose_name=_("statement line"),
    )
    target_kind = models.CharField(
        _("our side"), max_length=10, choices=TargetKind.choices, blank=True
    )
    target_reference = models.CharField(
        _("our reference"), max_length=40, blank=True, db_collation="C"
    )
    expected_minor = models.BigIntegerField(_("expected"), null=True, blank=True)
    actual_minor = models.BigIntegerField(_("found"), null=True, blank=True)
    explanation = models.CharField(_("explanation"), max_length=300)
    # What the explanation is made of, for readers of another language.
    finding = models.JSONField(default=dict, db_default={})
    happened_at = models.DateTimeField(_("happened"))
    opened_at = models.DateTimeField(_("opened"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
        db_index=False,
    )
    resolution = models.CharField(
        _("resolution"), max_length=16, choices=Resolution.choices, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("reconciliation exception")
        verbose_name_plural = _("reconciliation exceptions")
        constraints = [
            status_known("exception_status_known", ExceptionStatus),
            status_known("exception_kind_known", ExceptionKind, field="kind"),
            models.UniqueConstraint(
                fields=["kind", "line"],
                condition=Q(line__isnull=False),
                name="exception_once_per_line",
            ),
            models.UniqueConstraint(
                fields=["kind", "target_kind", "target_reference"],
                condition=Q(line=None, status=ExceptionStatus.OPEN),
                name="exception_once_per_target",
            ),
            models.CheckConstraint(
                condition=Q(status=ExceptionStatus.OPEN)
                | (~Q(resolution="") & ~Q(reason="") & Q(resolved_at__isnull=False)),
                name="exception_resolved_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "opened_at"], name="exception_queue"),
            # With the key, so that the latest of a line needs no sorting.
            models.Index(
                fields=["line", "id"], condition=Q(line__isnull=False), name="exception_by_line"
            ),
            models.Index(
                fields=["target_reference"],
                condition=~Q(target_reference=""),
                name="exception_by_target",
            ),
            models.Index(
                fields=["assignee", "opened_at"],
                condition=Q(assignee__isnull=False, status=ExceptionStatus.OPEN),
                name="exception_by_assignee",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def difference_minor(self) -> int:
        """The provider's wallet minus our books, in minor units."""
        return (self.actual_minor or 0) - (self.expected_minor or 0)


class ExceptionNote(models.Model):
    """What a colleague found out. Written once; the database refuses to change or delete it."""

    id = models.BigAutoField(primary_key=True)
    exception = models.ForeignKey(
        ReconciliationException, on_delete=models.PROTECT, related_name="notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
        db_index=False,
    )
    body = models.TextField(_("note"), max_length=2000)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="exception_note_says_something")
        ]

    def __str__(self) -> str:
        return self.body[:60]
