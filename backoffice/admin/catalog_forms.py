"""Forms of the catalogue: a product's attributes are asked for as its category's schema says."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from backoffice.pages.decisions import ThingForm
from backoffice.pages.forms import WORDS_MAX, Choice, LongWords, Number, Suggested, Words
from marketplace.catalog.models import Category, Product
from marketplace.catalog.queries import schema_of

ATTRIBUTE = "attribute_"
CATEGORIES_MAX = 1_000
SCHEMA_MAX = 20_000
SCHEMA_HELP = _(
    'A list such as [{"key": "ram_gb", "label_en": "Memory", "label_sw": "Kumbukumbu", '
    '"type": "integer", "unit": "GB", "choices": [], "required": true, "facet": true}]. '
    "Types: text, integer, decimal, boolean, choice."
)


def categories_by_path() -> list[tuple[str, str]]:
    """All categories as `Phones › Smartphones`, in the order of the tree's paths."""
    rows = {row.pk: row for row in Category.objects.all()[:CATEGORIES_MAX]}

    def path(row: Category) -> str:
        above = rows.get(row.parent_id) if row.parent_id else None
        return f"{path(above)} › {row}" if above else str(row)

    return sorted(((str(pk), path(row)) for pk, row in rows.items()), key=lambda pair: pair[1])


class CategoryForm(ThingForm):
    name_en = Words(label=_("Name (English)"), max_length=80)
    name_sw = Words(label=_("Name (Swahili)"), max_length=80)
    slug = Words(label=_("Slug"), max_length=80)
    parent = Choice(label=_("Parent"), required=False)
    position = Number(label=_("Position"), min_value=0, initial=0)
    is_active = forms.BooleanField(
        label=_("Active"), required=False, initial=True, widget=UnfoldBooleanWidget()
    )
    attribute_schema = LongWords(
        max_length=SCHEMA_MAX,
        label=_("Attributes"),
        required=False,
        rows=12,
        help_text=SCHEMA_HELP,
        initial="[]",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = str(self.thing.pk) if self.thing else ""
        others = [(pk, name) for pk, name in categories_by_path() if pk != own]
        self.fields["parent"].choices = [("", _("None: it is a root")), *others]  # type: ignore[attr-defined]

    def values_of(self, category: Category) -> dict[str, Any]:
        return {
            "name_en": category.name_en,
            "name_sw": category.name_sw,
            "slug": category.slug,
            "parent": str(category.parent_id or ""),
            "position": category.position,
            "is_active": category.is_active,
            "attribute_schema": json.dumps(category.attribute_schema, indent=2, ensure_ascii=False),
        }

    def clean_attribute_schema(self) -> list[Any]:
        try:
            schema = json.loads(self.cleaned_data["attribute_schema"] or "[]")
        except ValueError as error:
            raise forms.ValidationError(_("This is not JSON: %s") % error) from error
        if not isinstance(schema, list):
            raise forms.ValidationError(_("Give a list."))
        return schema


class BrandForm(forms.Form):
    name = Words(label=_("Name"), max_length=80)


class ProductForm(ThingForm):
    """Where the category is chosen anew, its attributes are asked for before anything is saved."""

    category = Choice(label=_("Category"))
    brand = Suggested("brand", label=_("Brand"), max_length=80)
    title = Words(label=_("Title"), max_length=160)
    description = LongWords(label=_("Description"), max_length=5000, rows=6, required=False)
    is_active = forms.BooleanField(
        label=_("Active"), required=False, initial=True, widget=UnfoldBooleanWidget()
    )
    # The category whose attributes the person has seen.
    asked_for = forms.CharField(max_length=WORDS_MAX, required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "—"), *categories_by_path()]  # type: ignore[attr-defined]
        chosen = self.data.get("category") if self.is_bound else self.initial.get("category")
        self.schema: list[dict[str, Any]] = []
        if chosen in dict(self.fields["category"].choices):  # type: ignore[attr-defined]
            self.schema = schema_of(UUID(str(chosen))) if chosen else []
        known = self.thing.attributes if self.thing else {}
        for one in self.schema:
            self.fields[ATTRIBUTE + one["key"]] = _field_for(one, known.get(one["key"]))
        self.was_asked_for = str(self.data.get("asked_for") or "")
        if self.is_bound and self.was_asked_for != str(chosen or ""):
            self.data = {**_plain(self.data), "asked_for": str(chosen or "")}

    def values_of(self, product: Product) -> dict[str, Any]:
        return {
            "category": str(product.category_id),
            "brand": product.brand.name,
            "title": product.title,
            "description": product.description,
            "is_active": product.is_active,
            "asked_for": str(product.category_id),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.schema and self.was_asked_for != data.get("category"):
            self.add_error(None, _("Now say what this category asks for, below."))
        data["attributes"] = {
            one["key"]: data.get(ATTRIBUTE + one["key"])
            for one in self.schema
            if data.get(ATTRIBUTE + one["key"]) not in (None, "")
        }
        return data


def _plain(data: Any) -> dict[str, Any]:
    """Posted fields, one value each."""
    return {key: data[key] for key in data}


def _field_for(definition: dict[str, Any], value: Any) -> forms.Field:
    """A field for one attribute. What is right is the catalogue's to say, so all but choices are words."""
    label = definition["label_sw" if get_language() == "sw" else "label_en"]
    if unit := definition.get("unit"):
        label = f"{label} ({unit})"
    required = bool(definition.get("required"))
    options: list[tuple[str, Any]] = []
    if definition["type"] == "boolean":
        options = [("true", _("Yes")), ("false", _("No"))]
        value = "" if value is None else str(value).lower()
    elif definition["type"] == "choice":
        options = [(str(one), str(one)) for one in definition.get("choices", [])]
    if options:
        return Choice(label=label, required=required, initial=value, choices=[("", "—"), *options])
    return Words(label=label, required=required, initial=value, max_length=200)
