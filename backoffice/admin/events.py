"""The event log: searched, read and taken away. The audit extract holds the same rows."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from backoffice.admin.keyset import Keyset, KeysetChangeList, KeysetPaginator
from backoffice.changes import name_in_words, value_in_words
from backoffice.event_search import EventSearch
from backoffice.pages.blocks import Facts, Page, Preformatted, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import NOTHING, link, moment, state, two_lines
from backoffice.pages.export import attachment, looked_at
from backoffice.subjects import reference_of, references_of
from backoffice.things import model_of_subject, name_of_subject, page_of_subject
from backoffice.timeline import actor_name, detail_of, names_of_actors, said_by, title_of
from marketplace.ledger.seals import chain
from marketplace.shared import clock
from marketplace.shared.audit import events
from marketplace.shared.errors import Invalid
from marketplace.shared.masking import masked_text
from marketplace.shared.models import LoggedEvent
from reports.audit_extract import REPORT as AUDIT_EXTRACT
from reports.audit_extract import extract_of
from reports.base import CellKind, Figure
from reports.exporter import streamed
from reports.taking import record_export


class SearchUnclear(Invalid):
    code = "search_unclear"
    message = _("The search makes no sense as it stands. Mend it, then export.")


class InTime(KeysetChangeList):
    """The log as its form asks for it, the newest first; never counted."""

    is_counted = False

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.search = EventSearch(request.GET)
        super().__init__(request, *args, **kwargs)

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        found = super().get_filters_params(params)
        return {key: value for key, value in found.items() if key not in self.search.fields}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters)
        wanted = self.search.wanted
        if wanted is None:
            return rows.none()
        return rows & events(wanted)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Unfold's head names a number where it is another than that of all.
        self.result_count = self.full_result_count = len(self.result_list)
        self.names = names_of_actors(self.result_list)
        self.references = references_of(self.result_list)
        for event in self.result_list:
            event.shown = self

    def _page(self, before: Any, after: Any) -> list[Any]:
        """From an event on, by when it happened; the key in the address is its id."""
        rows: QuerySet[Any] = self.queryset
        key = after or before
        known = LoggedEvent.objects.filter(pk=key).first() if key else None
        if known is not None and after:
            rows = rows.filter(_later_than(known)).order_by("occurred_at", "pk")
        elif known is not None:
            rows = rows.filter(_earlier_than(known))
        return list(rows[: self.list_per_page + 1])


def _earlier_than(event: LoggedEvent) -> Q:
    # The first condition is what the index is asked; the others decide among those of one instant.
    at = event.occurred_at
    return Q(occurred_at__lte=at) & (Q(occurred_at__lt=at) | Q(pk__lt=event.pk))


def _later_than(event: LoggedEvent) -> Q:
    at = event.occurred_at
    return Q(occurred_at__gte=at) & (Q(occurred_at__gt=at) | Q(pk__gt=event.pk))


class Uncounted(KeysetPaginator):
    """A log of millions is not counted to show fifty rows."""

    count = 0


def _export(asked: Asked) -> HttpResponseBase:
    """What the list shows, as the audit extract writes it; nothing is held in memory."""
    query = looked_at(asked.request)
    search = EventSearch(QueryDict(query))
    wanted = search.wanted
    if wanted is None:
        raise SearchUnclear
    record_export(of="shared.loggedevent", form="csv", query=query, actor=asked.actor)
    figures = [
        Figure(_("Report"), str(AUDIT_EXTRACT.title)),
        *(Figure(label, words) for label, words in search.said),
        Figure(_("Ordered by"), asked.actor.label),
        Figure(_("Ordered"), clock.now(), CellKind.INSTANT),
    ]
    return StreamingHttpResponse(
        streamed(extract_of(wanted), figures),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": attachment("event-log", "csv")},
    )


@admin.register(LoggedEvent)
class LoggedEventAdmin(Keyset):
    """Everything that ever happened, newest first. Rows are never changed or deleted."""

    # It leaves row by row, as the audit extract.
    is_exported = False

    list_display = ("occurred", "told", "subject", "actor", "request_id")
    list_display_links = None
    # Another order would have no index, and no key to page by.
    sortable_by = ()
    ordering = ("-occurred_at", "-pk")
    paginator = Uncounted
    list_before_template = "console/event_log_before.html"
    list_decisions = (
        Decision(
            "export",
            _("Export"),
            "export_lists",
            _export,
            ask=_("All events that the search finds, as CSV. The export itself stands in the log."),
            icon="download",
        ),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return InTime

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"chain": chain()})

    @display(description=_("When"))
    def occurred(self, event: Any) -> Any:
        return moment(event.occurred_at)

    @display(description=_("Event"))
    def told(self, event: Any) -> Any:
        return two_lines(link(event, title_of(event.name)), detail_of(event))

    @display(description=_("About"))
    def subject(self, event: Any) -> Any:
        return two_lines(
            reference_of(event, event.shown.references),
            name_of_subject(event.name, event.aggregate),
        )

    @display(description=_("Who"))
    def actor(self, event: Any) -> Any:
        return actor_name(event, event.shown.names)

    def page(self, request: HttpRequest, event: LoggedEvent) -> Page:
        return Page(
            title=title_of(event.name),
            main=[
                Facts(
                    "",
                    [
                        (_("When"), moment(event.occurred_at)),
                        (_("Who"), actor_name(event, names_of_actors([event]))),
                        (_("About"), name_of_subject(event.name, event.aggregate)),
                        (_("Reference"), subject_link(request, event, references_of([event]))),
                        (_("Name"), event.name),
                        (_("Request"), event.request_id or NOTHING),
                    ],
                ),
                *_told(event),
                _deliveries(event),
                Preformatted(_("As it is stored"), _stored(event)),
            ],
            subjects=[(event.aggregate, [event.aggregate_id])],
        )


def _told(event: LoggedEvent) -> list[Any]:
    """What changed from what to what, and what else the event says."""
    model = model_of_subject(event.name, event.aggregate)
    before, after = event.before or {}, event.after or {}
    blocks: list[Any] = []
    if before or after:
        rows = [
            (name_in_words(model, key), *(_cell(model, event, key, one) for one in (before, after)))
            for key in dict.fromkeys([*before, *after])
        ]
        blocks.append(Table(_("What changed"), [_("What"), _("Before"), _("After")], rows))
    if event.payload:
        rows_said = [
            (name_in_words(model, key), _cell(model, event, key, event.payload))
            for key in event.payload
        ]
        blocks.append(Facts(_("What it says"), rows_said))
    return blocks


def _cell(model: Any, event: LoggedEvent, key: str, values: Any) -> str:
    if values.get(key) in (None, "", [], {}):
        return NOTHING
    value = values[key]
    if isinstance(value, dict | list):
        return masked_text(json.dumps(value, ensure_ascii=False))
    return value_in_words(model, key, said_by(event, value))


def _stored(event: LoggedEvent) -> str:
    return pretty({"payload": event.payload, "before": event.before, "after": event.after})


def _deliveries(event: LoggedEvent) -> Table:
    return Table(
        _("Who is told"),
        [_("Handler"), _("State"), (_("Attempts"), "number"), _("Finished")],
        [
            (link(one, one.handler), state(one), one.attempts, moment(one.finished_at))
            for one in event.deliveries.order_by("pk")
        ],
        empty=_("Nobody listens to this event."),
    )


def subject_link(
    request: HttpRequest, event: LoggedEvent, references: dict[tuple[str, str], str] | None = None
) -> Any:
    """The thing's reference or id, leading to its page where there is one."""
    shown = reference_of(event, references or {})
    address = page_of_subject(request, event.name, event.aggregate, event.aggregate_id)
    if not address:
        return shown
    return format_html('<a class="zt-link" href="{}">{}</a>', address, shown)


def pretty(value: Any) -> str:
    """JSON as people read it, without phones and e-mail addresses."""
    return masked_text(json.dumps(value, indent=2, ensure_ascii=False))
