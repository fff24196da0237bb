"""Commission rules and VAT rates. Rows are superseded by date, never edited into the past."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7


class CommissionRule(models.Model):
    """First match by `position` wins; an empty category or seller matches all of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("FEE")
    label = models.CharField(_("label"), max_length=80)
    position = models.PositiveIntegerField(_("position"))
    category = models.ForeignKey(
        "catalog.Category", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rate_bp = models.PositiveIntegerField(_("rate (basis points)"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("commission rule")
        verbose_name_plural = _("commission rules")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(rate_bp__lte=5000), name="commission_at_most_half"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="commission_rule_period_forward",
            ),
            models.UniqueConstraint(
                fields=["position", "valid_from"], name="commission_rule_order"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class VatRate(models.Model):
    """The standard VAT rate by date: 18 % on the mainland (PROVIDERS section 7.3)."""

    id = models.BigAutoField(primary_key=True)
    rate_bp = models.PositiveIntegerField(_("rate (basis points)"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        constraints = [
            ExclusionConstraint(
                name="vat_rate_one_at_a_time",
                expressions=[
                    (
                        Func(
                            "valid_from",
                            "valid_until",
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.rate_bp / 100:g} % ({self.valid_from})"
