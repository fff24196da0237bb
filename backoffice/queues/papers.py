"""Sellers' papers that expire within a month, or have. Emptied by operations, by asking for new ones."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.applications import DUTY
from backoffice.models import PapersQueue
from backoffice.pages.display import link
from backoffice.pages.search import upper
from backoffice.work.shape import WorkQueue
from marketplace.sellers.models import KycDocument
from marketplace.shared import clock

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@admin.register(PapersQueue)
class PapersQueueAdmin(WorkQueue):
    """A paper leaves the queue when its successor is uploaded. Late: it has expired."""

    kind, of, duty = "document", KycDocument, DUTY
    since = "uploaded_at"
    intro = _("Papers of sellers that expire within a month, the first to expire on top.")
    list_display = ("reference", "kind", "seller", "expires_on")
    list_select_related = ("application__seller",)
    search_by = {"reference__startswith": upper, "application__reference__startswith": upper}
    search_hint = _("Reference of the document or application")

    @property
    def order(self) -> Sequence[str]:
        return ("expires_on", "pk")

    def due(self) -> Callable[[Any], datetime]:
        return lambda document: clock.midnight(document.expires_on + DAY) - MINUTE

    def waits_since(self, document: KycDocument) -> datetime:
        """The first day of its last month, or its upload if that came later."""
        assert document.expires_on is not None
        begun = clock.midnight(document.expires_on - waiting.RENEWED_BEFORE)
        return max(begun, document.uploaded_at)

    def late(self, now: datetime) -> Q:
        return Q(expires_on__lt=clock.today())

    @display(description=_("Seller"))
    def seller(self, document: KycDocument) -> Any:
        return link(document.application.seller)

    def waiting(self) -> QuerySet[Any]:
        return waiting.papers()
