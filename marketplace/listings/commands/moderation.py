"""From draft to live, and away again."""

from typing import Any
from uuid import UUID

from django.db import transaction

from marketplace.listings.errors import ListingNotFound, ReasonMissing
from marketplace.listings.events import ListingStatusChanged
from marketplace.listings.models import Listing
from marketplace.listings.queries import owned_for_update
from marketplace.listings.states import LISTING_TRANSITIONS, ListingStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.states import move


@transaction.atomic
def submit_listing(*, listing_id: UUID, seller_id: UUID, actor: Actor) -> Listing:
    """Ask for moderation."""
    listing = owned_for_update(listing_id=listing_id, seller_id=seller_id)
    return _become(listing, ListingStatus.IN_MODERATION, actor, submitted_at=clock.now())


@transaction.atomic
def approve_listing(*, listing_id: UUID, actor: Actor) -> Listing:
    """A moderator lets the listing be sold."""
    return _become(
        _locked(listing_id), ListingStatus.LIVE, actor, moderated_at=clock.now(), moderation_note=""
    )


@transaction.atomic
def reject_listing(*, listing_id: UUID, reason: str, actor: Actor) -> Listing:
    """A moderator sends the listing back; the seller reads why and may submit it again."""
    if not reason.strip():
        raise ReasonMissing
    return _become(
        _locked(listing_id),
        ListingStatus.REJECTED,
        actor,
        reason,
        moderated_at=clock.now(),
        moderation_note=reason.strip()[:300],
    )


@transaction.atomic
def pause_listing(
    *, listing_id: UUID, actor: Actor, seller_id: UUID | None = None, reason: str = ""
) -> Listing:
    """Take a live listing off sale for a while."""
    listing = owned_for_update(listing_id=listing_id, seller_id=seller_id)
    return _become(listing, ListingStatus.PAUSED, actor, reason)


@transaction.atomic
def resume_listing(*, listing_id: UUID, actor: Actor, seller_id: UUID | None = None) -> Listing:
    """Put a paused listing on sale again."""
    listing = owned_for_update(listing_id=listing_id, seller_id=seller_id)
    return _become(listing, ListingStatus.LIVE, actor)


@transaction.atomic
def return_to_moderation(*, listing_id: UUID, reason: str, actor: Actor) -> Listing:
    """Staff looks at a live or paused listing again."""
    return _become(
        _locked(listing_id), ListingStatus.IN_MODERATION, actor, reason, submitted_at=clock.now()
    )


def _locked(listing_id: UUID) -> Listing:
    listing = Listing.objects.select_for_update().filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    return listing


def _become(
    listing: Listing, status: ListingStatus, actor: Actor, reason: str = "", **changes: Any
) -> Listing:
    before = move(
        listing, status, LISTING_TRANSITIONS, actor=actor, version=listing.version + 1, **changes
    )
    record(
        ListingStatusChanged(listing_id=listing.pk, status=status, reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": status},
    )
    return listing
