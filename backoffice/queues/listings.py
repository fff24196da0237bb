"""Listings that wait for a moderator. Emptied by the catalogue moderators."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice import waiting
from backoffice.admin.listings import DUTY, TO_THE_SELLER, ListingColumns
from backoffice.desks.moderation import WITHOUT_PICTURE, without_picture
from backoffice.models import ModerationQueue
from backoffice.pages.display import money
from backoffice.work.prepared import PreparedTogether
from backoffice.work.shape import WorkQueue
from backoffice.work.together import against, together
from marketplace.casework.states import MacroKind, QueueName
from marketplace.listings.commands import approve_listing, reject_listing
from marketplace.listings.models import Listing

SHOWN = (
    (_("Product"), lambda listing: listing.product),
    (_("Seller"), lambda listing: listing.seller),
    ((_("Price"), "number"), lambda listing: money(listing.price_minor, listing.currency)),
)


def _approve(listing: Any, asked: Any) -> None:
    approve_listing(listing_id=listing.pk, actor=asked.actor)


def _reject(listing: Any, asked: Any) -> None:
    reject_listing(listing_id=listing.pk, reason=asked.data["reason"], actor=asked.actor)


class PictureFilter(admin.SimpleListFilter):
    """A listing without a picture is hardly ever let through: all of them may be sent back together."""

    title = _("pictures")
    parameter_name = WITHOUT_PICTURE

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [("none", _("Without a picture"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return without_picture(queryset) if self.value() == "none" else queryset


@admin.register(ModerationQueue)
class ModerationQueueAdmin(WorkQueue, ListingColumns):
    kind, of, duty = "listing", Listing, DUTY
    since, time = "submitted_at", QueueName.LISTINGS
    intro = _("Listings that wait for a moderator, oldest first.")
    list_display = ("sku", "reference", "product", "seller", "price")
    list_filter = (PictureFilter,)
    bulk = (
        together("approve", _("Approve"), DUTY, _approve, *SHOWN, icon="check", key="a", trial={},
                 effect=ngettext_lazy("%(count)s listing goes on sale at once.",
                                      "%(count)s listings go on sale at once.", "count"),
                 background="listings.approve", summed="price_minor"),
        against("reject", _("Reject"), DUTY, _reject, *SHOWN,
                effect=ngettext_lazy(
                    "%(count)s listing stays off sale. Its seller reads the reason, and may submit it"
                    " again.",
                    "%(count)s listings stay off sale. Their sellers read the reason, and may submit"
                    " them again.", "count"),
                background="listings.reject", summed="price_minor",
                prepared=PreparedTogether(MacroKind.LISTINGS, lambda listing: TO_THE_SELLER)),
    )  # fmt: skip

    def waiting(self) -> QuerySet[Any]:
        return waiting.listings()
