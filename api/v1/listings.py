"""A seller's own listings; what buyers see of them stands under products."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from api.auth import Shop, shop
from api.etags import edits_version, expected_version, shows_version, stamp
from api.pagination import Page, Window, cut
from api.refusals import refuses
from api.schemas.listings import ListingEdit, ListingIn, ListingOut, PictureOut
from api.throttling import Pace
from api.v1.sellers import UPLOADS
from marketplace.catalog.errors import ProductNotFound
from marketplace.catalog.queries import product_by_reference, product_cards
from marketplace.listings import commands, errors, queries
from marketplace.listings.states import ListingStatus
from marketplace.sellers.errors import NotASeller
from marketplace.shared.states import IllegalTransition, TransitionNotYours

router = Router()

MINE = (NotASeller, errors.ListingNotFound)
VALUES = (errors.PriceInvalid, errors.QuantityInvalid, errors.SkuTaken)
STATES = (IllegalTransition, TransitionNotYours)


@router.get("", response=Page[ListingOut], summary="List my listings")
@refuses(NotASeller)
def list_listings(
    request: HttpRequest,
    window: Query[Window],
    status: Annotated[ListingStatus | None, Query(examples=["live"])] = None,
) -> Page[ListingOut]:
    """Newest first."""
    rows = queries.own_listings(seller_id=shop(request).id, status=status or "")
    found, cursor = cut(request, rows, window)
    cards = product_cards([row.product_id for row in found])
    return Page(
        items=[ListingOut.of(row, cards[row.product_id]) for row in found], next_cursor=cursor
    )


@router.post("", response={201: ListingOut}, summary="Create a listing")
@refuses(NotASeller, ProductNotFound, VALUES)
@shows_version
def create_listing(
    request: HttpRequest, response: HttpResponse, body: ListingIn
) -> Status[ListingOut]:
    """A draft; buyers see it once it was submitted and approved."""
    own = shop(request)
    row = commands.create_listing(
        seller_id=own.id,
        product_id=product_by_reference(body.product).pk,
        sku=body.sku,
        condition=body.condition,
        price_minor=body.price.amount,
        on_hand=body.on_hand,
        warranty_months=body.warranty_months,
        actor=own.actor,
    )
    return Status(201, _shown(own, row.reference, response))


@router.get("/{reference}", response=ListingOut, summary="Show my listing")
@refuses(MINE)
@shows_version
def show_listing(request: HttpRequest, response: HttpResponse, reference: str) -> ListingOut:
    return _shown(shop(request), reference, response)


@router.patch("/{reference}", response=ListingOut, summary="Edit my listing")
@refuses(MINE, VALUES, errors.BelowReserved, errors.ListingChangedMeanwhile)
@edits_version
def edit_listing(
    request: HttpRequest, response: HttpResponse, reference: str, body: ListingEdit
) -> ListingOut:
    """Price, stock, SKU, condition, warranty. Stock cannot go below what open orders hold."""
    version, own = expected_version(request), shop(request)
    commands.edit_listing(
        listing_id=_mine(own, reference).pk,
        seller_id=own.id,
        version=version,
        actor=own.actor,
        price_minor=body.price.amount if body.price else None,
        **body.model_dump(exclude_none=True, exclude={"price"}),
    )
    return _shown(own, reference, response)


@router.post("/{reference}/submit", response=ListingOut, summary="Submit for moderation")
@refuses(MINE, STATES)
@shows_version
def submit_listing(request: HttpRequest, response: HttpResponse, reference: str) -> ListingOut:
    own = shop(request)
    commands.submit_listing(listing_id=_mine(own, reference).pk, seller_id=own.id, actor=own.actor)
    return _shown(own, reference, response)


@router.post("/{reference}/pause", response=ListingOut, summary="Take my listing off sale")
@refuses(MINE, STATES)
@shows_version
def pause_listing(request: HttpRequest, response: HttpResponse, reference: str) -> ListingOut:
    own = shop(request)
    commands.pause_listing(listing_id=_mine(own, reference).pk, seller_id=own.id, actor=own.actor)
    return _shown(own, reference, response)


@router.post("/{reference}/resume", response=ListingOut, summary="Put my listing on sale again")
@refuses(MINE, STATES)
@shows_version
def resume_listing(request: HttpRequest, response: HttpResponse, reference: str) -> ListingOut:
    own = shop(request)
    commands.resume_listing(listing_id=_mine(own, reference).pk, seller_id=own.id, actor=own.actor)
    return _shown(own, reference, response)


@router.post(
    "/{reference}/pictures",
    throttle=Pace("upload"),
    response={201: PictureOut},
    summary="Add a picture",
)
@refuses(MINE, UPLOADS, errors.TooManyPictures)
def add_picture(
    request: HttpRequest, reference: str, file: File[UploadedFile]
) -> Status[PictureOut]:
    """JPEG, PNG or WebP. A worker encodes it again; it is published when its status is `ready`."""
    own = shop(request)
    picture = commands.add_picture(
        listing_id=_mine(own, reference).pk, seller_id=own.id, file=file, actor=own.actor
    )
    return Status(201, PictureOut.of(picture))


@router.delete(
    "/pictures/{reference}", response={204: None}, summary="Take a picture off its listing"
)
@refuses(MINE)
def remove_picture(request: HttpRequest, reference: str) -> Status[None]:
    own = shop(request)
    commands.remove_picture(reference=reference, seller_id=own.id, actor=own.actor)
    return Status(204, None)


def _mine(own: Shop, reference: str) -> Any:
    return queries.get_listing(reference=reference, seller_id=own.id)


def _shown(own: Shop, reference: str, response: HttpResponse) -> ListingOut:
    row = _mine(own, reference)
    stamp(response, row.version)
    return ListingOut.of(row, product_cards([row.product_id])[row.product_id])
