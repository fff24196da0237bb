"""The event log, the deliveries it owes, and those that failed at every attempt."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.keyset import Keyset
from backoffice.navigation import name_of_subject, page_of_subject
from backoffice.pages.blocks import Facts, Page, Preformatted, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import link, moment, state, state_column
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import same
from backoffice.timeline import actor_name, title_of
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.shared.events import REGISTRY
from marketplace.shared.models import Delivery, DeliveryStatus, LoggedEvent
from marketplace.shared.outbox import discard, retry


class AggregateFilter(admin.SimpleListFilter):
    """By what the events are about."""

    title = _("about")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        # Several contexts may use one word: a batch is of imports or of payouts.
        named: dict[str, set[str]] = {}
        for name, event in REGISTRY.items():
            named.setdefault(event.aggregate, set()).add(name_of_subject(name, event.aggregate))
        return [(about, ", ".join(sorted(names))) for about, names in sorted(named.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(aggregate=self.value()) if self.value() else queryset


@admin.register(LoggedEvent)
class LoggedEventAdmin(Keyset):
    """Everything that ever happened, newest first. Rows are never changed or deleted."""

    list_display = ("occurred", "title", "aggregate_shown", "aggregate_id", "actor", "request_id")
    list_display_links = ("title",)
    list_filter = (AggregateFilter, "actor_kind")
    search_by = {
        "aggregate_id": same,
        "actor_id": same,
        "name": same,
        "request_id": same,
        "name__startswith": same,
    }
    search_hint = _("Id of a thing or of a person, name of an event, or request id")

    @display(description=_("When"), ordering="-pk")
    def occurred(self, event: LoggedEvent) -> Any:
        return moment(event.occurred_at)

    @display(description=_("Event"), ordering="name")
    def title(self, event: LoggedEvent) -> Any:
        return title_of(event.name)

    @display(description=_("About"), ordering="aggregate")
    def aggregate_shown(self, event: LoggedEvent) -> Any:
        return name_of_subject(event.name, event.aggregate)

    @display(description=_("Who"), ordering="actor_id")
    def actor(self, event: LoggedEvent) -> Any:
        return actor_name(event, {})

    def page(self, request: HttpRequest, event: LoggedEvent) -> Page:
        main: list[Any] = [
            Facts(
                _("Fact"),
                [
                    (_("Name"), event.name),
                    (_("About"), name_of_subject(event.name, event.aggregate)),
                    (_("Id"), _subject(request, event)),
                    (_("Who"), actor_name(event, {})),
                    (_("When"), moment(event.occurred_at)),
                    (_("Request"), event.request_id),
                ],
            ),
            Preformatted(_("Payload"), _pretty(event.payload)),
        ]
        if event.before is not None or event.after is not None:
            main.append(Preformatted(_("Before"), _pretty(event.before)))
            main.append(Preformatted(_("After"), _pretty(event.after)))
        main.append(_deliveries(event))
        return Page(
            title=title_of(event.name),
            main=main,
            subjects=[(event.aggregate, [event.aggregate_id])],
        )


def _subject(request: HttpRequest, event: LoggedEvent) -> Any:
    """The thing's id, leading to its page where there is one."""
    address = page_of_subject(request, event.name, event.aggregate, event.aggregate_id)
    if not address:
        return event.aggregate_id
    return format_html('<a class="zt-link" href="{}">{}</a>', address, event.aggregate_id)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


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


def _is_dead(delivery: Any, request: HttpRequest) -> bool:
    return delivery.status == DeliveryStatus.DEAD


def _retry(asked: Asked) -> None:
    retry(delivery_id=asked.object.pk, actor=asked.actor)


def _discard(asked: Asked) -> None:
    discard(delivery_id=asked.object.pk, actor=asked.actor, reason=asked.data["reason"])


class DeliveryColumns(Console):
    list_display: Sequence[str] = (
        "handler",
        "event_title",
        "queue",
        "status_label",
        "attempts",
        "next_attempt",
        "created",
    )
    list_select_related = ("event",)
    search_by = {"handler__startswith": same, "event__aggregate_id": same}
    search_hint = _("Beginning of the handler's name, or id of the thing")
    status_label = state_column()

    @display(description=_("Event"))
    def event_title(self, delivery: Delivery) -> Any:
        return title_of(delivery.event.name)

    @display(description=_("Next attempt"), ordering="next_attempt_at")
    def next_attempt(self, delivery: Delivery) -> Any:
        return moment(delivery.next_attempt_at)

    @display(description=_("Created"), ordering="-pk")
    def created(self, delivery: Delivery) -> Any:
        return moment(delivery.created_at)


@admin.register(Delivery)
class DeliveryAdmin(CasePage, Keyset, DeliveryColumns):
    """Each event owed to each handler: the truth about background work."""

    aggregate = "delivery"
    chips = "status"
    decisions = (
        Decision(
            "retry",
            _("Try again"),
            "handle_deliveries",
            _retry,
            done=_("The delivery will be tried again now."),
            icon="refresh",
            variant="primary",
            when=_is_dead,
            key="a",
        ),
        Decision(
            "discard",
            _("Discard"),
            "handle_deliveries",
            _discard,
            done=_("The delivery is given up."),
            form=ReasonForm,
            ask=_("It will never be delivered. Say why, for whoever looks for it later."),
            icon="delete",
            variant="danger",
            when=_is_dead,
            key="r",
        ),
        *hands("delivery", "handle_deliveries"),
    )

    def page(self, request: HttpRequest, delivery: Delivery) -> Page:
        main: list[Any] = [
            Facts(
                _("Delivery"),
                [
                    (_("Handler"), delivery.handler),
                    (_("Event"), link(delivery.event, title_of(delivery.event.name))),
                    (_("About"), delivery.event.aggregate.replace("_", " ")),
                    (_("Id"), _subject(request, delivery.event)),
                    (_("Queue"), delivery.queue),
                    (_("Next attempt"), moment(delivery.next_attempt_at)),
                    (_("Finished"), moment(delivery.finished_at)),
                    (_("Closing reason"), delivery.closing_reason),
                ],
            )
        ]
        if delivery.last_error:
            main.append(Preformatted(_("Last error"), delivery.last_error))
        main.append(Preformatted(_("Payload"), _pretty(delivery.event.payload)))
        return Page(
            title=delivery.handler,
            figures=[
                (_("Attempts"), delivery.attempts),
                (_("Created"), moment(delivery.created_at)),
            ],
            main=main,
            subjects=[(delivery.event.aggregate, [delivery.event.aggregate_id])],
        )
