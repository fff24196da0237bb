"""What the catalogue announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marketplace.shared.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductCreated(Event):
    name: ClassVar[str] = "catalog.product_created.v1"
    aggregate: ClassVar[str] = "product"
    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProductImported(Event):
    """A seller's file brought a product that nobody had. The listings made of it announce the rest."""

    name: ClassVar[str] = "catalog.product_imported.v1"
    aggregate: ClassVar[str] = "product"
    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    name: ClassVar[str] = "catalog.product_changed.v1"
    aggregate: ClassVar[str] = "product"
    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Event):
    name: ClassVar[str] = "catalog.category_changed.v1"
    aggregate: ClassVar[str] = "category"
    category_id: UUID
