"""Reading the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from marketplace.catalog.errors import CategoryNotFound, ProductNotFound
from marketplace.catalog.models import Brand, Category, Product
from marketplace.catalog.tree import CategoryTree
from marketplace.shared.rows import fetch

_CARDS = """
SELECT product.id, product.reference, product.title, product.slug, brand.name,
    product.category_id, category.slug
FROM catalog_product product
JOIN catalog_brand brand ON brand.id = product.brand_id
JOIN catalog_category category ON category.id = product.category_id
WHERE product.id = ANY(%s)"""


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category with what stands below it, in the order of the shelves."""

    id: UUID
    reference: str
    slug: str
    name_en: str
    name_sw: str
    children: list["CategoryNode"]


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """A category with the whole schema that its products follow."""

    id: UUID
    reference: str
    slug: str
    name_en: str
    name_sw: str
    schema: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ProductCard:
    """What a list shows of a product; `brand` is its name."""

    id: UUID
    reference: str
    title: str
    slug: str
    brand: str
    category_id: UUID
    category_slug: str


def category_tree() -> list[CategoryNode]:
    """The active categories as trees, from the roots; a retired one hides all below it."""
    tree = CategoryTree.load()

    def nodes(parent_id: UUID | None) -> list[CategoryNode]:
        return [
            CategoryNode(c.pk, c.reference, c.slug, c.name_en, c.name_sw, nodes(c.pk))
            for c in tree.children[parent_id]
            if c.is_active
        ]

    return nodes(None)


def get_category(category_id: UUID) -> Category:
    """Raises CategoryNotFound."""
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise CategoryNotFound
    return category


def categories_by_slug(slugs: Iterable[str]) -> dict[str, CategoryCard]:
    """Active categories with their schemas, in one query; unknown slugs are absent."""
    wanted = set(slugs)
    tree = CategoryTree.load()
    return {
        c.slug: CategoryCard(c.pk, c.reference, c.slug, c.name_en, c.name_sw, tree.schema(c.pk))
        for c in tree.by_id.values()
        if c.slug in wanted and c.is_active
    }


def schema_of(category_id: UUID) -> list[dict[str, Any]]:
    """The attributes of a category's products, inherited ones first. Raises CategoryNotFound."""
    return CategoryTree.load().schema(category_id)


def ancestors(category_id: UUID) -> list[Category]:
    """From the root down to the category itself. Raises CategoryNotFound."""
    return CategoryTree.load().path(category_id)


def descendant_ids(category_id: UUID) -> set[UUID]:
    """The category itself and everything below it. Raises CategoryNotFound."""
    return CategoryTree.load().below(category_id)


def brands() -> QuerySet[Brand]:
    """All brands by name."""
    return Brand.objects.order_by("name")


def products(*, category_id: UUID | None = None) -> QuerySet[Product]:
    """Active products, newest first; of a category and all below it where one is given."""
    rows = Product.objects.filter(is_active=True).select_related("brand", "category")
    if category_id is not None:
        rows = rows.filter(category_id__in=descendant_ids(category_id))
    return rows.order_by("-id")


def get_product(product_id: UUID) -> Product:
    """Raises ProductNotFound."""
    return _product(Product.objects.filter(pk=product_id))


def product_by_reference(reference: str) -> Product:
    """Raises ProductNotFound."""
    return _product(Product.objects.filter(reference=reference))


def product_by_slug(slug: str) -> Product:
    """Raises ProductNotFound."""
    return _product(Product.objects.filter(slug=slug))


def product_cards(ids: Iterable[UUID]) -> dict[UUID, ProductCard]:
    """Cards by id in one query; unknown products are absent."""
    return {row[0]: ProductCard(*row) for row in fetch(_CARDS, list(ids))}


def _product(rows: QuerySet[Product]) -> Product:
    product = rows.select_related("brand", "category").first()
    if product is None:
        raise ProductNotFound
    return product
