"""Offers: made by sellers, let in by moderators, changed without stepping on orders."""

from io import BytesIO

import pytest
from PIL import Image

from marketplace.listings.commands import (
    add_picture,
    approve_listing,
    create_listing,
    edit_listing,
    pause_listing,
    reject_listing,
    resume_listing,
    submit_listing,
)
from marketplace.listings.errors import (
    BelowReserved,
    ListingChangedMeanwhile,
    ListingNotFound,
    PriceInvalid,
    ReasonMissing,
    SkuTaken,
)
from marketplace.listings.models import Listing, ListingPicture
from marketplace.listings.queries import live_offers, newest_on_shelf
from marketplace.listings.states import ListingStatus, PictureStatus
from marketplace.shared.states import TransitionNotYours
from marketplace.shared.uploads import UploadRefused
from tests.deliveries import deliver_all, failures
from tests.factories.accounts import staff_actor
from tests.factories.catalog import a_product
from tests.factories.files import a_pdf, a_picture
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller, reactivate_seller, seller_actor, suspend_seller

pytestmark = pytest.mark.django_db


def a_draft(seller, **changes) -> Listing:
    values = {"sku": "A-1", "price_minor": 100_000, "on_hand": 2, "product_id": a_product().pk}
    return create_listing(seller_id=seller.pk, actor=seller_actor(seller), **{**values, **changes})


def test_a_listing_is_sold_only_after_a_moderator_let_it():
    seller = a_seller()
    listing = a_draft(seller)
    actor = seller_actor(seller)
    assert live_offers(product_ids=[listing.product_id])[listing.product_id] == []

    submit_listing(listing_id=listing.pk, seller_id=seller.pk, actor=actor)
    with pytest.raises(TransitionNotYours):
        approve_listing(listing_id=listing.pk, actor=actor)
    approve_listing(listing_id=listing.pk, actor=staff_actor())

    offers = live_offers(product_ids=[listing.product_id])[listing.product_id]
    assert [offer.reference for offer in offers] == [listing.reference]


def test_a_rejected_listing_says_why_and_may_come_again():
    seller = a_seller()
    listing = a_draft(seller)
    actor = seller_actor(seller)
    submit_listing(listing_id=listing.pk, seller_id=seller.pk, actor=actor)

    with pytest.raises(ReasonMissing):
        reject_listing(listing_id=listing.pk, reason="", actor=staff_actor())
    reject_listing(listing_id=listing.pk, reason="Blurred picture", actor=staff_actor())

    listing.refresh_from_db()
    assert listing.moderation_note == "Blurred picture"
    submit_listing(listing_id=listing.pk, seller_id=seller.pk, actor=actor)


def test_a_paused_listing_is_not_offered_until_it_is_resumed():
    listing = a_listing()
    actor = seller_actor(listing.seller)

    pause_listing(listing_id=listing.pk, seller_id=listing.seller_id, actor=actor)
    assert live_offers(product_ids=[listing.product_id])[listing.product_id] == []

    resume_listing(listing_id=listing.pk, seller_id=listing.seller_id, actor=actor)
    assert len(live_offers(product_ids=[listing.product_id])[listing.product_id]) == 1


def test_the_price_is_whole_and_positive_and_the_sku_once_per_seller():
    seller = a_seller()
    for price in (0, -100, 150):
        with pytest.raises(PriceInvalid):
            a_draft(seller, price_minor=price)

    a_draft(seller)
    with pytest.raises(SkuTaken):
        a_draft(seller)
    assert a_draft(a_seller()).sku == "A-1"


def test_an_edit_of_what_somebody_changed_meanwhile_is_refused():
    listing = a_listing()
    actor = seller_actor(listing.seller)
    own = {"listing_id": listing.pk, "seller_id": listing.seller_id, "actor": actor}
    edit_listing(**own, version=1, price_minor=200_000)

    with pytest.raises(ListingChangedMeanwhile):
        edit_listing(**own, version=1, price_minor=300_000)

    assert edit_listing(**own, version=2, on_hand=7).on_hand == 7


