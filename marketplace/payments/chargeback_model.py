"""Money that a provider took back although the goods had left: in dispute until somebody bears it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.payments.states import ChargebackStatus
from marketplace.shared.constraints import not_negative, positive, status_known
from marketplace.shared.ids import uuid7


class Chargeback(models.Model):
    """One seller order's share of a payment that was taken back; its money is nobody's loss yet.

    The shares are what had not been refunded at that moment, and never change.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    attempt = models.ForeignKey(
        "payments.Attempt", on_delete=models.PROTECT, related_name="chargebacks"
    )
    seller_order = models.OneToOneField(
        "orders.SellerOrder", on_delete=models.PROTECT, related_name="+"
    )
    amount_minor = models.BigIntegerField(_("amount"))
    seller_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    commission_vat_minor = models.BigIntegerField()
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=ChargebackStatus.choices,
        default=ChargebackStatus.OPEN,
    )
    # The reconciliation exception by which the money that was won back came to suspense.
    won_by = models.CharField(_("came back as"), max_length=20, blank=True, default="")
    taken_at = models.DateTimeField(_("taken back"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("chargeback")
        verbose_name_plural = _("chargebacks")
        constraints = [
            status_known("chargeback_status_known", ChargebackStatus),
            positive("chargeback_amount_positive", "amount_minor"),
            not_negative(
                "chargeback_shares_not_negative",
                "seller_minor",
                "commission_minor",
                "commission_vat_minor",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor=models.F("seller_minor")
                    + models.F("commission_minor")
                    + models.F("commission_vat_minor")
                ),
                name="chargeback_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(status=ChargebackStatus.OPEN, settled_at=None)
                | (~Q(status=ChargebackStatus.OPEN) & Q(settled_at__isnull=False)),
                name="chargeback_settled_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(won_by="") | Q(status=ChargebackStatus.WON),
                name="chargeback_won_came_back",
            ),
        ]
        indexes = [
            models.Index(
                fields=["taken_at"],
                condition=Q(status=ChargebackStatus.OPEN),
                name="chargeback_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.seller_order_id}"
