"""Commission rules, VAT and shipping rates: read here, changed by migration or fixture, by date."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.display import money_column
from marketplace.fees.models import CommissionRule, VatRate
from marketplace.orders.models import ShippingRate


def percent(basis_points: int) -> str:
    return f"{basis_points / 100:g} %"


@admin.register(CommissionRule)
class CommissionRuleAdmin(Console):
    """First match from the top wins; a rule without category or seller matches all of them."""

    list_display = ("label", "position", "category", "seller", "rate", "valid_from", "valid_until")
    list_select_related = ("category", "seller")
    ordering = ("position",)

    @display(description=_("Rate"), ordering="rate_bp")
    def rate(self, rule: CommissionRule) -> Any:
        return percent(rule.rate_bp)


@admin.register(VatRate)
class VatRateAdmin(Console):
    list_display = ("rate", "valid_from", "valid_until")
    ordering = ("-valid_from",)

    @display(description=_("Rate"), ordering="rate_bp")
    def rate(self, rate: VatRate) -> Any:
        return percent(rate.rate_bp)


@admin.register(ShippingRate)
class ShippingRateAdmin(Console):
    """What delivery of one seller's parcel to a region costs the buyer."""

    list_display = ("region", "fee")
    ordering = ("region",)
    fee = money_column("fee_minor", _("Fee"))
