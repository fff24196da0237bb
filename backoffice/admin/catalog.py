"""Categories, brands and products."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page, Table, Text
from backoffice.pages.display import link, moment, money, state, yes_no
from backoffice.pages.search import same, upper
from marketplace.catalog.models import Brand, Category, Product
from marketplace.listings.models import Listing

OFFERS_MAX = 50


@admin.register(Category)
class CategoryAdmin(Console):
    """The tree of categories and what their products say of themselves."""

    aggregate = "category"
    list_display = ("name_en", "name_sw", "parent", "slug", "position", "is_active")
    list_select_related = ("parent",)
    ordering = ("position", "name_en")
    search_by = {"name_en__istartswith": same, "name_sw__istartswith": same, "slug": same}

    def page(self, request: HttpRequest, category: Category) -> Page:
        children = Category.objects.filter(parent=category)[:OFFERS_MAX]
        return Page(
            figures=[
                (_("Reference"), category.reference),
                (_("Parent"), link(category.parent)),
                (_("Active"), yes_no(category.is_active)),
            ],
            main=[
                Facts(
                    _("Names"),
                    [
                        (_("English"), category.name_en),
                        (_("Swahili"), category.name_sw),
                        (_("Slug"), category.slug),
                        (_("Position"), category.position),
                    ],
                ),
                Table(
                    _("Attributes of its products"),
                    [_("Key"), _("English"), _("Swahili"), _("Type"), _("Unit"), _("Choices"),
                     _("Required"), _("Filter")],
                    [
                        (
                            one.get("key"),
                            one.get("label_en"),
                            one.get("label_sw"),
                            one.get("type"),
                            one.get("unit"),
                            ", ".join(map(str, one.get("choices", []))),
                            yes_no(bool(one.get("required"))),
                            yes_no(bool(one.get("facet"))),
                        )
                        for one in category.attribute_schema
                    ],
                    empty=_("None of its own; it inherits those of its parents."),
                ),
                Table(
                    _("Below it"),
                    [_("Category"), _("Swahili"), _("Active")],
                    [(link(one), one.name_sw, yes_no(one.is_active)) for one in children],
                ),
            ],
        )  # fmt: skip


@admin.register(Brand)
class BrandAdmin(Console):
    list_display = ("name", "slug", "reference")
    ordering = ("name",)
    search_by = {"name__istartswith": same, "reference__startswith": upper}


@admin.register(Product)
class ProductAdmin(Console):
    """Things that exist in the world; what sellers ask for them stands on their listings."""

    aggregate = "product"
    list_display = ("title", "reference", "brand", "category", "is_active", "created")
    list_select_related = ("brand", "category")
    list_filter = ("is_active",)
    search_by = {"reference__startswith": upper, "title__istartswith": same, "slug": same}
    search_hint = _("Reference or beginning of the title")

    @display(description=_("Created"), ordering="-pk")
    def created(self, product: Product) -> Any:
        return moment(product.created_at)

    def page(self, request: HttpRequest, product: Product) -> Page:
        page = Page(
            figures=[
                (_("Reference"), product.reference),
                (_("Brand"), product.brand),
                (_("Category"), link(product.category)),
                (_("Active"), yes_no(product.is_active)),
            ],
            main=[
                Text(_("Description"), product.description),
                Facts(_("Attributes"), list(product.attributes.items())),
            ],
        )
        if request.user.has_perm("listings.view_listing"):
            page.main.append(_offers(product))
        return page


def _offers(product: Product) -> Table:
    offers = (
        Listing.objects.filter(product=product)
        .select_related("seller")
        .order_by("price_minor")[:OFFERS_MAX]
    )
    return Table(
        _("Offers"),
        [_("Listing"), _("Seller"), _("State"), (_("Available"), "number"), (_("Price"), "number")],
        [
            (link(one), one.seller, state(one), one.available, money(one.price_minor, one.currency))
            for one in offers
        ],
        empty=_("Nobody offers it."),
    )
