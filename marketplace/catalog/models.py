"""Categories, brands and products."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.shared import clock
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7


class Category(models.Model):
    """A place in the tree. `attribute_schema` lists what its products say of themselves.

    Schema: `[{"key": "ram_gb", "label_en": "RAM", "label_sw": "RAM", "type": "integer",
    "unit": "GB", "choices": [], "required": true, "facet": true}]`; types text, integer, decimal,
    boolean, choice. A category inherits the schemas of its ancestors.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("CAT")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    slug = models.SlugField(max_length=80, unique=True)
    name_en = models.CharField(_("name (English)"), max_length=80)
    name_sw = models.CharField(_("name (Swahili)"), max_length=80)
    attribute_schema = models.JSONField(_("attributes"), default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name_en"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")), name="category_not_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name_sw if get_language() == "sw" else self.name_en


class Brand(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("BRD")
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(max_length=100, unique=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A thing that exists in the world; sellers make offers of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("PRD")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(max_length=180, unique=True)
    description = models.TextField(_("description"), blank=True, max_length=5000)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(fields=["category", "id"], name="product_by_category"),
            models.Index(fields=["-id"], condition=Q(is_active=True), name="product_newest"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="product_by_part_of_title"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["brand", "title"], name="product_once_per_brand_title")
        ]

    def __str__(self) -> str:
        return self.title
