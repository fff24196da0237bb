"""A case that the side which lost had opened once more: decided by another person than before."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.disputes.states import AppealStatus, DisputeOutcome, Fault, Party
from marketplace.shared.constraints import not_negative, status_known
from marketplace.shared.ids import uuid7


class Appeal(models.Model):
    """A decided case, looked at once more by another person; once per case, whichever side asks.

    `first_…` is the decision against which it is, the others what became of it. Minor units.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.OneToOneField(
        "disputes.Dispute", on_delete=models.PROTECT, related_name="appeal"
    )
    party = models.CharField(_("party"), max_length=8, choices=Party.choices)
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    appealed_at = models.DateTimeField(_("appealed"))
    reason = models.TextField(_("reason"), max_length=4000)
    status = models.CharField(
        _("status"), max_length=10, choices=AppealStatus.choices, default=AppealStatus.OPEN
    )
    first_outcome = models.CharField(max_length=16, choices=DisputeOutcome.choices)
    first_fault = models.CharField(max_length=12, choices=Fault.choices, blank=True)
    first_refunded_minor = models.BigIntegerField(default=0)
    first_note = models.TextField(max_length=2000, blank=True)
    first_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("first decided by"),
    )
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=DisputeOutcome.choices, blank=True
    )
    fault = models.CharField(_("at fault"), max_length=12, choices=Fault.choices, blank=True)
    refunded_minor = models.BigIntegerField(default=0)
    # What goes to the buyer beyond the first refund, and by which refund.
    extra_minor = models.BigIntegerField(default=0)
    refund_reference = models.CharField(max_length=20, blank=True)
    # What of the first refund the buyer keeps although the decision gives less: our cost.
    kept_minor = models.BigIntegerField(default=0)
    # What of the first refund each bears now; the rest of it is our goodwill.
    seller_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField(default=0)
    commission_vat_minor = models.BigIntegerField(default=0)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            status_known("appeal_status_known", AppealStatus),
            models.CheckConstraint(
                condition=Q(party__in=[Party.BUYER, Party.SELLER]), name="appeal_by_a_side"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(first_decided_by=None)
                | ~Q(decided_by=F("first_decided_by")),
                name="appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (Q(decided_by__isnull=False) & ~Q(approved_by=F("decided_by"))),
                name="appeal_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[AppealStatus.OPEN, AppealStatus.DROPPED], decided_by=None)
                | (
                    ~Q(status__in=[AppealStatus.OPEN, AppealStatus.DROPPED])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(outcome="")
                ),
                name="appeal_decided_says_by_whom",
            ),
            not_negative(
                "appeal_amounts_not_negative",
                "extra_minor",
                "kept_minor",
                "seller_minor",
                "commission_minor",
                "commission_vat_minor",
            ),
            models.CheckConstraint(
                condition=Q(extra_minor=0) | Q(kept_minor=0), name="appeal_gives_or_leaves"
            ),
        ]

    def __str__(self) -> str:
        return str(self.dispute_id)
