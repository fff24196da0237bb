"""Differences between a statement and our books that nobody explained yet. Emptied by finance."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.exception_filters import (
    BANDS,
    AgeFilter,
    AmountFilter,
    AssigneeFilter,
    WalletFilter,
)
from backoffice.admin.exception_together import TOGETHER
from backoffice.admin.reconciliation import DUTY, ExceptionColumns
from backoffice.models import ExceptionQueue
from backoffice.pages.display import money
from backoffice.work.shape import WorkQueue
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.policies import due_at
from marketplace.reconciliation.waiting import late, waiting_by_age
from marketplace.shared import clock


@admin.register(ExceptionQueue)
class ExceptionQueueAdmin(WorkQueue, ExceptionColumns):
    """How long one may wait depends on its kind."""

    kind, of, duty = "exception", ReconciliationException, DUTY
    since, holder_field = "opened_at", "assignee"
    bulk = (TOGETHER,)
    chips = "kind"
    intro = _("Differences between the providers' statements and our books, oldest first.")
    list_display = ("named", "wallet", "explained", "difference")
    list_filter = (WalletFilter, AgeFilter, AssigneeFilter, AmountFilter)

    def due(self) -> Callable[[Any], datetime]:
        return lambda one: due_at(kind=one.kind, opened_at=one.opened_at)

    def late(self, now: datetime) -> Q:
        return late(now)

    def strip(self, request: HttpRequest) -> list[dict[str, Any]]:
        """How many wait in each band of age, and of how much, before whose they are."""
        asked = request.GET.get(AgeFilter.parameter_name, "")
        bands = waiting_by_age(waiting.exceptions(), now=clock.now())
        by_age = [
            {
                "label": BANDS[band],
                "value": found.count,
                "note": money(found.absolute_minor),
                "link": f"?{AgeFilter.parameter_name}={band}",
                "active": asked == band,
                "urgent": False,
            }
            for band, found in bands.items()
        ]
        return by_age + super().strip(request)[1:]

    def waiting(self) -> QuerySet[Any]:
        return waiting.exceptions()
