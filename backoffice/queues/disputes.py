"""Open disputes, the one due first on top. Emptied by operations."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.dispute_evidence import shown_of_sides
from backoffice.admin.dispute_work import HANDLE
from backoffice.admin.disputes import DisputeColumns
from backoffice.models import DisputeQueue
from backoffice.work.shape import WorkQueue
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import evidence_is_complete, with_evidence_shown
from marketplace.disputes.states import DisputeStatus


class EvidenceFilter(admin.SimpleListFilter):
    """What can be decided now, and what still waits for one of the sides."""

    title = _("evidence")
    parameter_name = "evidence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [("complete", _("Complete")), ("missing", _("Something is missing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "complete":
            return queryset.filter(evidence_is_complete())
        if self.value() == "missing":
            return queryset.exclude(evidence_is_complete())
        return queryset


@admin.register(DisputeQueue)
class DisputeQueueAdmin(WorkQueue, DisputeColumns):
    """Each case carries the day on which it is due."""

    kind, of, duty = "dispute", Dispute, HANDLE
    since, holder_field = "opened_at", "assignee"
    intro = _(
        "Open disputes and appeals, the one due first on top; among them decisions to which a second"
        " person has to agree."
    )
    list_display = ("reference", "seller_order", "sides", "evidence_shown", "turn_shown", "claimed")
    list_filter = (EvidenceFilter,)

    @display(description=_("Evidence"))
    def evidence_shown(self, dispute: Any) -> Any:
        return shown_of_sides(dispute)

    def listed(self, waiting: QuerySet[Any]) -> QuerySet[Any]:
        return with_evidence_shown(waiting)

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
