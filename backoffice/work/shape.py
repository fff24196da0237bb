"""The shape of every queue: what waits and since when, whose it is, many decided at once.

A subclass declares what a queue is: `kind` (what the events call its cases), `of` (the model whose
page decides them), `duty` (who works on them), `since` (the column that says when a case entered),
`waiting()`, its columns, and what may be decided together. `time` names the setting that says how
long a case may wait; a queue whose cases carry their own due date says `due` and `late` instead.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import CalmChangeList, Queue
from backoffice.pages.bulk import Bulk
from backoffice.pages.display import ageing
from backoffice.work import presence
from backoffice.work.filters import WorkFilter, holders_column, is_free, is_mine, is_snoozed
from backoffice.work.many import Many
from backoffice.work.saved import SavedViews
from backoffice.work.together import hands_together
from marketplace.casework.models import Work
from marketplace.casework.queries import (
    allowed_in,
    hours_allowed,
    late_if_before,
    work_on,
)
from marketplace.casework.states import Case, QueueName
from marketplace.shared import clock

# More than this in one queue is told as this many.
WAITING_MAX = 1_000_000


class DressedChangeList(CalmChangeList):
    """The rows of the page know who works on them: one query and one round trip for all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[Any] = list(self.result_list)
        self.model_admin.dress(self.result_list)


