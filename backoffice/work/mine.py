"""My work: the cases that are with me, in all queues, and the notes that name me."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from backoffice.pages.blocks import ROWS_MAX, Page, Table
from backoffice.pages.display import ageing, link, moment, state, two_lines
from backoffice.pages.site_page import ConsolePage
from backoffice.work.case import CasePage
from backoffice.work.filters import is_mine
from backoffice.work.shape import WorkQueue
from marketplace.casework.models import BulkRun, Mention
from marketplace.casework.queries import bulk_runs_of, held_by, mentions_of, unseen_mentions
from tasks.bulk import ACTIONS

WORDS_MAX = 160
BULK_SHOWN = 10


class MyWork(ConsolePage):
    title = _("My work")
    permission_required = ()

    def blocks(self, request: HttpRequest) -> Page:
        me: Any = request.user
        cases = my_cases(request, me.pk)
        mentions = list(mentions_of(user_id=me.pk)[:ROWS_MAX])
        return Page(
            figures=[
                (_("Cases with me"), len(cases)),
                (_("Notes that name me and are unread"), unseen_mentions(user_id=me.pk)),
            ],
            main=[
                Table(
                    _("Cases with me"),
                    [_("Case"), _("Queue"), _("Waits"), _("Put aside until")],
                    cases,
                    empty=_("Nothing is with you. Take a case from a queue."),
                ),
                _bulk_decisions(bulk_runs_of(user_id=me.pk)[:BULK_SHOWN]),
                Table(
                    _("Notes that name me"),
                    [_("Note"), _("About"), _("Written"), _("Read")],
                    _mentions(request, mentions),
                    empty=_("Nobody has named you yet."),
                ),
            ],
        )


def _bulk_decisions(runs: Iterable[BulkRun]) -> Table:
    return Table(
        _("My bulk decisions"),
        [_("Reference"), _("Decision"), _("Status"), (_("Rows"), "number"), (_("Done"), "number"),
         (_("Refused"), "number"), _("Finished"), _("Looked at")],
        [
            (
                link(run),
                ACTIONS[run.action].label,
                state(run),
                f"{run.total:,}",
                f"{run.done:,}",
                f"{run.refused:,}",
                moment(run.finished_at),
                moment(run.seen_at) if run.seen_at or not run.finished_at else _("not yet"),
            )
            for run in runs
        ],
        empty=_("Choose “all that are listed” above a queue to decide about more than one page."),
    )  # fmt: skip


def my_cases(request: HttpRequest, user_id: UUID) -> list[tuple[Any, ...]]:
    """The oldest first within each queue; queues in which nothing was ever mine are not asked."""
    kinds = set(held_by(user_id=user_id).order_by().values_list("kind", flat=True).distinct())
    rows = []
    for queue in _queues(request):
        if not queue.holder_field and queue.kind not in kinds:
            continue
        found = list(queue.get_queryset(request).filter(is_mine(queue, user_id))[:ROWS_MAX])
        queue.dress(found)
        for thing in found:
            until = thing.work.snoozed_until if thing.work else None
            rows.append(
                (
                    link(thing),
                    capfirst(str(queue.opts.verbose_name_plural)),
                    ageing(queue.waits_since(thing), thing.due),
                    moment(until),
                )
            )
    return rows


def _mentions(request: HttpRequest, mentions: list[Mention]) -> list[tuple[Any, ...]]:
    """Each with a link to the thing where the person may see it; one query per kind of thing."""
    pages = {one.aggregate: one for one in _case_pages(request)}
    things: dict[tuple[str, str], Any] = {}
    for kind, page in pages.items():
        ids = [one.note.case_id for one in mentions if one.note.kind == kind]
        if ids:
            found = page.model._default_manager.filter(pk__in=ids)
            things |= {(kind, str(thing.pk)): thing for thing in found}
    return [
        (
            two_lines(one.note.author, Truncator(one.note.body).chars(WORDS_MAX)),
            link(things.get((one.note.kind, one.note.case_id))),
            moment(one.note.written_at),
            moment(one.seen_at) if one.seen_at else _("not yet"),
        )
        for one in mentions
    ]


def _queues(request: HttpRequest) -> list[WorkQueue]:
    registered = admin.site._registry.values()
    queues = [one for one in registered if isinstance(one, WorkQueue)]
    return [one for one in queues if one.has_view_permission(request)]


def _case_pages(request: HttpRequest) -> list[CasePage]:
    registered = admin.site._registry.values()
    pages = [one for one in registered if isinstance(one, CasePage)]
    return [one for one in pages if one.has_view_permission(request)]
