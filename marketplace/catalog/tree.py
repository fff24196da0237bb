"""The category tree in memory: a few hundred rows, read in one query, asked many things."""

from collections import defaultdict
from typing import Any, Self
from uuid import UUID

from marketplace.catalog.errors import CategoryNotFound
from marketplace.catalog.models import Category


class CategoryTree:
    """All categories as they were when it was loaded."""

    def __init__(self, categories: list[Category]) -> None:
        self.by_id = {category.pk: category for category in categories}
        self.children: dict[UUID | None, list[Category]] = defaultdict(list)
        for category in categories:
            self.children[category.parent_id].append(category)

    @classmethod
    def load(cls) -> Self:
        return cls(list(Category.objects.order_by("position", "name_en", "id")))

    def get(self, category_id: UUID) -> Category:
        """Raises CategoryNotFound."""
        category = self.by_id.get(category_id)
        if category is None:
            raise CategoryNotFound
        return category

    def path(self, category_id: UUID) -> list[Category]:
        """From the root down to the category itself. Raises CategoryNotFound."""
        path = [self.get(category_id)]
        while (parent_id := path[-1].parent_id) is not None:
            path.append(self.by_id[parent_id])
        return path[::-1]

    def below(self, category_id: UUID) -> set[UUID]:
        """The category itself and everything below it. Raises CategoryNotFound."""
        found: set[UUID] = set()
        ahead = [self.get(category_id).pk]
        while ahead:
            here = ahead.pop()
            found.add(here)
            ahead += [child.pk for child in self.children[here]]
        return found

    def schema(self, category_id: UUID) -> list[dict[str, Any]]:
        """Its own attributes after those that it inherits. Raises CategoryNotFound."""
        return [
            definition
            for category in self.path(category_id)
            for definition in category.attribute_schema
        ]
