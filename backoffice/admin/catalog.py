"""Categories, brands and products."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.catalog_forms import BrandForm, CategoryForm, ProductForm
from backoffice.admin.reference import Brands, Categories, Products
from backoffice.admin.review_blocks import standing
from backoffice.pages.blocks import Facts, Page, Table, Text
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import link, moment, money, page_of, state, yes_no
from backoffice.pages.importing import importing
from backoffice.pages.reference import columns_for
from backoffice.pages.search import same, upper
from marketplace.catalog.attributes import label_of
from marketplace.catalog.commands import (
    brand_named,
    create_product,
    edit_product,
    save_category,
)
from marketplace.catalog.models import Brand, Category, Product
from marketplace.catalog.queries import schema_of
from marketplace.listings.models import Listing
from marketplace.reviews.queries import rating_of

OFFERS_MAX = 50


DUTY = "edit_catalog"


def _save_category(asked: Asked) -> HttpResponse:
    data = asked.data
    category = save_category(
        category_id=asked.object.pk if asked.object else None,
        slug=data["slug"],
        name_en=data["name_en"],
        name_sw=data["name_sw"],
        parent_id=UUID(data["parent"]) if data["parent"] else None,
        attribute_schema=data["attribute_schema"],
        position=data["position"],
        is_active=data["is_active"],
        actor=asked.actor,
    )
    return HttpResponseRedirect(page_of(category))


def _add_brand(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(page_of(brand_named(name=asked.data["name"], actor=asked.actor)))


def _create_product(asked: Asked) -> HttpResponse:
    product = create_product(
        title=asked.data["title"],
        category_id=UUID(asked.data["category"]),
        brand_name=asked.data["brand"],
        description=asked.data["description"],
        attributes=asked.data["attributes"],
        actor=asked.actor,
    )
    return HttpResponseRedirect(page_of(product))


def _edit_product(asked: Asked) -> None:
    edit_product(
        product_id=asked.object.pk,
        title=asked.data["title"],
        category_id=UUID(asked.data["category"]),
        brand_name=asked.data["brand"],
        description=asked.data["description"],
        attributes=asked.data["attributes"],
        is_active=asked.data["is_active"],
        actor=asked.actor,
    )


def _writing(
    name: str, label: Any, run: Any, form: type[forms.Form], done: Any, icon: str
) -> Decision:
    """A decision of the catalogue: a form on a page of its own."""
    return Decision(
        name,
        label,
        DUTY,
        run,
        done=done,
        form=form,
        icon=icon,
        variant="primary",
        submit=_("Save"),
        own_page=True,
    )


# The types of attributes, as a schema names them.
TYPES = {
    "text": _("Text"),
    "integer": _("Whole number"),
    "decimal": _("Number"),
    "boolean": _("Yes or no"),
    "choice": _("One of a list"),
}


@admin.register(Category)
class CategoryAdmin(Console):
    """The tree of categories and what their products say of themselves."""

    aggregate = "category"
    list_display = ("name_en", "name_sw", "parent", "slug", "position", "is_active")
    list_select_related = ("parent",)
    ordering = ("position", "name_en")
    search_by = {"name_en__istartswith": same, "name_sw__istartswith": same, "slug": same}
    search_hint = _("Beginning of the name in either language")
    list_decisions = (
        importing(Categories, DUTY),
        _writing("add", _("Add a category"), _save_category, CategoryForm, _("Saved."), "add"),
    )
    exported = columns_for(Categories)
    decisions = (_writing("edit", _("Edit"), _save_category, CategoryForm, _("Saved."), "edit"),)

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
                            TYPES.get(one.get("type", ""), one.get("type")),
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
                    [_("Category"), _("English"), _("Swahili"), _("Active")],
                    [
                        (link(one), one.name_en, one.name_sw, yes_no(one.is_active))
                        for one in children
                    ],
                ),
            ],
        )  # fmt: skip


@admin.register(Brand)
class BrandAdmin(Console):
    list_display = ("name", "slug", "reference")
    ordering = ("name",)
    search_by = {"name__istartswith": same, "reference__startswith": upper}
    search_hint = _("Reference or beginning of the name")
    list_decisions = (
        importing(Brands, DUTY),
        _writing("add", _("Add a brand"), _add_brand, BrandForm, _("Saved."), "add"),
    )
    exported = columns_for(Brands)


@admin.register(Product)
class ProductAdmin(Console):
    """Things that exist in the world; what sellers ask for them stands on their listings."""

    aggregate = "product"
    list_display = ("title", "reference", "brand", "category", "is_active", "created")
    list_select_related = ("brand", "category")
    list_filter = ("is_active",)
    search_by = {"reference__startswith": upper, "title__istartswith": same, "slug": same}
    search_hint = _("Reference or beginning of the title")
    list_decisions = (
        importing(Products, DUTY),
        _writing("add", _("Add a product"), _create_product, ProductForm, _("Saved."), "add"),
    )
    exported = columns_for(Products)
    decisions = (_writing("edit", _("Edit"), _edit_product, ProductForm, _("Saved."), "edit"),)

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
                *([attributes_of(product)] if product.attributes else []),
            ],
        )
        if request.user.has_perm("reviews.view_review"):
            page.side.append(standing(rating_of(product_id=product.pk)))
        if request.user.has_perm("listings.view_listing"):
            page.main.append(_offers(product))
        return page


def attributes_of(product: Product) -> Facts:
    """What a product says of itself, in the words of its category."""
    known = {one["key"]: one for one in schema_of(product.category_id)}
    rows = []
    for key, value in product.attributes.items():
        definition = known.get(key, {})
        shown = yes_no(value) if isinstance(value, bool) else value
        if unit := definition.get("unit"):
            shown = f"{value} {unit}"
        rows.append((label_of(definition) if definition else key, shown))
    return Facts(_("Attributes"), rows)


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
            (
                link(one, one.sku),
                one.seller,
                state(one),
                one.available,
                money(one.price_minor, one.currency),
            )
            for one in offers
        ],
        empty=_("Nobody offers it."),
    )
