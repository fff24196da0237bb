"""The deliveries that events owe, and those that failed at every attempt."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.events import pretty, subject_link
from backoffice.admin.keyset import Keyset
from backoffice.pages.blocks import Facts, Page, Preformatted
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import (
    NOTHING,
    link,
    moment,
    state_column,
)
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import same
from backoffice.things import name_of_subject
from backoffice.timeline import title_of
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.shared import clock
from marketplace.shared.masking import masked_text
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.outbox import LEASE, discard, hasten, retry


def _is_dead(delivery: Any, request: HttpRequest) -> bool:
    return delivery.status == DeliveryStatus.DEAD


def _waits_long(delivery: Any, request: HttpRequest) -> bool:
    """It failed, and its next attempt is further away than any worker could be busy with it."""
    is_waiting = delivery.status == DeliveryStatus.PENDING and bool(delivery.last_error)
    return is_waiting and delivery.next_attempt_at > clock.now() + LEASE


def _next_attempt(delivery: Delivery) -> Any:
    """Of one that is tried again; what is done has none, whatever the row remembers."""
    is_waiting = delivery.status == DeliveryStatus.PENDING
    return moment(delivery.next_attempt_at) if is_waiting else NOTHING


def _hasten(asked: Asked) -> None:
    hasten(delivery_id=asked.object.pk, actor=asked.actor)


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
        return _next_attempt(delivery)

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
            "hasten",
            _("Try now"),
            "handle_deliveries",
            _hasten,
            done=_("The delivery will be tried again now."),
            icon="bolt",
            when=_waits_long,
            only_adds=True,
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
                    (_("About"), name_of_subject(delivery.event.name, delivery.event.aggregate)),
                    (_("Id"), subject_link(request, delivery.event)),
                    (_("Queue"), delivery.queue),
                    (_("Next attempt"), _next_attempt(delivery)),
                    (_("Finished"), moment(delivery.finished_at)),
                    (_("Closing reason"), delivery.closing_reason),
                ],
            )
        ]
        if delivery.last_error:
            main.append(Preformatted(_("Last error"), masked_text(delivery.last_error)))
        main.append(Preformatted(_("Payload"), pretty(delivery.event.payload)))
        return Page(
            title=delivery.handler,
            figures=[
                (_("Attempts"), delivery.attempts),
                (_("Created"), moment(delivery.created_at)),
            ],
            main=main,
            subjects=[(delivery.event.aggregate, [delivery.event.aggregate_id])],
        )