class WorkQueue(Many, SavedViews, Queue):
    """What waits, oldest first; see the module's docstring for what a subclass says."""

    list_before_template = "console/queue_before.html"
    kind: str
    duty: str
    since: str
    time: QueueName | None = None
    # Where the domain itself says who has a case: the column. Else casework does.
    holder_field: str = ""
    bulk: Sequence[Bulk] = ()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        waiting.LATE[f"backoffice.{self.opts.model_name}"] = self.late_cases

    # --- The clock ---

    def late_cases(self) -> QuerySet[Any]:
        """For the sidebar and the dashboard."""
        return self.waiting().filter(self.late(clock.now()))

    def due(self) -> Callable[[Any], datetime]:
        """Says of a case when it is late. The time of the queue is read once for all of them."""
        assert self.time is not None
        allowed = allowed_in(self.time)
        return lambda thing: getattr(thing, self.since) + allowed

    def waits_since(self, thing: Any) -> datetime:
        """What "waits" counts from, where that is not the entry by which a stay is known."""
        entered: datetime = getattr(thing, self.since)
        return entered

    def marked(self, things: QuerySet[Any]) -> QuerySet[Any]:
        """Things of which each brings along whether it waits here, and for how long it may."""
        place = self.opts.model_name
        marks: dict[str, Any] = {f"in_{place}": Exists(self.waiting().filter(pk=OuterRef("pk")))}
        if self.time is not None:
            marks[f"hours_in_{place}"] = hours_allowed(self.time)
        return things.annotate(**marks)

    def due_of(self, thing: Any) -> datetime | None:
        """When a `marked` thing is due here; None where it does not wait."""
        place = self.opts.model_name
        if not getattr(thing, f"in_{place}"):
            return None
        if self.time is None:
            return self.due()(thing)
        entered: datetime = getattr(thing, self.since)
        return entered + timedelta(hours=getattr(thing, f"hours_in_{place}"))

    def late(self, now: datetime) -> Q:
        """The condition of cases that are late."""
        assert self.time is not None
        return Q(**{f"{self.since}__lt": late_if_before(self.time, now)})

    def case_of(self, thing: Any) -> Case:
        return Case(self.kind, str(thing.pk), getattr(thing, self.since))

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.listed(self.waiting()).order_by(*self.order)

    def listed(self, waiting: QuerySet[Any]) -> QuerySet[Any]:
        """What waits, with what the columns of the list need beyond `list_select_related`."""
        return waiting

    @property
    def order(self) -> Sequence[str]:
        return (self.since, "pk")

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        return self.order

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DressedChangeList

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        return (WorkFilter, *super().get_list_filter(request))

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        return (*super().get_list_display(request), "waits", "holder")

    def dress(self, things: Sequence[Any]) -> None:
        """Give each row its `work` (who has it, put aside until when), when it is `due`, and who looks."""
        known = work_on(kind=self.kind, case_ids=[str(one.pk) for one in things])
        looking = presence.looking_at([(self.kind, str(one.pk)) for one in things])
        due = self.due()
        for thing, lookers in zip(things, looking, strict=True):
            thing.due = due(thing)
            thing.work = known.get((str(thing.pk), getattr(thing, self.since)))
            thing.lookers = lookers

    def holder_of(self, thing: Any, work: Work | None) -> Any:
        """The colleague who has a case, or None; `work` is what casework knows of it."""
        if self.holder_field:
            return getattr(thing, self.holder_field)
        return work.assignee if work else None

    @display(description=gettext_lazy("Waits"))
    def waits(self, thing: Any) -> Any:
        return ageing(self.waits_since(thing), thing.due)

    @display(description=gettext_lazy("With"))
    def holder(self, thing: Any) -> Any:
        return holders_column(self.holder_of(thing, thing.work), thing.work, thing.lookers)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"strip": self.strip(request), "queue": self} | (extra_context or {})
        )

    def strip(self, request: HttpRequest) -> list[dict[str, Any]]:
        """How many wait, are late, mine, nobody's, put aside; each leads to those."""
        now, me = clock.now(), request.user.pk
        # Asked of each row once and counted outside: a slice keeps PostgreSQL from asking for each count.
        rows = self.waiting().order_by().annotate(
            put_aside=is_snoozed(self, now),
            is_late=self.late(now),
            is_mine=is_mine(self, me),
            is_free=is_free(self),
        )  # fmt: skip
        found = rows[:WAITING_MAX].aggregate(
            waiting=Count("pk", filter=Q(put_aside=False)),
            late=Count("pk", filter=Q(is_late=True, put_aside=False)),
            mine=Count("pk", filter=Q(is_mine=True)),
            free=Count("pk", filter=Q(is_free=True, put_aside=False)),
            snoozed=Count("pk", filter=Q(put_aside=True)),
        )
        asked = request.GET.get(WorkFilter.parameter_name, "")
        shown = [
            ("", "waiting", _("Waiting"), _("oldest first")),
            ("late", "late", _("Late"), _("beyond the time of the queue")),
            ("mine", "mine", _("Mine"), _("taken by me or given to me")),
            ("free", "free", _("Nobody's"), _("to be taken")),
            (
                "snoozed",
                "snoozed",
                pgettext_lazy("cases", "Put aside"),
                _("until a time of their own"),
            ),
        ]
        return [
            {
                "label": label,
                "value": found[name],
                "note": note,
                "link": f"?{urlencode({WorkFilter.parameter_name: part})}" if part else "?",
                "active": asked == part,
                "urgent": name == "late" and found[name] > 0,
            }
            for part, name, label, note in shown
        ]

    # --- One case ---

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """On to the page of the thing itself, which remembers the way: the queue and its filters."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if isinstance(response, HttpResponseRedirect):
            filters = request.GET.get("_changelist_filters", "")
            way = urlencode({"queue": self.opts.model_name, "filters": filters})
            response["Location"] += f"?{way}"
        return response

    def next_case(self, request: HttpRequest, *, filters: str, after: Any) -> Any:
        """The oldest that is mine or nobody's and not put aside, in the list as it was filtered."""
        rows = self.filtered(request, filters).filter(self.may_be_next(request))
        return rows.exclude(pk=after.pk).first()

    def may_be_next(self, request: HttpRequest) -> Q:
        return is_mine(self, request.user.pk) | (is_free(self) & ~is_snoozed(self, clock.now()))

    def together(self) -> Sequence[Bulk]:
        """What may be done to several chosen cases: the queue's own, then taking and giving."""
        return (*self.bulk, *([] if self.holder_field else hands_together(self)))

    @property
    def list_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
