"""Commission rules, VAT and shipping rates: set from a day on, never changed in the past."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from backoffice.admin.base import Console
from backoffice.admin.catalog_forms import categories_by_path
from backoffice.admin.reference import CommissionRules, ShippingRates
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import money_column, page_of, percent
from backoffice.pages.forms import Choice, Day, Number, Shillings, Suggested, Words
from backoffice.pages.importing import importing
from backoffice.pages.reference import columns_for
from marketplace.fees.commands import end_commission_rule, set_commission_rule, set_vat_rate
from marketplace.fees.models import CommissionRule, VatRate
from marketplace.orders.commands import set_shipping_rate
from marketplace.orders.models import ShippingRate
from marketplace.sellers.models import Seller
from marketplace.shared.money import DEFAULT_CURRENCY, EXPONENT

DUTY = "set_rates"
BASIS_POINTS_PER_PERCENT = 100


class Percent(forms.DecimalField):
    """Per cent for people; cleans to basis points."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0,
            max_value=100,
            decimal_places=2,
            widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.01"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else int(cleaned * BASIS_POINTS_PER_PERCENT)


class RuleForm(forms.Form):
    label = Words(label=_("Label"), max_length=80)
    position = Number(
        label=_("Position"),
        min_value=0,
        help_text=_("The first rule that fits wins; what stood here before ends on the first day."),
    )
    category = Choice(label=_("Category"), required=False)
    seller_reference = Suggested(
        "seller",
        label=_("Seller's reference"),
        max_length=20,
        required=False,
        help_text=_("Type the name of the shop, and choose."),
    )
    rate = Percent(label=_("Rate (%)"))
    valid_from = Day(label=_("First day"))
    valid_until = Day(label=_("Ends before"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All")), *categories_by_path()]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]

    def clean_seller_reference(self) -> Seller | None:
        reference = self.cleaned_data["seller_reference"].strip().upper()
        if not reference:
            return None
        seller = Seller.objects.filter(reference=reference).first()
        if seller is None:
            raise forms.ValidationError(_("There is no such seller."))
        return seller


class EndForm(forms.Form):
    valid_until = Day(label=_("Ends before"))


class FeeForm(ThingForm):
    fee = Shillings(label=_("Fee (TZS)"))

    def values_of(self, thing: ShippingRate) -> dict[str, Any]:
        return {"fee": thing.fee_minor // 10 ** EXPONENT[DEFAULT_CURRENCY]}


class RegionForm(forms.Form):
    region = Words(label=_("Region"), max_length=60)
    fee = Shillings(label=_("Fee (TZS)"))


class VatForm(forms.Form):
    rate = Percent(label=_("Rate (%)"))
    valid_from = Day(label=_("First day"))


def _set_rule(asked: Asked) -> HttpResponse:
    data = asked.data
    rule = set_commission_rule(
        label=data["label"],
        position=data["position"],
        rate_bp=data["rate"],
        valid_from=data["valid_from"],
        valid_until=data["valid_until"],
        category_id=UUID(data["category"]) if data["category"] else None,
        seller_id=data["seller_reference"].pk if data["seller_reference"] else None,
        actor=asked.actor,
    )
    return HttpResponseRedirect(page_of(rule))


def _end_rule(asked: Asked) -> None:
    end_commission_rule(
        rule_id=asked.object.pk, valid_until=asked.data["valid_until"], actor=asked.actor
    )


def _set_vat(asked: Asked) -> None:
    set_vat_rate(rate_bp=asked.data["rate"], valid_from=asked.data["valid_from"], actor=asked.actor)


def _set_fee(asked: Asked) -> HttpResponse:
    region = asked.object.region if asked.object else asked.data["region"]
    rate = set_shipping_rate(region=region, fee_minor=asked.data["fee"], actor=asked.actor)
    return HttpResponseRedirect(page_of(rate))


def _goes_on(rule: Any, request: HttpRequest) -> bool:
    return rule.valid_until is None


@admin.register(CommissionRule)
class CommissionRuleAdmin(Console):
    """First match from the top wins; a rule without category or seller matches all of them."""

    aggregate = "rule"
    intro = _(
        "The first rule from the top that fits wins. Orders keep the terms they were placed with."
    )
    list_display = ("label", "position", "category", "seller", "rate", "valid_from", "valid_until")
    list_select_related = ("category", "seller")
    ordering = ("position", "-valid_from")
    exported = columns_for(CommissionRules)
    list_decisions = (
        importing(CommissionRules, DUTY),
        Decision(
            "add",
            _("Set a rule"),
            DUTY,
            _set_rule,
            done=_("The rule is set."),
            form=RuleForm,
            icon="add",
            variant="primary",
            submit=_("Save"),
            own_page=True,
        ),
    )
    decisions = (
        Decision(
            "end",
            _("End it"),
            DUTY,
            _end_rule,
            done=_("The rule ends on that day."),
            form=EndForm,
            ask=_("From that day on the next rule that fits applies."),
            icon="event_busy",
            variant="danger",
            when=_goes_on,
        ),
    )

    @display(description=_("Rate"), ordering="rate_bp")
    def rate(self, rule: CommissionRule) -> Any:
        return percent(rule.rate_bp)


@admin.register(VatRate)
class VatRateAdmin(Console):
    """The standard rate by date."""

    aggregate = "rate"
    list_display = ("rate", "valid_from", "valid_until")
    ordering = ("-valid_from",)
    list_decisions = (
        Decision(
            "add",
            _("Set the rate"),
            DUTY,
            _set_vat,
            done=_("The rate is set."),
            form=VatForm,
            ask=_("The present rate ends on the first day of the new one."),
            icon="add",
            variant="primary",
        ),
    )

    @display(description=_("Rate"), ordering="rate_bp")
    def rate(self, rate: VatRate) -> Any:
        return percent(rate.rate_bp)


@admin.register(ShippingRate)
class ShippingRateAdmin(Console):
    """What delivery of one seller's parcel to a region costs the buyer."""

    aggregate = "shipping_rate"
    intro = _(
        "For each seller's parcel, and for the seller. Orders keep the fee they were placed with."
    )
    list_display = ("region", "fee")
    ordering = ("region",)
    fee = money_column("fee_minor", _("Fee"))
    exported = columns_for(ShippingRates)
    list_decisions = (
        importing(ShippingRates, DUTY),
        Decision(
            "add",
            _("Serve a region"),
            DUTY,
            _set_fee,
            done=_("The fee is set."),
            form=RegionForm,
            icon="add",
            variant="primary",
        ),
    )
    decisions = (
        Decision(
            "set",
            _("Set the fee"),
            DUTY,
            _set_fee,
            done=_("The fee is set."),
            form=FeeForm,
            ask=_("For orders from now on."),
            icon="edit",
            variant="primary",
        ),
    )
