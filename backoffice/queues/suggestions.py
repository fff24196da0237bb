"""Matches that the engine found and no id proves; the surest first. Emptied by finance."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice import waiting
from backoffice.admin.suggestions import DUTY, SIDES, TOGETHER, SuggestionColumns
from backoffice.models import SuggestionQueue
from backoffice.work.shape import WorkQueue
from marketplace.casework.states import QueueName
from marketplace.reconciliation.models import Suggestion


@admin.register(SuggestionQueue)
class SuggestionQueueAdmin(WorkQueue, SuggestionColumns):
    kind, of, duty = "suggestion", Suggestion, DUTY
    since, time = "suggested_at", QueueName.SUGGESTIONS
    bulk = (TOGETHER,)
    intro = _(
        "What the engine found and no id proves: compare both sides, then confirm or reject. Until"
        " then nothing changes."
    )
    list_display = ("named", "score_shown", "explained", "sides", "amount")

    @property
    def order(self) -> Sequence[str]:
        return ("-score", "suggested_at", "pk")

    def waiting(self) -> QuerySet[Any]:
        return waiting.suggestions()

    def listed(self, waiting: QuerySet[Any]) -> QuerySet[Any]:
        return waiting.prefetch_related(*SIDES)
