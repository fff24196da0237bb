"""Pictures: kept as they came, shown only as Pillow encoded them again."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.listings.errors import ListingNotFound, TooManyPictures
from marketplace.listings.events import PictureProcessed, PictureUploaded
from marketplace.listings.models import ListingPicture
from marketplace.listings.queries import owned_for_update
from marketplace.listings.states import PictureStatus
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.sayings import KEPT_IN
from marketplace.shared.uploads import PICTURES, read_upload

PICTURES_MAX = 8
PIXELS_MAX = 40_000_000
LARGE_PX, THUMBNAIL_PX = 1600, 400
WEBP_QUALITY = 82


@transaction.atomic
def add_picture(*, listing_id: UUID, seller_id: UUID, file: Any, actor: Actor) -> ListingPicture:
    """Keep an upload; a worker makes the published sizes of it.

    Raises ListingNotFound, TooManyPictures and UploadRefused.
    """
    listing = owned_for_update(listing_id=listing_id, seller_id=seller_id)
    if listing.pictures.exclude(status=PictureStatus.REFUSED).count() >= PICTURES_MAX:
        raise TooManyPictures(most=PICTURES_MAX)
    upload = read_upload(file, allowed=PICTURES, max_bytes=settings.UPLOAD_BYTES_MAX)
    last = listing.pictures.aggregate(last=Max("position"))["last"]
    picture = ListingPicture(listing=listing, position=0 if last is None else last + 1)
    picture.original.save(f"{picture.reference}.bin", ContentFile(upload.data), save=False)
    picture.save()
    record(PictureUploaded(listing_id=listing.pk, picture_id=picture.pk), actor=actor)
    return picture


@transaction.atomic
def remove_picture(*, reference: str, seller_id: UUID, actor: Actor) -> None:
    """Take a picture off its listing; the files stay for the record."""
    picture = (
        ListingPicture.objects.select_for_update()
        .filter(reference=reference, listing__seller_id=seller_id)
        .first()
    )
    if picture is None:
        raise ListingNotFound
    picture.status = PictureStatus.REFUSED
    with override(KEPT_IN):
        picture.refusal = _("Removed by the seller")
    picture.save(update_fields=["status", "refusal"])
    _announce(picture, actor)


def process_picture(*, picture_id: UUID, actor: Actor) -> ListingPicture:
    """Encode an upload again, in two sizes and without metadata; twice makes the same files.

    A file that Pillow cannot read, or that unfolds to too many pixels, is refused, saying why.
    """
    picture = ListingPicture.objects.get(pk=picture_id)
    if picture.status != PictureStatus.PENDING:
        return picture
    try:
        large, thumbnail = _encode(picture.original.open("rb").read())
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        picture.status = PictureStatus.REFUSED
        with override(KEPT_IN):
            said = _("This picture cannot be read: %(error)s") % {"error": error}
        picture.refusal = said[:200]
    else:
        picture.status = PictureStatus.READY
        picture.width, picture.height = large[1]
        folder = f"listings/{picture.listing_id}"
        picture.large.save(f"{folder}/{picture.reference}.webp", ContentFile(large[0]), save=False)
        picture.thumbnail.save(
            f"{folder}/{picture.reference}-small.webp", ContentFile(thumbnail[0]), save=False
        )
    with transaction.atomic():
        changed = ListingPicture.objects.filter(pk=picture.pk, status=PictureStatus.PENDING).update(
            status=picture.status,
            refusal=picture.refusal,
            width=picture.width,
            height=picture.height,
            large=picture.large.name,
            thumbnail=picture.thumbnail.name,
        )
        if changed:
            _announce(picture, actor)
    return picture


def _announce(picture: ListingPicture, actor: Actor) -> None:
    record(
        PictureProcessed(
            listing_id=picture.listing_id, picture_id=picture.pk, status=picture.status
        ),
        actor=actor,
    )


def _encode(data: bytes) -> tuple[tuple[bytes, tuple[int, int]], tuple[bytes, tuple[int, int]]]:
    """WebP in both sizes, upright, on white where it was transparent."""
    with Image.open(BytesIO(data)) as source:
        if source.width * source.height > PIXELS_MAX:
            raise ValueError(_("it has more than %(most)s megapixels") % {"most": 40})
        upright = ImageOps.exif_transpose(source).convert("RGBA")
        flat = Image.new("RGB", upright.size, "white")
        flat.paste(upright, mask=upright.getchannel("A"))
    return _webp(flat, LARGE_PX), _webp(flat, THUMBNAIL_PX)


def _webp(picture: Image.Image, longest_px: int) -> tuple[bytes, tuple[int, int]]:
    scaled = picture.copy()
    scaled.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    out = BytesIO()
    scaled.save(out, "WEBP", quality=WEBP_QUALITY, method=4)
    return out.getvalue(), scaled.size
