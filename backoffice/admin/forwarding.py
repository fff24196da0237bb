"""What analytics services were told: the batches, what was taken of each, and what was refused."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import ROWS_MAX, Page, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import chip, moment, state
from marketplace.analytics.commands import retry_refused
from marketplace.analytics.models import ForwardBatch, ForwardedDeed
from marketplace.analytics.states import ForwardStatus, title_of


class OutcomeFilter(admin.SimpleListFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("refused", _("Something refused")), ("open", _("Waiting for an answer"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "refused":
                return rows.filter(refused__gt=0)
            case "open":
                return rows.filter(closed_at=None)
        return rows


def _retry(asked: Asked) -> None:
    retry_refused(batch_id=asked.object.pk, actor=asked.actor)


def _has_refused(batch: ForwardBatch, request: HttpRequest) -> bool:
    return batch.refused > 0 and batch.deeds.filter(status=ForwardStatus.REFUSED).exists()


@admin.register(ForwardBatch)
class ForwardBatchAdmin(Console):
    """Each batch as the service answered for it."""

    aggregate = "forward_batch"
    intro = _(
        "What buyers who allow it do is told to analytics services in batches, without names, addresses"
        " or phone numbers. A batch goes again with the same ids until it is answered for."
    )
    list_display = ("service", "opened", "outcome", "taken_shown", "refused_shown", "tries", "why")
    list_filter = (OutcomeFilter,)
    decisions = (
        Decision(
            "retry",
            _("Send refused ones again"),
            "handle_deliveries",
            _retry,
            done=_("They wait for the next batch."),
            ask=_("Only what the service refused is sent once more; it took the rest."),
            icon="refresh",
            variant="primary",
            when=_has_refused,
        ),
    )

    @display(description=_("Service"), ordering="destination")
    def service(self, batch: ForwardBatch) -> str:
        return title_of(batch.destination)

    @display(description=_("Opened"), ordering="-pk")
    def opened(self, batch: ForwardBatch) -> Any:
        return moment(batch.opened_at)

    @display(description=_("Outcome"))
    def outcome(self, batch: ForwardBatch) -> Any:
        return _outcome(batch)

    @display(description=_("Taken"), ordering="taken")
    def taken_shown(self, batch: ForwardBatch) -> int:
        return batch.taken

    @display(description=_("Refused"), ordering="refused")
    def refused_shown(self, batch: ForwardBatch) -> int:
        return batch.refused

    @display(description=_("Tries"), ordering="attempts")
    def tries(self, batch: ForwardBatch) -> int:
        return batch.attempts

    @display(description=_("Last failure"))
    def why(self, batch: ForwardBatch) -> str:
        return batch.failure or "–"

    def page(self, request: HttpRequest, batch: ForwardBatch) -> Page:
        notices: list[tuple[str, Any]] = []
        if batch.closed_at is None and batch.failure:
            notices.append(("warning", batch.failure))
        if batch.refused:
            refused = _("The service refused %(count)d of these events.")
            notices.append(("danger", refused % {"count": batch.refused}))
        return Page(
            figures=[
                (_("Taken"), batch.taken),
                (_("Refused"), batch.refused),
                (_("Tries"), batch.attempts),
                (_("Opened"), moment(batch.opened_at)),
                (_("Consents looked at"), moment(batch.checked_at)),
                *_end(batch),
            ],
            notices=notices,
            main=[_deeds(batch)],
            status=_outcome(batch),
        )


def _outcome(batch: ForwardBatch) -> Any:
    if batch.closed_at is None:
        return chip("waiting", _("Waiting for an answer"))
    if batch.refused:
        return chip("refused", _("Something refused"))
    return chip("sent", _("Sent"))


def _end(batch: ForwardBatch) -> list[tuple[Any, Any]]:
    if batch.closed_at:
        return [(_("Answered"), moment(batch.closed_at))]
    return [(_("Next try"), moment(batch.next_attempt_at))]


def _deeds(batch: ForwardBatch) -> Table:
    """What was refused first; of whom it is told, nobody here needs to know."""
    deeds: QuerySet[ForwardedDeed] = batch.deeds.order_by("status", "pk")[:ROWS_MAX]
    return Table(
        _("What it tells"),
        [_("Event"), _("Happened"), _("Status"), _("Why"), _("Id at the service")],
        [
            (deed.name, moment(deed.happened_at), state(deed), deed.failure or "–", deed.deed_id)
            for deed in deeds
        ],
        empty=_("Nothing of it is left: it was withheld, or waits for another batch."),
        note=_("The first %(count)d.") % {"count": ROWS_MAX} if batch.taken > ROWS_MAX else "",
    )
