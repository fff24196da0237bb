"""The page of a thing that may wait in a queue: whose it is, since when, notes, and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from backoffice.admin.base import Console, is_about_one
from backoffice.pages.blocks import Piece
from backoffice.pages.decisions import Place
from backoffice.pages.display import ageing, moment, page_of
from backoffice.work.notes import notes_of
from backoffice.work.presence import PING_S
from backoffice.work.shape import WorkQueue
from marketplace.casework.queries import work_on
from marketplace.casework.states import Case, case_key
from marketplace.shared import clock


@dataclass(slots=True)
class CaseWork:
    """A thing's place in the queue in which it waits."""

    queue: WorkQueue
    case: Case
    waits_since: datetime
    due_at: datetime
    holder: Any
    snoozed_until: datetime | None
    snooze_reason: str

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > clock.now()


def queues_of(model: type[Any]) -> list[WorkQueue]:
    """The queues in which such things wait."""
    registered = admin.site._registry.values()
    return [one for one in registered if isinstance(one, WorkQueue) and one.of is model]


def work_of(thing: Any) -> CaseWork | None:
    """Where a thing waits now, as its page read it; None where it waits for nobody."""
    for queue in queues_of(type(thing)):
        due_at = queue.due_of(thing)
        if due_at is not None:
            case = queue.case_of(thing)
            known = work_on(kind=queue.kind, case_ids=[case.id]).get((case.id, case.entered_at))
            return CaseWork(
                queue,
                case,
                queue.waits_since(thing),
                due_at,
                queue.holder_of(thing, known),
                known.snoozed_until if known else None,
                known.snooze_reason if known else "",
            )
    return None


class CasePage(Console):
    """A page with the bar of the case, its notes, and the next case after a decision."""

    page_template = "console/case.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The one thing of a page comes with its place in the queues: that is no query of its own."""
        rows = super().get_queryset(request)
        if is_about_one(request):
            for queue in queues_of(self.model):
                rows = queue.marked(rows)
        return rows

    def thing(self, request: HttpRequest, object_id: str) -> Any:
        thing = super().thing(request, object_id)
        thing.work = work_of(thing)
        return thing

    def watched(self, thing: Any) -> list[tuple[str, list[Any]]]:
        about: list[Any] = [case_key(self.aggregate, thing.pk)] if thing is not None else []
        return [*super().watched(thing), ("case", about)] if about else super().watched(thing)

    def beside(self, request: HttpRequest, thing: Any) -> dict[str, Any]:
        work: CaseWork | None = thing.work
        return super().beside(request, thing) | {
            "case": {
                "work": work,
                "waits": ageing(work.waits_since, work.due_at) if work else "",
                "snoozed": moment(work.snoozed_until) if work and work.is_snoozed else "",
                "decisions": self.offered(request, thing, self.decisions_at(Place.CASE)),
                "presence": reverse("admin:presence", args=[self.aggregate, thing.pk]),
                "ping_s": PING_S,
                "queue_address": _way_back(request, work),
            },
            "notes": self.notes(request, thing),
        }

    def notes(self, request: HttpRequest, thing: Any) -> Piece | None:
        """What colleagues wrote; None where the page shows it in a place of its own."""
        note = next(one for one in self.decisions if one.name == "note")
        may_write = note.is_offered(request, thing)
        return notes_of(
            self.aggregate,
            thing,
            form=note.bound(request, thing) if may_write else None,
            address=self.decision_address(note, thing) if may_write else "",
        )

    def after(self, request: HttpRequest, thing: Any) -> str:
        """The next case of the queue, once this one is settled; else where the person came from."""
        back = self._back(request, thing)
        came = urlsplit(back)
        if thing is None or thing.work is None or came.path != self.address(thing.pk):
            return back
        queue: WorkQueue = thing.work.queue
        if queue.waiting().filter(pk=thing.pk).exists():
            return back
        if not queue.has_view_permission(request):
            return back
        asked = parse_qs(came.query)
        is_same = asked.get("queue") == [queue.opts.model_name]
        filters = asked.get("filters", [""])[0] if is_same else ""
        following = queue.next_case(request, filters=filters, after=thing)
        if following is None:
            return f"{queue.list_address}?{filters}" if filters else queue.list_address
        address = page_of(following)
        return f"{address}?{came.query}" if is_same else address


def _way_back(request: HttpRequest, work: CaseWork | None) -> str:
    """To the list, filtered as the person left it; "" for who may not open it."""
    if work is None or not work.queue.has_view_permission(request):
        return ""
    filters = request.GET.get("filters", "")
    is_same = request.GET.get("queue") == work.queue.opts.model_name
    address = work.queue.list_address
    return f"{address}?{filters}" if filters and is_same else address
