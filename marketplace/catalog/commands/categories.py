"""Growing the category tree."""

import re
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.catalog.attributes import check_schema
from marketplace.catalog.errors import (
    CategoryCycle,
    CategoryTooDeep,
    SlugInvalid,
    SlugTaken,
    TextInvalid,
)
from marketplace.catalog.events import CategoryChanged
from marketplace.catalog.models import Category
from marketplace.catalog.tree import CategoryTree
from marketplace.shared.actors import Actor
from marketplace.shared.constraints import violated
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record

LEVELS_MAX = 5
NAME_LENGTH_MAX = 80
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@transaction.atomic
def save_category(
    *,
    slug: str,
    name_en: str,
    name_sw: str,
    parent_id: UUID | None = None,
    attribute_schema: list[dict[str, Any]] | None = None,
    position: int = 0,
    is_active: bool = True,
    category_id: UUID | None = None,
    actor: Actor,
) -> Category:
    """Create a category, or rewrite the one of `category_id` whole.

    Products keep what they say: a stricter schema asks for more when they are edited next. Raises
    SlugInvalid, SlugTaken, TextInvalid, SchemaInvalid, CategoryNotFound, CategoryCycle and
    CategoryTooDeep.
    """
    one_at_a_time("catalog.tree")  # Two moves that are fine alone can make a cycle together.
    tree = CategoryTree.load()
    category = tree.get(category_id) if category_id else Category()
    before = _state(category) if category_id else None
    if len(slug) > NAME_LENGTH_MAX or not _SLUG.fullmatch(slug):
        raise SlugInvalid
    category.slug = slug
    category.name_en = _name("name_en", name_en)
    category.name_sw = _name("name_sw", name_sw)
    category.position = position
    category.is_active = is_active
    if parent_id is not None:
        _check_place(tree, category, parent_id)
    category.parent_id = parent_id
    category.attribute_schema = check_schema(
        attribute_schema or [], taken=_keys_around(tree, category, parent_id)
    )
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as error:
        if "slug" not in violated(error):
            raise
        raise SlugTaken from error
    record(
        CategoryChanged(category_id=category.pk), actor=actor, before=before, after=_state(category)
    )
    return category


def _check_place(tree: CategoryTree, category: Category, parent_id: UUID) -> None:
    above = tree.path(parent_id)
    if category.pk in {ancestor.pk for ancestor in above}:
        raise CategoryCycle
    if len(above) + _height(tree, category.pk) > LEVELS_MAX:
        raise CategoryTooDeep(levels_max=LEVELS_MAX)


def _height(tree: CategoryTree, category_id: UUID) -> int:
    return 1 + max((_height(tree, child.pk) for child in tree.children[category_id]), default=0)


def _keys_around(tree: CategoryTree, category: Category, parent_id: UUID | None) -> list[str]:
    """Keys that a product would find twice: those above, and those already used below."""
    above = tree.schema(parent_id) if parent_id else []
    below = tree.below(category.pk) - {category.pk} if category.pk in tree.by_id else set()
    lower = [d for pk in below for d in tree.by_id[pk].attribute_schema]
    return [definition["key"] for definition in (*above, *lower)]


def _name(field: str, text: str) -> str:
    text = text.strip()
    if not text or len(text) > NAME_LENGTH_MAX:
        raise TextInvalid(field=field, length_max=NAME_LENGTH_MAX)
    return text


def _state(category: Category) -> dict[str, Any]:
    return {
        "slug": category.slug,
        "name_en": category.name_en,
        "name_sw": category.name_sw,
        "parent_id": str(category.parent_id) if category.parent_id else None,
        "position": category.position,
        "is_active": category.is_active,
        "attribute_schema": category.attribute_schema,
    }
