"""Background work that failed at every attempt. Emptied by retry or discard."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice import waiting
from backoffice.admin.deliveries import DeliveryColumns
from backoffice.models import DeadLetter
from backoffice.work.shape import WorkQueue
from backoffice.work.together import against, together
from marketplace.casework.states import QueueName
from marketplace.shared.models import Delivery
from marketplace.shared.outbox import discard, retry

DUTY = "handle_deliveries"
SHOWN = (
    ((_("Attempts"), "number"), lambda delivery: delivery.attempts),
    (_("Last error"), lambda delivery: delivery.last_error.strip().rpartition("\n")[2][:160]),
)


def _retry(delivery: Any, asked: Any) -> None:
    retry(delivery_id=delivery.pk, actor=asked.actor)


def _discard(delivery: Any, asked: Any) -> None:
    discard(delivery_id=delivery.pk, actor=asked.actor, reason=asked.data["reason"])


@admin.register(DeadLetter)
class DeadLetterAdmin(WorkQueue, DeliveryColumns):
    kind, of, duty = "delivery", Delivery, DUTY
    since, time = "finished_at", QueueName.DEAD_LETTERS
    intro = _(
        "Background work that failed at every attempt. Retry it, or discard it with a reason."
    )
    list_display = ("handler", "event_title", "queue", "attempts")
    bulk = (
        together("retry", _("Try again"), DUTY, _retry, *SHOWN, icon="refresh", key="a",
                 effect=ngettext_lazy("%(count)s delivery is tried again at once.",
                                      "%(count)s deliveries are tried again at once.", "count")),
        against("discard", _("Discard"), DUTY, _discard, *SHOWN, icon="delete",
                effect=ngettext_lazy("%(count)s delivery is given up: it will never be made.",
                                     "%(count)s deliveries are given up: they will never be made.",
                                     "count")),
    )  # fmt: skip

    def waiting(self) -> QuerySet[Any]:
        return waiting.dead_letters()
