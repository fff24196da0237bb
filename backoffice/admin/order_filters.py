"""Narrowing seller orders to a category of what was sold in them: the list behind a slice of the chart."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.insight.lists import SOLD_FROM
from marketplace.catalog.models import Category
from marketplace.orders.models import OrderLine


class SoldFrom(admin.SimpleListFilter):
    """Shown where a chart led here: a choice of sixty categories would be no help, and cost each page a query."""

    title = _("category")
    parameter_name = SOLD_FROM

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        wanted = self._wanted()
        found = Category.objects.filter(pk=wanted) if wanted else ()
        return [(str(one.pk), str(one)) for one in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self._wanted()
        if wanted is None:
            return queryset
        lines = OrderLine.objects.filter(
            seller_order=OuterRef("pk"), listing__product__category=wanted
        )
        return queryset.filter(Exists(lines))

    def _wanted(self) -> UUID | None:
        try:
            return UUID(str(self.value()))
        except ValueError:
            return None
