"""Sellers to suspend, let back or close, as one person asked. Emptied by operations leads."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.standings import DUTY, StandingColumns
from backoffice.models import StandingQueue
from backoffice.work.shape import WorkQueue
from marketplace.sellers.models import StandingRequest

# What is in force already is due before its hold ends, so that it does not lapse unseen.
WITHIN = timedelta(hours=24)


@admin.register(StandingQueue)
class StandingQueueAdmin(WorkQueue, StandingColumns):
    kind, of, duty = "standing_request", StandingRequest, DUTY
    since = "requested_at"
    intro = _("What somebody asked for about a seller: another person agrees, or does not.")
    list_display = ("reference", "seller", "wanted_label", "held", "requested_by")

    def waiting(self) -> QuerySet[Any]:
        return waiting.standings()

    def due(self) -> Callable[[Any], datetime]:
        return lambda asked_for: asked_for.requested_at + WITHIN

    def late(self, now: datetime) -> Q:
        return Q(requested_at__lt=now - WITHIN)
