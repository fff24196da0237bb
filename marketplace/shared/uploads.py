"""Files from outside: what they really are is read from their bytes, never from name or header.

PDF, JPEG, PNG and WebP are known. Pictures are opened with Pillow inside a bound on their pixels.
"""

import hashlib
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any, Protocol

from django.utils.translation import gettext_lazy as _
from PIL import Image

from marketplace.shared.errors import Invalid

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
PICTURES = frozenset({JPEG, PNG, WEBP})
DOCUMENTS = PICTURES | {PDF}
EXTENSIONS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", WEBP: ".webp"}

# A telephone takes 12 to 50 million pixels; 50 million decode into 200 MB.
PIXELS_MAX = 50_000_000
NAME_LENGTH_MAX = 120
_PILLOW_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}


class UploadRefused(Invalid):
    """Base of all refusals of a file."""

    code = "upload_refused"
    message = _("This file cannot be accepted.")
    field = "file"


class UploadEmpty(UploadRefused):
    code = "upload_empty"
    message = _("This file is empty.")


class UploadTooLarge(UploadRefused):
    code = "upload_too_large"
    message = _("This file is larger than %(megabytes)s MB.")


class UploadTypeRefused(UploadRefused):
    code = "upload_type_refused"
    message = _("This kind of file is not accepted. Send one of: %(allowed)s.")


class UploadDamaged(UploadRefused):
    code = "upload_damaged"
    message = _("This file is damaged or incomplete. Please save it again and retry.")


class UploadTooManyPixels(UploadRefused):
    code = "upload_too_many_pixels"
    message = _("This picture is larger than %(megapixels)s megapixels.")


class Source(Protocol):
    """Django's UploadedFile and File, and anything alike."""

    @property
    def name(self) -> Any: ...

    def read(self, size: int, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is what it claims: `name` is safe to show, `size` in bytes, `sha256` in hex."""

    name: str
    content_type: str
    data: bytes
    sha256: str
    size: int

    @property
    def extension(self) -> str:
        """With its dot, by content."""
        return EXTENSIONS[self.content_type]


def read_upload(file: Source, *, allowed: Collection[str], max_bytes: int) -> Upload:
    """Read the file whole, at most `max_bytes`, and believe its bytes only.

    `allowed` are content types of this module. Raises subclasses of UploadRefused.
    """
    data: bytes = file.read(max_bytes + 1)
    if not data:
        raise UploadEmpty
    if len(data) > max_bytes:
        raise UploadTooLarge(megabytes=max_bytes // 1_000_000 or 1)
    content_type = sniff(data)
    if content_type not in allowed:
        kinds = sorted(EXTENSIONS[kind].removeprefix(".").upper() for kind in allowed)
        raise UploadTypeRefused(allowed=", ".join(kinds))
    if content_type == PDF:
        _check_pdf(data)
    else:
        _check_picture(data, content_type)
    name = safe_name(str(file.name or ""))
    return Upload(name, content_type, data, hashlib.sha256(data).hexdigest(), len(data))


def sniff(data: bytes) -> str:
    """The content type by magic bytes; "" where it is none that we know."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    return ""


def safe_name(name: str) -> str:
    """A file name for people: no path, no control characters, not too long."""
    bare = PurePath(name.replace("\\", "/")).name
    printable = re.sub(r"[^\w.()\- ]+", "_", bare).strip(" .")
    return printable[-NAME_LENGTH_MAX:] or "file"


def _check_pdf(data: bytes) -> None:
    """A PDF ends with its end mark; a broken upload does not."""
    if b"%%EOF" not in data[-2048:]:
        raise UploadDamaged


def _check_picture(data: bytes, content_type: str) -> None:
    try:
        with _open(io.BytesIO(data), content_type) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise UploadTooManyPixels(megapixels=PIXELS_MAX // 1_000_000)
            picture.verify()
        with _open(io.BytesIO(data), content_type) as picture:
            # Reads all of the data; a JPEG is decoded at an eighth of its size, which is enough.
            picture.draft("RGB", (picture.width // 8 or 1, picture.height // 8 or 1))
            picture.load()
    except Image.DecompressionBombError as error:
        raise UploadTooManyPixels(megapixels=PIXELS_MAX // 1_000_000) from error
    except UploadRefused:
        raise
    except Exception as error:  # Pillow's decoders fail in their own many ways.
        raise UploadDamaged from error


def _open(stream: IO[bytes], content_type: str) -> Image.Image:
    return Image.open(stream, formats=[_PILLOW_FORMATS[content_type]])
