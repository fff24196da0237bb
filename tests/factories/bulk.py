"""Listings that wait, and decisions about all of them in the background."""

from django.db.models import CharField
from django.db.models.functions import Cast

from marketplace.casework.commands import choose_rows, start_bulk
from marketplace.casework.models import BulkRun
from marketplace.listings.commands import approve_listing
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from marketplace.shared.rows import Selection
from tests.factories.accounts import a_staff_member
from tests.factories.catalog import a_product
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller


def moderator() -> Actor:
    person = a_staff_member("catalogue_moderator")
    return Actor.staff(person.pk, person.name)


def waiting_listings(count: int) -> list[Listing]:
    seller, product = a_seller(), a_product()
    return [
        a_listing(seller, product, status=ListingStatus.IN_MODERATION) for _time in range(count)
    ]


def chosen(actor: Actor, action: str = "listings.approve") -> BulkRun:
    """All listings that wait, written down for a decision."""
    rows = Listing.objects.filter(status=ListingStatus.IN_MODERATION).order_by("pk")
    return choose_rows(
        action=action,
        rows=Selection.of(rows.values_list(Cast("pk", CharField()), "reference")),
        filters="",
        sum_minor=None,
        actor=actor,
    )


def started(actor: Actor, action: str = "listings.approve", **answers) -> BulkRun:
    return start_bulk(run_id=chosen(actor, action).pk, answers=answers, actor=actor)


def outcomes(run: BulkRun) -> list[str]:
    return list(run.rows.order_by("id").values_list("outcome", flat=True))


def approvals() -> int:
    return LoggedEvent.objects.filter(
        name="listings.status_changed.v1", after__status=ListingStatus.LIVE
    ).count()


def approve(actor: Actor, row: str) -> None:
    approve_listing(listing_id=row, actor=actor)
