"""Our own money in the providers' wallets."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.payouts.states import TopUpStatus
from marketplace.shared.constraints import positive, status_known, whole_shillings
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY


class TopUp(models.Model):
    """A transfer from our bank into a provider's wallet, so that it can pay refunds and payouts.

    One person asks for it, another lets it go. `bank_reference` is what our bank calls the transfer;
    each is booked once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("TOP")
    provider = models.CharField(_("provider"), max_length=20)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    bank_reference = models.CharField(_("reference at the bank"), max_length=40)
    reason = models.CharField(_("reason"), max_length=300)
    status = models.CharField(
        _("status"), max_length=10, choices=TopUpStatus.choices, default=TopUpStatus.PROPOSED
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("top-up of a wallet")
        verbose_name_plural = _("top-ups of wallets")
        constraints = [
            status_known("top_up_status_known", TopUpStatus),
            positive("top_up_positive", "amount_minor"),
            whole_shillings("top_up_whole_shillings", "amount_minor"),
            # Four eyes, whoever writes the row. A rejection may come from its author.
            models.CheckConstraint(
                condition=~Q(status=TopUpStatus.APPROVED)
                | (
                    Q(decided_by__isnull=False)
                    & Q(decided_at__isnull=False)
                    & ~Q(decided_by=F("requested_by"))
                ),
                name="top_up_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["bank_reference"],
                condition=~Q(status=TopUpStatus.REJECTED),
                name="top_up_once_per_transfer",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="top_up_by_status"),
            models.Index(fields=["provider", "decided_at"], name="top_up_by_decision"),
        ]

    def __str__(self) -> str:
        return self.reference
