"""All that can be done with the catalogue. Import from here; the parts are for reading."""

from marketplace.catalog.commands.categories import save_category
from marketplace.catalog.commands.products import (
    ProductDraft,
    brand_named,
    create_product,
    edit_product,
    find_or_create_products,
)

__all__ = [
    "ProductDraft",
    "brand_named",
    "create_product",
    "edit_product",
    "find_or_create_products",
    "save_category",
]
