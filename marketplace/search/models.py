"""The index of what can be bought: one row per product with its best live offer."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.shared.money import DEFAULT_CURRENCY


class SearchDocument(models.Model):
    """A projection, kept by handlers of listing and product events; safe to rebuild at any time."""

    product = models.OneToOneField(
        "catalog.Product", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    category = models.ForeignKey("catalog.Category", on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey("catalog.Brand", on_delete=models.PROTECT, related_name="+")
    best_listing = models.ForeignKey(
        "listings.Listing", on_delete=models.PROTECT, null=True, related_name="+"
    )
    title = models.CharField(max_length=160)
    # Title, brand and categories in both languages, as `search_words` writes them.
    words = models.TextField()
    vector = SearchVectorField(null=True)
    price_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    offers = models.PositiveIntegerField(default=0)
    in_stock = models.BooleanField(default=False)
    attributes = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        indexes = [
            GinIndex(fields=["vector"], name="search_document_vector"),
            GinIndex(
                fields=["words"], opclasses=["gin_trgm_ops"], name="search_document_words_trgm"
            ),
            models.Index(
                fields=["category", "price_minor"],
                condition=Q(offers__gt=0),
                name="search_by_category",
            ),
            models.Index(fields=["price_minor"], condition=Q(offers__gt=0), name="search_by_price"),
        ]

    def __str__(self) -> str:
        return self.title
