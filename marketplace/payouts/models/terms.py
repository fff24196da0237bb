"""How a seller is paid: how often, from how much, with which reserve, and whether to that wallet."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.payouts.states import (
    DAYS_MAX,
    SHARE_MAX,
    Frequency,
    RiskTier,
    WalletCheckStatus,
)
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import EncryptedTextField, reference_field
from marketplace.shared.four_eyes import (
    RequestStatus,
    TwoPersonRequest,
    asked_once,
    decided_by_another,
    says_why,
)
from marketplace.shared.ids import uuid7


class ReserveRule(models.Model):
    """What sellers of a tier leave in reserve: a share of each earning, for some days."""

    tier = models.CharField(_("tier"), max_length=10, choices=RiskTier.choices, primary_key=True)
    basis_points = models.PositiveIntegerField(
        _("share in basis points"), validators=[MaxValueValidator(SHARE_MAX)]
    )
    days = models.PositiveIntegerField(_("days"), validators=[MaxValueValidator(DAYS_MAX)])

    class Meta:
        verbose_name = _("reserve rule")
        verbose_name_plural = _("reserve rules")
        constraints = [
            status_known("reserve_rule_tier_known", RiskTier, field="tier"),
            models.CheckConstraint(
                condition=Q(basis_points__lte=SHARE_MAX, days__lte=DAYS_MAX),
                name="reserve_rule_within_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.get_tier_display()


class PayoutTerms(models.Model):
    """What was agreed with one seller; whoever has no row has `settings`' terms."""

    seller = models.OneToOneField(
        "sellers.Seller", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    tier = models.CharField(
        _("tier"), max_length=10, choices=RiskTier.choices, default=RiskTier.STANDARD
    )
    frequency = models.CharField(
        _("paid"), max_length=10, choices=Frequency.choices, default=Frequency.WEEKLY
    )
    # ISO: Monday is 1. Day of the month at most 28, so that every month has it.
    weekday = models.PositiveSmallIntegerField(_("weekday"), default=1)
    month_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    minimum_minor = models.BigIntegerField(_("minimum"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("payout terms")
        verbose_name_plural = _("payout terms")
        constraints = [
            status_known("payout_terms_tier_known", RiskTier, field="tier"),
            status_known("payout_terms_frequency_known", Frequency, field="frequency"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), month_day__range=(1, 28)),
                name="payout_terms_day_exists",
            ),
            models.CheckConstraint(
                condition=Q(minimum_minor__isnull=True) | Q(minimum_minor__gt=0),
                name="payout_terms_minimum_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.frequency}"


class TermsRequest(TwoPersonRequest):
    """Somebody wants other terms for one seller, or another reserve for one tier of risk."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("PTC")
    seller = models.ForeignKey(
        "sellers.Seller",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seller"),
    )
    tier = models.ForeignKey(
        ReserveRule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tier"),
    )
    # What held when it was asked for, and what is to hold: by the columns of the terms, or of the reserve.
    before = models.JSONField(_("before"))
    after = models.JSONField(_("afterwards"))

    class Meta:
        verbose_name = _("change of payout terms")
        verbose_name_plural = _("changes of payout terms")
        constraints = [
            status_known("terms_request_status_known", RequestStatus),
            asked_once("terms_request_seller_waits_once", "seller"),
            asked_once("terms_request_tier_waits_once", "tier"),
            says_why("terms_request_says_why"),
            decided_by_another("terms_request_decided_by_another", "withdrawn"),
            models.CheckConstraint(
                condition=Q(seller__isnull=True, tier__isnull=False)
                | Q(seller__isnull=False, tier__isnull=True),
                name="terms_request_about_one",
            ),
            models.CheckConstraint(
                condition=~Q(after=F("before")), name="terms_request_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def about(self) -> Any:
        """The seller, or the tier's rule."""
        return self.seller if self.seller_id is not None else self.tier


class WalletCheck(models.Model):
    """Whether the provider knows a seller's payout number under the name that the seller gave.

    One per wallet that a seller has had; `is_current` is of the wallet that they have.
    """

    id = models.BigAutoField(primary_key=True)
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="+", verbose_name=_("seller")
    )
    provider = models.CharField(_("provider"), max_length=20)
    msisdn = EncryptedTextField(_("payout number"))
    name = models.CharField(_("name that the seller gave"), max_length=120)
    holder_name = models.CharField(_("name at the provider"), max_length=120, blank=True)
    status = models.CharField(
        _("status"),
        max_length=14,
        choices=WalletCheckStatus.choices,
        default=WalletCheckStatus.WAITING,
    )
    is_current = models.BooleanField(default=True)
    opened_at = models.DateTimeField(_("since"))
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
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
        verbose_name = _("wallet check")
        verbose_name_plural = _("wallet checks")
        constraints = [
            status_known("wallet_check_status_known", WalletCheckStatus),
            models.UniqueConstraint(
                fields=["seller"],
                condition=Q(is_current=True),
                name="wallet_check_one_current_per_seller",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[WalletCheckStatus.ACCEPTED, WalletCheckStatus.REFUSED])
                | (Q(decided_by__isnull=False) & ~Q(reason="")),
                name="wallet_check_decided_by_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "id"], condition=Q(is_current=True), name="wallet_check_queue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_status_display()})"
