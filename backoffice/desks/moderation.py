"""Of whoever moderates listings: what they decided, how fast, and what hinders them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.desks.shape import DAYS, Desk, Figure, Seen, Verdicts, number
from backoffice.insight.charts import Chart
from backoffice.insight.lists import Behind
from marketplace.analytics.measures import LISTING_APPROVED, LISTING_REJECTED
from marketplace.analytics.queries import Span
from marketplace.listings.models import ImportBatch, Listing, ListingPicture
from marketplace.listings.states import ListingStatus, PictureStatus
from marketplace.shared import clock
from marketplace.shared.ids import first_uuid7

WITHOUT_PICTURE = "pictures"
VERDICTS = Verdicts(
    {
        LISTING_APPROVED: ListingStatus.LIVE.value,
        LISTING_REJECTED: ListingStatus.REJECTED.value,
    },
    "listings.listing",
    "moderated_at",
    "listings",
)


def without_picture(listings: QuerySet[Any]) -> QuerySet[Any]:
    """Those of which nobody has uploaded a picture; one that is refused counts as none."""
    pictures = ListingPicture.objects.filter(listing=OuterRef("pk")).exclude(
        status=PictureStatus.REFUSED
    )
    return listings.filter(~Exists(pictures))


def _counts(span: Span) -> dict[str, QuerySet[Any]]:
    since = clock.midnight(span[0])
    waiting = Listing.objects.filter(status=ListingStatus.IN_MODERATION)
    return {
        "imports": ImportBatch.objects.filter(
            pk__gte=first_uuid7(since), created_at__gte=since, rows_failed__gt=0
        ),
        "bare": without_picture(waiting),
    }


def _figures(seen: Seen) -> list[Figure]:
    span = seen.period.span
    return [
        *VERDICTS.figures(seen, [_("Approved today"), _("Rejected today")]),
        Figure(
            _("Imports with refused rows"),
            number(seen.now["imports"]),
            _("of the last %(days)s days") % {"days": DAYS},
            Behind("", "listings.importbatch", "created_at", (("rows_failed__gt", "0"),)),
            span,
        ),
        Figure(
            _("Without a picture"),
            number(seen.now["bare"]),
            _("of those that wait"),
            Behind("", "backoffice.moderationqueue", filters=((WITHOUT_PICTURE, "none"),)),
            span,
        ),
    ]


def _charts(seen: Seen) -> list[Chart]:
    labels = [_("Approved"), _("Rejected")]
    return VERDICTS.charts(seen, "listings", _("Listings decided"), _("Listings"), labels)


DESK = Desk(
    "moderation",
    gettext_lazy("Moderation"),
    "backoffice.moderate_listings",
    _figures,
    _charts,
    _counts,
)
