"""Open disputes, the one due first on top. Emptied by operations."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.dispute_work import HANDLE
from backoffice.admin.disputes import DisputeColumns
from backoffice.models import DisputeQueue
from backoffice.work.shape import WorkQueue
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DisputeStatus


@admin.register(DisputeQueue)
class DisputeQueueAdmin(WorkQueue, DisputeColumns):
    """Each case carries the day on which it is due."""

    kind, of, duty = "dispute", Dispute, HANDLE
    since, holder_field = "opened_at", "assignee"
    intro = _(
        "Open disputes and appeals, the one due first on top; among them decisions to which a second"
        " person has to agree."
    )
    list_display = ("reference", "seller_order", "buyer", "seller", "turn_shown", "claimed")

    @property
    def order(self) -> Sequence[str]:
        return ("due_at", "pk")

    def due(self) -> Callable[[Any], datetime]:
        return attrgetter("due_at")

    def late(self, now: datetime) -> Q:
        return Q(due_at__lt=now)

    def may_be_next(self, request: HttpRequest) -> Q:
        """No appeal against one's own decision, and nothing to which oneself cannot agree."""
        me = request.user.pk
        own = Q(status__in=[DisputeStatus.APPEALED, DisputeStatus.APPROVAL], decided_by=me)
        return super().may_be_next(request) & ~own & ~Q(appeal__decided_by=me)

    def waiting(self) -> QuerySet[Any]:
        return waiting.disputes()
