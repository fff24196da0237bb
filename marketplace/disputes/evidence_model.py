"""What the sides show: evidence, which nothing changes any more, and what they only prepare so far."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.disputes.states import EvidenceKind, EvidenceNumber, Party
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.storage import private_storage


class _Shown(models.Model):
    """A file, a number, or a number with a picture of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    party = models.CharField(_("party"), max_length=8, choices=Party.choices)
    kind = models.CharField(
        _("shows"),
        max_length=10,
        choices=EvidenceKind.choices,
        default=EvidenceKind.OTHER,
        db_default=EvidenceKind.OTHER.value,
    )
    number_kind = models.CharField(
        max_length=16, choices=EvidenceNumber.choices, blank=True, default="", db_default=""
    )
    number = models.CharField(_("number"), max_length=60, blank=True, default="", db_default="")
    file = models.FileField(
        _("file"), storage=private_storage, upload_to="evidence/%Y/%m/", max_length=200, blank=True
    )
    original_name = models.CharField(_("file name"), max_length=200, blank=True)
    content_type = models.CharField(max_length=80, blank=True)
    size_bytes = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or self.original_name


def _rules(prefix: str) -> list[Any]:
    """What holds of everything that is shown: it is something, of a known kind, and the same file once."""
    return [
        status_known(f"{prefix}_kind_known", EvidenceKind, field="kind"),
        models.CheckConstraint(
            condition=Q(number="", number_kind="")
            | (Q(number_kind__in=EvidenceNumber.values) & ~Q(number="")),
            name=f"{prefix}_number_has_its_kind",
        ),
        models.CheckConstraint(
            condition=~Q(file="") | ~Q(number=""), name=f"{prefix}_shows_something"
        ),
        models.UniqueConstraint(
            fields=["dispute", "party", "sha256"],
            condition=~Q(sha256=""),
            name=f"{prefix}_once_per_side",
        ),
    ]


class Evidence(_Shown):
    """Shown in the case for both sides and for us; a trigger keeps it as it was shown."""

    dispute = models.ForeignKey(
        "disputes.Dispute", on_delete=models.PROTECT, related_name="evidence"
    )
    # A side told us the number, such as on the phone: `uploaded_by` wrote it down for `party`.
    is_taken_down = models.BooleanField(_("written down by us"), default=False, db_default=False)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            *_rules("evidence"),
            models.CheckConstraint(
                condition=Q(is_taken_down=False)
                | (Q(party__in=[Party.BUYER, Party.SELLER]) & ~Q(number="")),
                name="evidence_taken_down_for_a_side",
            ),
        ]


class StagedEvidence(_Shown):
    """Prepared by a side, which alone sees it, until it submits all that it has prepared."""

    reference = reference_field("EVD")
    dispute = models.ForeignKey("disputes.Dispute", on_delete=models.PROTECT, related_name="staged")

    class Meta:
        verbose_name = _("prepared evidence")
        verbose_name_plural = _("prepared evidence")
        constraints = [
            *_rules("staged"),
            models.CheckConstraint(
                condition=Q(party__in=[Party.BUYER, Party.SELLER]), name="staged_by_a_side"
            ),
        ]
