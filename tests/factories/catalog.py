"""Categories, brands and products."""

from itertools import count
from typing import Any

from marketplace.catalog.models import Brand, Category, Product

_numbers = count(1)

RAM = {
    "key": "ram_gb",
    "label_en": "Memory",
    "label_sw": "Kumbukumbu",
    "type": "integer",
    "unit": "GB",
    "choices": [],
    "required": True,
    "facet": True,
}
SCREEN = {
    "key": "screen_in",
    "label_en": "Screen",
    "label_sw": "Kioo",
    "type": "decimal",
    "unit": "in",
    "choices": [],
    "required": False,
    "facet": True,
}
COLOUR = {
    "key": "colour",
    "label_en": "Colour",
    "label_sw": "Rangi",
    "type": "choice",
    "unit": "",
    "choices": ["Black", "Blue", "Gold"],
    "required": False,
    "facet": True,
}
DUAL_SIM = {
    "key": "dual_sim",
    "label_en": "Dual SIM",
    "label_sw": "Laini mbili",
    "type": "boolean",
    "unit": "",
    "choices": [],
    "required": False,
    "facet": False,
}
NOTE = {
    "key": "note",
    "label_en": "Note",
    "label_sw": "Maelezo",
    "type": "text",
    "unit": "",
    "choices": [],
    "required": False,
    "facet": False,
}
PHONE_SCHEMA = [RAM, SCREEN, COLOUR, DUAL_SIM, NOTE]


def a_category(parent: Category | None = None, **changes: Any) -> Category:
    """A category without attributes of its own; `attribute_schema=[RAM]` gives it some."""
    number = next(_numbers)
    values = {
        "slug": f"category-{number}",
        "name_en": f"Category {number}",
        "name_sw": f"Kundi {number}",
        "parent": parent,
    }
    return Category.objects.create(**{**values, **changes})


def a_brand(name: str | None = None) -> Brand:
    number = next(_numbers)
    name = name or f"Brand {number}"
    return Brand.objects.create(name=name, slug=f"brand-{number}")


def a_product(
    category: Category | None = None, brand: Brand | None = None, **changes: Any
) -> Product:
    number = next(_numbers)
    values = {
        "category": category or a_category(),
        "brand": brand or a_brand(),
        "title": f"Phone {number}",
        "slug": f"phone-{number}",
    }
    return Product.objects.create(**{**values, **changes})
