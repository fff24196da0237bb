"""The list behind a figure, filtered to its days, for whoever may open it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from marketplace.analytics.queries import Span
from marketplace.shared import clock

# The parameter by which seller orders are narrowed to a category of what was sold.
SOLD_FROM = "category"


@dataclass(frozen=True, slots=True)
class Behind:
    """Rows of `model` whose `moment` falls into a span; `filters` narrow them further."""

    title: Any
    model: str
    moment: str = ""
    filters: tuple[tuple[str, str], ...] = ()

    def address(self, span: Span) -> str:
        values = dict(self.filters)
        if self.moment:
            first, last = span
            values[f"{self.moment}__gte"] = clock.midnight(first).isoformat()
            values[f"{self.moment}__lt"] = clock.midnight(last + timedelta(days=1)).isoformat()
        address = reverse(f"admin:{self.model.replace('.', '_')}_changelist")
        return f"{address}?{urlencode(values)}" if values else address

    def is_open_to(self, request: HttpRequest) -> bool:
        app, model = self.model.split(".")
        return bool(request.user.has_perm(f"{app}.view_{model}"))
