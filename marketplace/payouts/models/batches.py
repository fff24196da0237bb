"""Payout batches and the payouts in them, the daily run, and what makes it pause."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.payouts.states import OPEN_PAYOUT, BatchStatus, PayoutStatus, TakenBackBy
from marketplace.shared.constraints import not_negative, positive, status_known, whole_shillings
from marketplace.shared.fields import EncryptedTextField, reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY


class PayoutBatch(models.Model):
    """Payouts that one person prepared and another must approve.

    What the daily run prepared has no author until a person has looked at it and taken it on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("PB")
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=BatchStatus.choices,
        default=BatchStatus.AWAITING_APPROVAL,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prepared by"),
    )
    is_scheduled = models.BooleanField(_("by the daily run"), default=False, db_default=False)
    # The batch whose failures this one pays again.
    retry_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="retries",
        verbose_name=_("retry of"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision_reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("prepared"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        constraints = [
            status_known("payout_batch_status_known", BatchStatus),
            # Four eyes, whoever writes the row. A rejection may come from its author.
            models.CheckConstraint(
                condition=Q(status__in=[BatchStatus.AWAITING_APPROVAL, BatchStatus.REJECTED])
                | (
                    Q(created_by__isnull=False)
                    & Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("created_by"))
                ),
                name="payout_batch_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="payout_batch_by_status")]

    def __str__(self) -> str:
        return self.reference


class Payout(models.Model):
    """What one seller gets from a batch, to the wallet as it was when the batch was prepared."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("PO")
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="+", verbose_name=_("seller")
    )
    amount_minor = models.BigIntegerField(_("amount"))
    # What was approved and then taken back of its lines before it was sent; not in the amount.
    taken_back_minor = models.BigIntegerField(_("taken back"), default=0, db_default=0)
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    provider = models.CharField(_("provider"), max_length=20)
    msisdn = EncryptedTextField(_("payout number"))
    wallet_name = models.CharField(_("name on the wallet"), max_length=120)
    status = models.CharField(
        _("status"), max_length=10, choices=PayoutStatus.choices, default=PayoutStatus.PLANNED
    )
    conversation_id = models.CharField(max_length=64, blank=True)
    receipt = models.CharField(_("provider receipt"), max_length=40, blank=True)
    provider_code = models.CharField(_("provider code"), max_length=40, blank=True)
    provider_message = models.CharField(_("provider message"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    return_reason = models.CharField(
        _("why it came back"), max_length=300, blank=True, default="", db_default=""
    )
    enquiries = models.PositiveIntegerField(default=0)
    next_enquiry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            status_known("payout_status_known", PayoutStatus),
            positive("payout_amount_positive", "amount_minor"),
            whole_shillings("payout_amount_whole_shillings", "amount_minor"),
            not_negative("payout_taken_back_not_negative", "taken_back_minor"),
            models.UniqueConstraint(fields=["batch", "seller"], name="payout_once_per_batch"),
            models.UniqueConstraint(
                fields=["seller"],
                condition=Q(status__in=OPEN_PAYOUT),
                name="payout_one_open_per_seller",
            ),
            models.UniqueConstraint(
                fields=["provider", "receipt"], condition=~Q(receipt=""), name="payout_receipt_once"
            ),
            models.CheckConstraint(
                condition=~Q(status=PayoutStatus.RETURNED)
                | (Q(returned_at__isnull=False) & ~Q(return_reason="")),
                name="payout_returned_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="payout_by_seller"),
            models.Index(
                fields=["next_enquiry_at"],
                condition=Q(next_enquiry_at__isnull=False),
                name="payout_to_look_at",
            ),
            models.Index(
                fields=["provider", "settled_at"],
                condition=Q(status=PayoutStatus.PAID),
                name="payout_by_settlement",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def approved_minor(self) -> int:
        """What was planned, and what two people approved."""
        return self.amount_minor + self.taken_back_minor


class PayoutLine(models.Model):
    """What a payout takes from one seller order's available balance; a clawback is negative.

    What was taken back before the payout was sent stands beside the amount, which may be nought then.
    """

    id = models.BigAutoField(primary_key=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    seller_order_reference = models.CharField(_("seller order"), max_length=20, db_collation="C")
    amount_minor = models.BigIntegerField(_("amount"))
    taken_back_minor = models.BigIntegerField(_("taken back"), default=0, db_default=0)
    taken_back_by = models.CharField(
        _("why"), max_length=10, choices=TakenBackBy.choices, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("payout line")
        verbose_name_plural = _("payout lines")
        constraints = [
            models.UniqueConstraint(
                fields=["payout", "seller_order_reference"], name="payout_line_once"
            ),
            models.CheckConstraint(
                condition=~Q(amount_minor=0) | Q(taken_back_minor__gt=0),
                name="payout_line_not_zero",
            ),
            # Only what would have been paid can be taken back, and it is told why.
            models.CheckConstraint(
                condition=Q(taken_back_minor=0, taken_back_by="")
                | Q(
                    taken_back_minor__gt=0,
                    taken_back_by__in=TakenBackBy.values,
                    amount_minor__gte=0,
                ),
                name="payout_line_taken_back_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_order_reference} {self.amount_minor}"

    @property
    def approved_minor(self) -> int:
        return self.amount_minor + self.taken_back_minor


class PayoutRun(models.Model):
    """The run of one day: who was due, and the batch that it prepared. One a day, whoever asks."""

    day = models.DateField(_("day"), primary_key=True)
    ran_at = models.DateTimeField(_("ran"))
    sellers_due = models.PositiveIntegerField(_("sellers due"))
    batch = models.OneToOneField(
        PayoutBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("payout run")
        verbose_name_plural = _("payout runs")

    def __str__(self) -> str:
        return str(self.day)


class PayoutPause(models.Model):
    """A provider through which no payout leaves until a person says so: its float is empty."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(_("provider"), max_length=20)
    code = models.CharField(_("provider code"), max_length=40)
    message = models.CharField(_("provider message"), max_length=300, blank=True)
    paused_at = models.DateTimeField(_("since"))
    resumed_at = models.DateTimeField(_("resumed"), null=True, blank=True)
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resumed by"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("pause of payouts")
        verbose_name_plural = _("pauses of payouts")
        constraints = [
            models.UniqueConstraint(
                fields=["provider"],
                condition=Q(resumed_at__isnull=True),
                name="payout_pause_once_per_provider",
            ),
            models.CheckConstraint(
                condition=Q(resumed_at__isnull=True)
                | (Q(resumed_by__isnull=False) & ~Q(reason="")),
                name="payout_pause_ended_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.code}"
