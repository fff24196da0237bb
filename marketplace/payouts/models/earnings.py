"""A seller order's money on its way, the holds that stop it, and the part kept in reserve."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.payouts.states import EarningStatus, HoldKind
from marketplace.shared.constraints import positive, status_known, whole_shillings
from marketplace.shared.ids import uuid7


class Earning(models.Model):
    """One seller order's way to its seller's wallet, and the answer to 'when do I get my money?'"""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seller_order = models.OneToOneField(
        "orders.SellerOrder", on_delete=models.PROTECT, related_name="+"
    )
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    net_minor = models.BigIntegerField(_("net"))
    status = models.CharField(
        _("status"), max_length=10, choices=EarningStatus.choices, default=EarningStatus.PENDING
    )
    earned_at = models.DateTimeField(_("earned"))
    # Known once the parcel is delivered: delivery + RuleName.HOLD.
    release_at = models.DateTimeField(_("available from"), null=True, blank=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    payout = models.ForeignKey(
        "payouts.Payout", on_delete=models.PROTECT, null=True, blank=True, related_name="earnings"
    )

    class Meta:
        verbose_name = _("earning")
        verbose_name_plural = _("earnings")
        constraints = [
            status_known("earning_status_known", EarningStatus),
            models.CheckConstraint(
                condition=~Q(status=EarningStatus.PAID) | Q(payout__isnull=False),
                name="earning_paid_by_payout",
            ),
        ]
        indexes = [
            models.Index(
                fields=["release_at"],
                condition=Q(status=EarningStatus.PENDING),
                name="earning_to_release",
            ),
            models.Index(fields=["seller", "status"], name="earning_by_seller"),
        ]

    def __str__(self) -> str:
        return str(self.seller_order)


class Hold(models.Model):
    """One reason why money is frozen: of one earning, or (without one) of all that a seller has.

    Several may be open at once; the money goes on when none is. `subject` is what it is about,
    such as a dispute's reference.
    """

    id = models.BigAutoField(primary_key=True)
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    earning = models.ForeignKey(
        Earning, on_delete=models.PROTECT, null=True, blank=True, related_name="holds"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=HoldKind.choices)
    subject = models.CharField(
        _("about"), max_length=20, blank=True, default="", db_default="", db_collation="C"
    )
    reason = models.CharField(_("reason"), max_length=300)
    opened_at = models.DateTimeField(_("since"))
    opened_by = models.CharField(_("set by"), max_length=120)
    freed_at = models.DateTimeField(_("freed"), null=True, blank=True)
    freed_by = models.CharField(
        _("freed by"), max_length=120, blank=True, default="", db_default=""
    )
    freed_reason = models.CharField(
        _("why it was freed"), max_length=300, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            status_known("hold_kind_known", HoldKind, field="kind"),
            models.UniqueConstraint(
                fields=["earning", "kind", "subject"],
                condition=Q(freed_at__isnull=True, earning__isnull=False),
                name="hold_open_once_per_earning",
            ),
            models.UniqueConstraint(
                fields=["seller", "kind"],
                condition=Q(freed_at__isnull=True, earning__isnull=True),
                name="hold_open_once_per_seller",
            ),
            models.CheckConstraint(
                condition=~Q(kind=HoldKind.DISPUTE) | Q(earning__isnull=False),
                name="hold_of_dispute_is_of_an_earning",
            ),
            models.CheckConstraint(
                condition=~Q(kind=HoldKind.KYC_EXPIRED) | Q(earning__isnull=True),
                name="hold_of_documents_is_of_a_seller",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller"], condition=Q(freed_at__isnull=True), name="hold_open_by_seller"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}".strip()


class Reserve(models.Model):
    """The part of a released earning that stays on hold for a while longer, by the seller's tier.

    A refund that finds the earning paid out takes from it first: `left_minor` is what remains.
    """

    id = models.BigAutoField(primary_key=True)
    earning = models.OneToOneField(Earning, on_delete=models.PROTECT, related_name="reserve")
    amount_minor = models.BigIntegerField(_("amount"))
    left_minor = models.BigIntegerField(_("left"))
    basis_points = models.PositiveIntegerField(_("share in basis points"))
    release_at = models.DateTimeField(_("available from"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        verbose_name = _("reserve")
        verbose_name_plural = _("reserves")
        constraints = [
            positive("reserve_amount_positive", "amount_minor"),
            whole_shillings("reserve_whole_shillings", "amount_minor"),
            models.CheckConstraint(
                condition=Q(left_minor__gte=0, left_minor__lte=F("amount_minor")),
                name="reserve_left_within_amount",
            ),
        ]
        indexes = [
            models.Index(
                fields=["release_at"],
                condition=Q(released_at__isnull=True),
                name="reserve_to_release",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earning_id} {self.left_minor}"
