"""Whose cases are, as conditions of a queue's rows, and how that looks in its list."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.pages.display import NOTHING, moment
from marketplace.casework.models import Work
from marketplace.shared import clock

if TYPE_CHECKING:
    from backoffice.work.shape import WorkQueue


def _work(queue: "WorkQueue", **having: Any) -> Q:
    """Cases of the queue on which somebody works so, in this stay."""
    rows = Work.objects.filter(
        kind=queue.kind,
        case_id=Cast(OuterRef("pk"), CharField()),
        entered_at=OuterRef(queue.since),
        **having,
    )
    return Q(Exists(rows))


def is_snoozed(queue: "WorkQueue", now: datetime) -> Q:
    return _work(queue, snoozed_until__gt=now)


def is_mine(queue: "WorkQueue", user_id: UUID | None) -> Q:
    if queue.holder_field:
        return Q(**{queue.holder_field: user_id})
    return _work(queue, assignee=user_id)


def is_free(queue: "WorkQueue") -> Q:
    if queue.holder_field:
        return Q(**{f"{queue.holder_field}__isnull": True})
    return ~_work(queue, assignee__isnull=False)


class WorkFilter(admin.SimpleListFilter):
    """Without a choice, all but what is put aside."""

    title = _("whose")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        self.queue: WorkQueue = model_admin
        return [
            ("late", _("Late")),
            ("mine", _("Mine")),
            ("free", _("Nobody's")),
            ("snoozed", pgettext_lazy("cases", "Put aside")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now, queue, asked = clock.now(), self.queue, self.value()
        if asked == "snoozed":
            return queryset.filter(is_snoozed(queue, now))
        if asked == "mine":
            return queryset.filter(is_mine(queue, request.user.pk))
        awake = queryset.exclude(is_snoozed(queue, now))
        if asked == "late":
            return awake.filter(queue.late(now))
        return awake.filter(is_free(queue)) if asked == "free" else awake


def holders_column(holder: Any, work: Work | None, lookers: Sequence[str]) -> Any:
    """Who has a case, until when it is put aside, and who has it open now."""
    lines = []
    if work is not None and work.snoozed_until and work.snoozed_until > clock.now():
        lines.append(format_html("{} {}", _("until"), moment(work.snoozed_until)))
    if lookers:
        lines.append(format_html('<span class="zt-looking">{}</span>', ", ".join(lookers)))
    shown = str(holder) if holder else NOTHING
    if not lines:
        return shown
    rest = format_html_join(" ", '<span class="zt-lesser">{}</span>', ((line,) for line in lines))
    return format_html("{}<br>{}", shown, rest)
