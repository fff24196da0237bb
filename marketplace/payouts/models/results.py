"""Result files: what a provider's or bank's bulk portal says became of payouts, row by row."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.payouts.states import ResultFileStatus, Verdict
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7


class ResultFile(models.Model):
    """A file as it was uploaded; the same bytes are taken once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("PRF")
    original_name = models.CharField(_("file name"), max_length=120)
    sha256 = models.CharField(max_length=64, unique=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ResultFileStatus.choices,
        default=ResultFileStatus.UPLOADED,
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout result file")
        verbose_name_plural = _("payout result files")
        constraints = [status_known("result_file_status_known", ResultFileStatus)]

    def __str__(self) -> str:
        return self.reference


class ResultRow(models.Model):
    """One row: what the file says, and what we made of it."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(ResultFile, on_delete=models.PROTECT, related_name="rows")
    line_number = models.PositiveIntegerField(_("line"))
    reference = models.CharField(_("payout"), max_length=40, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    receipt = models.CharField(_("receipt"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    verdict = models.CharField(
        _("verdict"), max_length=20, choices=Verdict.choices, default=Verdict.WAITING
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("row of a result file")
        verbose_name_plural = _("rows of result files")
        constraints = [
            status_known("result_row_verdict_known", Verdict, field="verdict"),
            models.UniqueConstraint(fields=["file", "line_number"], name="result_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_number}: {self.reference}"
