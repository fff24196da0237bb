"""What may be brought in by file: categories, brands, products, commission rules and shipping rates."""

from typing import Any

from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import CharWidget

from backoffice.pages.reference import (
    Amount,
    CalendarDay,
    Known,
    Money,
    ReferenceResource,
    Structure,
    YesOrNo,
)
from marketplace.catalog.commands import brand_named, create_product, edit_product, save_category
from marketplace.catalog.models import Brand, Category, Product
from marketplace.fees.commands import set_commission_rule
from marketplace.fees.models import CommissionRule
from marketplace.orders.commands import set_shipping_rate
from marketplace.orders.models import ShippingRate
from marketplace.sellers.models import Seller
from marketplace.shared.errors import Conflict


class RuleStands(Conflict):
    code = "commission_rule_stands"

    def __str__(self) -> str:
        return _("This rule stands and is not rewritten: give the new one another first day.")


def text(attribute: str, column: str = "") -> Field:
    return Field(
        attribute=attribute, column_name=column or attribute, widget=CharWidget(allow_blank=True)
    )


class Categories(ReferenceResource):
    """By slug; a parent stands above its children in the file, or exists already."""

    required = ("slug",)
    slug = text("slug")
    name_en = text("name_en")
    name_sw = text("name_sw")
    parent = Field(attribute="parent", column_name="parent", widget=Known(Category, "slug"))
    position = Field(attribute="position", column_name="position", widget=Amount(places=0))
    is_active = Field(attribute="is_active", column_name="active", widget=YesOrNo())
    schema = Field(
        attribute="attribute_schema", column_name="attributes", widget=Structure(kind=list)
    )

    class Meta(ReferenceResource.Meta):
        model = Category
        fields = ("slug", "name_en", "name_sw", "parent", "position", "is_active", "schema")
        import_id_fields = ("slug",)

    def save(self, thing: Category, *, is_new: bool) -> None:
        save_category(
            category_id=None if is_new else thing.pk,
            slug=thing.slug,
            name_en=thing.name_en,
            name_sw=thing.name_sw,
            parent_id=thing.parent_id,
            attribute_schema=thing.attribute_schema,
            position=thing.position,
            is_active=thing.is_active,
            actor=self.actor,
        )


class Brands(ReferenceResource):
    """By name, in any case; a brand that exists stays as it is written."""

    required = ("name",)
    name = text("name")

    class Meta(ReferenceResource.Meta):
        model = Brand
        fields = ("name",)
        import_id_fields = ("name",)

    def get_instance(self, instance_loader: Any, row: Any) -> Brand | None:
        return _brand(row["name"])

    def skip_row(
        self, instance: Brand, original: Brand, row: Any, import_validation_errors: Any = None
    ) -> bool:
        return instance.pk is not None and not instance._state.adding

    def save(self, thing: Brand, *, is_new: bool) -> None:
        brand_named(name=thing.name, actor=self.actor)


class ByName(Known):
    """A brand that exists, or one that will."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Brand:
        return _brand(value) or Brand(name=str(value).strip())


class Products(ReferenceResource):
    """By reference; without one, by brand and title. Their address stays when they are renamed."""

    required = ("title", "brand", "category")
    title = text("title")
    brand = Field(attribute="brand", column_name="brand", widget=ByName(Brand, "name"))
    category = Field(attribute="category", column_name="category", widget=Known(Category, "slug"))
    description = text("description")
    attributes = Field(
        attribute="attributes", column_name="attributes", widget=Structure(kind=dict)
    )
    is_active = Field(attribute="is_active", column_name="active", widget=YesOrNo())
    # Last: it is looked up by it, and a new one gets its own.
    reference = Field(attribute="reference", column_name="reference", readonly=True)

    class Meta(ReferenceResource.Meta):
        model = Product
        fields = (
            "title",
            "brand",
            "category",
            "description",
            "attributes",
            "is_active",
            "reference",
        )

    def get_instance(self, instance_loader: Any, row: Any) -> Product | None:
        rows = Product.objects.select_related("brand", "category")
        reference = str(row.get("reference") or "").strip().upper()
        if reference:
            return rows.filter(reference=reference).first()
        title = " ".join(row["title"].split())
        return rows.filter(title__iexact=title, brand__name__iexact=row["brand"].strip()).first()

    def save(self, thing: Product, *, is_new: bool) -> None:
        said = {
            "title": thing.title,
            "brand_name": thing.brand.name,
            "category_id": thing.category_id,
            "description": thing.description,
            "attributes": thing.attributes,
        }
        if is_new:
            create_product(**said, actor=self.actor)
        else:
            edit_product(product_id=thing.pk, **said, is_active=thing.is_active, actor=self.actor)


class CommissionRules(ReferenceResource):
    """By position and first day. A rule that stands is ended by another, never rewritten."""

    required = ("position", "label", "rate_percent", "valid_from")
    position = Field(attribute="position", column_name="position", widget=Amount(places=0))
    label = text("label")
    category = Field(attribute="category", column_name="category", widget=Known(Category, "slug"))
    seller = Field(attribute="seller", column_name="seller", widget=Known(Seller, "reference"))
    rate_bp = Field(attribute="rate_bp", column_name="rate_percent", widget=Amount(places=2))
    valid_from = Field(attribute="valid_from", column_name="valid_from", widget=CalendarDay())
    valid_until = Field(attribute="valid_until", column_name="valid_until", widget=CalendarDay())

    class Meta(ReferenceResource.Meta):
        model = CommissionRule
        fields = ("position", "label", "category", "seller", "rate_bp", "valid_from", "valid_until")
        import_id_fields = ("position", "valid_from")

    def save(self, thing: CommissionRule, *, is_new: bool) -> None:
        if not is_new:
            raise RuleStands
        set_commission_rule(
            label=thing.label,
            position=thing.position,
            rate_bp=thing.rate_bp,
            valid_from=thing.valid_from,
            valid_until=thing.valid_until,
            category_id=thing.category_id,
            seller_id=thing.seller_id,
            actor=self.actor,
        )


class ShippingRates(ReferenceResource):
    """By region; a region that is not there yet is served from now on."""

    required = ("region", "fee_tzs")
    region = text("region")
    fee_minor = Field(attribute="fee_minor", column_name="fee_tzs", widget=Money())

    class Meta(ReferenceResource.Meta):
        model = ShippingRate
        fields = ("region", "fee_minor")
        import_id_fields = ("region",)

    def save(self, thing: ShippingRate, *, is_new: bool) -> None:
        set_shipping_rate(region=thing.region, fee_minor=thing.fee_minor, actor=self.actor)


def _brand(name: Any) -> Brand | None:
    found: Brand | None = Brand.objects.filter(name__iexact=str(name or "").strip()).first()
    return found
