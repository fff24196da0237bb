"""Files as people upload them; small, and really what they claim to be."""

import io
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def a_pdf(name: str = "nida.pdf", text: str = "scan") -> SimpleUploadedFile:
    body = f"%PDF-1.4\n% {text}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".encode()
    return SimpleUploadedFile(name, body, content_type="application/pdf")


def a_picture(
    name: str = "selfie.jpg", form: str = "JPEG", size: tuple[int, int] = (64, 48)
) -> SimpleUploadedFile:
    """JPEG, PNG or WEBP."""
    return SimpleUploadedFile(name, _encoded(form, size), content_type="image/jpeg")


@cache
def _encoded(form: str, size: tuple[int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (30, 120, 200)).save(stream, form)
    return stream.getvalue()
