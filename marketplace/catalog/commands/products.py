"""Brands and products, one by one and by the hundred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify

from marketplace.catalog.attributes import validate
from marketplace.catalog.errors import (
    BrandNotFound,
    ProductChangedMeanwhile,
    ProductExists,
    ProductNotFound,
    TextInvalid,
)
from marketplace.catalog.events import ProductChanged, ProductCreated, ProductImported
from marketplace.catalog.models import Brand, Product
from marketplace.catalog.tree import CategoryTree
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record
from marketplace.shared.rows import together
from marketplace.shared.slugs import free_slug

TITLE_LENGTH_MAX = 160
BRAND_LENGTH_MAX = 80
DESCRIPTION_LENGTH_MAX = 5000
SLUG_WORDS_LENGTH_MAX = 165
EDITABLE = ("title", "category_id", "brand_id", "description", "attributes", "is_active")


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as a seller's file describes it; `key` tells whether two are the same."""

    title: str
    brand_name: str
    category_id: UUID
    description: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return _words(self.brand_name).lower(), _words(self.title).lower()


@transaction.atomic
def brand_named(*, name: str, actor: Actor) -> Brand:
    """The brand of this name in any case, created where there is none. Raises TextInvalid."""
    name = _text("brand", _words(name), BRAND_LENGTH_MAX)
    one_at_a_time(f"brand:{name.lower()}")
    known = _brands_called([name])
    if known:
        return known[0]
    slug = free_slug(Brand.objects.all(), name, otherwise="brand")
    return Brand.objects.create(name=name, slug=slug)


@transaction.atomic
def create_product(
    *,
    title: str,
    category_id: UUID,
    brand_name: str = "",
    brand_id: UUID | None = None,
    description: str = "",
    attributes: Mapping[str, Any] | None = None,
    actor: Actor,
) -> Product:
    """Add a product, by the brand's id or name.

    Raises CategoryNotFound, BrandNotFound, TextInvalid, AttributesInvalid (its subclasses) and
    ProductExists.
    """
    schema = CategoryTree.load().schema(category_id)
    brand = _brand(brand_id) if brand_id else brand_named(name=brand_name, actor=actor)
    product = Product(
        category_id=category_id,
        brand=brand,
        title=_text("title", _words(title), TITLE_LENGTH_MAX),
        description=_description(description),
        attributes=validate(schema, attributes or {}),
    )
    product.slug = _slug(product, brand.name)
    _save_once(product)
    record(ProductCreated(product_id=product.pk), actor=actor)
    return product