def test_stock_cannot_go_below_what_open_orders_hold():
    listing = a_listing(on_hand=5, reserved=3)
    own = {"listing_id": listing.pk, "seller_id": listing.seller_id}

    with pytest.raises(BelowReserved):
        edit_listing(**own, on_hand=2, actor=seller_actor(listing.seller))


def test_another_sellers_listing_does_not_exist():
    listing, stranger = a_listing(), a_seller()

    with pytest.raises(ListingNotFound):
        edit_listing(
            listing_id=listing.pk,
            seller_id=stranger.pk,
            on_hand=1,
            actor=seller_actor(stranger),
        )


def test_a_picture_is_published_only_as_we_encoded_it_again():
    listing = a_listing()

    picture = add_picture(
        listing_id=listing.pk,
        seller_id=listing.seller_id,
        file=a_picture(form="PNG", size=(3000, 1500)),
        actor=seller_actor(listing.seller),
    )
    assert picture.status == PictureStatus.PENDING
    deliver_all()

    assert failures() == []
    picture.refresh_from_db()
    assert picture.status == PictureStatus.READY
    with Image.open(BytesIO(picture.large.read())) as large:
        assert (large.format, large.size) == ("WEBP", (1600, 800))
    offer = live_offers(product_ids=[listing.product_id])[listing.product_id][0]
    assert offer.thumbnail_url.endswith(".webp")


def test_what_is_no_picture_is_refused():
    listing = a_listing()

    with pytest.raises(UploadRefused):
        add_picture(
            listing_id=listing.pk,
            seller_id=listing.seller_id,
            file=a_pdf(),
            actor=seller_actor(listing.seller),
        )


def test_the_best_offer_of_a_product_is_the_cheapest_that_can_be_bought():
    product = a_product()
    a_listing(product=product, price_minor=900_00)
    cheap = a_listing(product=product, price_minor=500_00)
    a_listing(product=product, price_minor=100_00, status=ListingStatus.PAUSED)
    a_listing(product=product, price_minor=200_00, on_hand=0)
    unseen = a_listing(status=ListingStatus.DRAFT)
    for position, status in enumerate([PictureStatus.PENDING, *[PictureStatus.READY] * 2]):
        ListingPicture.objects.create(
            listing=cheap, status=status, position=position, thumbnail=f"{position}-small.webp"
        )

    newest, older = newest_on_shelf(limit=2, with_unsold=True)

    assert (newest.id, newest.price_minor, newest.offers) == (unseen.product_id, None, 0)
    assert (older.id, older.price_minor, older.offers) == (product.pk, 500_00, 2)
    assert (newest.thumbnail_url, older.thumbnail_url) == ("", "/media/1-small.webp")


def test_offers_of_a_suspended_seller_stand_on_no_shelf_until_they_are_back():
    product = a_product()
    other = a_listing(product=product, price_minor=900_00)
    listing = a_listing(product=product, price_minor=500_00)
    ListingPicture.objects.create(
        listing=listing, status=PictureStatus.READY, thumbnail="small.webp", large="large.webp"
    )

    suspend_seller(seller_id=listing.seller_id, reason="Complaints.")

    (card,) = newest_on_shelf(limit=5)
    assert (card.price_minor, card.offers, card.thumbnail) == (900_00, 1, "")
    assert [o.id for o in live_offers(product_ids=[product.pk])[product.pk]] == [other.pk]

    reactivate_seller(seller_id=listing.seller_id, reason="Settled.")

    (card,) = newest_on_shelf(limit=5)
    assert (card.price_minor, card.offers, card.thumbnail) == (500_00, 2, "small.webp")
    assert len(live_offers(product_ids=[product.pk])[product.pk]) == 2


def test_what_is_sold_out_still_shows_its_picture():
    listing = a_listing(on_hand=0)
    ListingPicture.objects.create(
        listing=listing, status=PictureStatus.READY, thumbnail="small.webp"
    )

    (card,) = newest_on_shelf(limit=5, with_unsold=True)

    assert (card.price_minor, card.offers, card.thumbnail_url) == (None, 0, "/media/small.webp")