@transaction.atomic
def edit_product(
    *, product_id: UUID, version: int | None = None, actor: Actor, **changes: Any
) -> Product:
    """Change a product: title, category_id, brand_name or brand_id, description, attributes, is_active.

    Its address (slug) stays, so that links live. `version` guards against overwriting what the
    caller has not seen. Raises as `create_product`, ProductNotFound, and ProductChangedMeanwhile.
    """
    product = Product.objects.select_for_update(of=("self",)).filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound
    if version is not None and version != product.version:
        raise ProductChangedMeanwhile
    before = _state(product)
    _apply(product, changes, actor)
    after = _state(product)
    changed = [name for name in EDITABLE if before[name] != after[name]]
    if not changed:
        return product
    product.version += 1
    _save_once(product)
    record(
        ProductChanged(product_id=product.pk),
        actor=actor,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return product


@transaction.atomic
def find_or_create_products(
    *, drafts: Sequence[ProductDraft], actor: Actor
) -> dict[tuple[str, str], UUID]:
    """Product ids by `ProductDraft.key`; a product that exists is found, never changed.

    For imports: a bounded number of queries, and brands and products always in one order, so that
    parallel imports cannot wait for each other in a circle. Who offers the products has them indexed.
    Raises as `create_product`, except ProductExists.
    """
    wanted: dict[tuple[str, str], ProductDraft] = {}
    names: dict[str, str] = {}
    for draft in drafts:  # Of spellings that differ in case only, the first one names the thing.
        wanted.setdefault(draft.key, draft)
        names.setdefault(draft.key[0], _words(draft.brand_name))
    brands = _brands(names, actor)
    found = _existing(wanted, brands)
    missing = sorted(wanted.keys() - found.keys())
    if not missing:
        return found
    tree = CategoryTree.load()
    fresh = [_drafted(wanted[key], brands[key[0]], tree) for key in missing]
    # Whoever creates the same product at the same moment wins, and we find theirs.
    Product.objects.bulk_create(fresh, ignore_conflicts=True)
    found |= _existing({key: wanted[key] for key in missing}, brands)
    created = set(found.values()) & {product.pk for product in fresh}
    with together():
        for product_id in sorted(created):
            record(ProductImported(product_id=product_id), actor=actor)
    return found


def _brands(names: Mapping[str, str], actor: Actor) -> dict[str, Brand]:
    """Brands by lower-case name."""
    known = {brand.name.lower(): brand for brand in _brands_called(list(names.values()))}
    for lower in sorted(names.keys() - known.keys()):
        known[lower] = brand_named(name=names[lower], actor=actor)
    return known


def _brands_called(names: Sequence[str]) -> list[Brand]:
    """Brands of these names in any case. The database's lower case is not always Python's."""
    rows = Brand.objects.annotate(lower=Lower("name")).filter(
        Q(name__in=names) | Q(lower__in=[name.lower() for name in names])
    )
    return list(rows.order_by("-id"))


def _existing(
    wanted: Mapping[tuple[str, str], ProductDraft], brands: Mapping[str, Brand]
) -> dict[tuple[str, str], UUID]:
    keys_of_brands = {brand.pk: lower for lower, brand in brands.items()}
    titles = [_words(draft.title) for draft in wanted.values()]
    rows = (
        Product.objects.annotate(lower=Lower("title"))
        .filter(brand_id__in=list(keys_of_brands))
        .filter(Q(title__in=titles) | Q(lower__in=[title.lower() for title in titles]))
        .order_by("-id")  # Of titles that differ in case only, the oldest is the one.
        .values_list("pk", "brand_id", "title")
    )
    found = {(keys_of_brands[brand_id], title.lower()): pk for pk, brand_id, title in rows}
    return {key: pk for key, pk in found.items() if key in wanted}


def _drafted(draft: ProductDraft, brand: Brand, tree: CategoryTree) -> Product:
    product = Product(
        category_id=draft.category_id,
        brand=brand,
        title=_text("title", _words(draft.title), TITLE_LENGTH_MAX),
        description=_description(draft.description),
        attributes=validate(tree.schema(draft.category_id), draft.attributes),
    )
    product.slug = _slug(product, brand.name)
    return product


def _apply(product: Product, changes: dict[str, Any], actor: Actor) -> None:
    unknown = changes.keys() - {*EDITABLE, "brand_name"}
    if unknown:
        raise TypeError(f"a product has no {sorted(unknown)}")
    if "title" in changes:
        product.title = _text("title", _words(changes["title"]), TITLE_LENGTH_MAX)
    if "description" in changes:
        product.description = _description(changes["description"])
    if "is_active" in changes:
        product.is_active = changes["is_active"]
    if changes.get("brand_id"):
        product.brand = _brand(changes["brand_id"])
    elif changes.get("brand_name"):
        product.brand = brand_named(name=changes["brand_name"], actor=actor)
    if "category_id" in changes:
        product.category_id = changes["category_id"]
    if "category_id" in changes or "attributes" in changes:
        schema = CategoryTree.load().schema(product.category_id)
        product.attributes = validate(schema, changes.get("attributes", product.attributes))


def _save_once(product: Product) -> None:
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        if violated(error) != "product_once_per_brand_title":
            raise
        twin = Product.objects.get(brand_id=product.brand_id, title=product.title)
        raise ProductExists(reference=twin.reference) from error


def _slug(product: Product, brand_name: str) -> str:
    """Words for people, and the reference's characters, which make it unique without a look-up."""
    title = product.title
    if not title.lower().startswith(brand_name.lower()):
        title = f"{brand_name} {title}"
    words = slugify(title)[:SLUG_WORDS_LENGTH_MAX].strip("-")
    return f"{words}-{product.reference.rpartition('-')[2].lower()}".strip("-")


def _brand(brand_id: UUID) -> Brand:
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is None:
        raise BrandNotFound
    return brand


def _text(name: str, text: str, length_max: int) -> str:
    if not text or len(text) > length_max:
        raise TextInvalid(field=name, length_max=length_max)
    return text


def _description(text: str) -> str:
    text = text.strip()
    if len(text) > DESCRIPTION_LENGTH_MAX:
        raise TextInvalid(field="description", length_max=DESCRIPTION_LENGTH_MAX)
    return text


def _words(text: str) -> str:
    """Single spaces only: `Galaxy  A15 ` and `Galaxy A15` are one product."""
    return " ".join(text.split())


def _state(product: Product) -> dict[str, Any]:
    return {
        "title": product.title,
        "category_id": str(product.category_id),
        "brand_id": str(product.brand_id),
        "description": product.description,
        "attributes": dict(product.attributes),
        "is_active": product.is_active,
    }
