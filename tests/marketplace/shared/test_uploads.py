"""A file is what its bytes say, whatever it is called."""

import hashlib
import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from marketplace.shared import uploads
from marketplace.shared.uploads import (
    DOCUMENTS,
    PDF,
    PICTURES,
    UploadDamaged,
    UploadEmpty,
    UploadRefused,
    UploadTooLarge,
    UploadTooManyPixels,
    UploadTypeRefused,
    read_upload,
    safe_name,
)
from tests.factories.files import a_pdf, a_picture

MEGABYTE = 1_000_000


def read(file, allowed=DOCUMENTS, max_bytes=MEGABYTE):
    return read_upload(file, allowed=allowed, max_bytes=max_bytes)


def named(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


@pytest.mark.parametrize(
    ("file", "content_type", "extension"),
    [
        (a_pdf("x.exe"), "application/pdf", ".pdf"),
        (a_picture("x.pdf"), "image/jpeg", ".jpg"),
        (a_picture("x", form="PNG"), "image/png", ".png"),
        (a_picture("x.gif", form="WEBP"), "image/webp", ".webp"),
    ],
)
def test_the_kind_is_read_from_the_bytes(file, content_type, extension):
    upload = read(file)

    assert (upload.content_type, upload.extension) == (content_type, extension)
    assert upload.size == len(upload.data)
    assert upload.sha256 == hashlib.sha256(upload.data).hexdigest()


def test_a_file_of_exactly_the_limit_passes_and_one_byte_more_does_not():
    body = a_pdf().read()

    assert read(named("a.pdf", body), max_bytes=len(body)).size == len(body)
    with pytest.raises(UploadTooLarge):
        read(named("a.pdf", body), max_bytes=len(body) - 1)


@pytest.mark.parametrize("body", [b"MZ\x90\x00", b"<svg/>", b"PK\x03\x04", b"GIF89a", b"\x00" * 99])
def test_other_kinds_are_refused_and_the_accepted_ones_named(body):
    with pytest.raises(UploadTypeRefused, match="JPG, PDF, PNG, WEBP"):
        read(named("photo.jpg", body))


def test_a_kind_that_is_known_but_not_allowed_here_is_refused():
    with pytest.raises(UploadTypeRefused):
        read(a_pdf(), allowed=PICTURES)
    with pytest.raises(UploadTypeRefused):
        read(a_picture(), allowed={PDF})


def test_an_empty_file_is_refused():
    with pytest.raises(UploadEmpty):
        read(named("a.pdf", b""))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(form):
    stream = io.BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(stream, form)
    whole = stream.getvalue()

    with pytest.raises(UploadDamaged):
        read(named("half.jpg", whole[: len(whole) // 2]))


def test_half_a_pdf_is_refused():
    with pytest.raises(UploadDamaged):
        read(named("half.pdf", a_pdf().read()[:40]))


def test_a_small_file_of_too_many_pixels_is_refused_before_it_is_decoded():
    with pytest.raises(UploadTooManyPixels):
        read(named("bomb.png", _png_that_claims(60_000, 60_000)))
    with pytest.raises(UploadTooManyPixels):
        read(named("bomb.png", _png_that_claims(8_000, 8_000)))


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\nida.pdf", "nida.pdf"),
        ("a\x00b\r\nc.pdf", "a_b_c.pdf"),
        ('"><script>.pdf', "_script_.pdf"),
        ("...", "file"),
        ("", "file"),
        ("kitambulisho cha Éva.pdf", "kitambulisho cha Éva.pdf"),
    ],
)
def test_a_name_is_safe_to_show(given_name, shown):
    assert safe_name(given_name) == shown


@given(st.text(max_size=400))
def test_no_name_is_dangerous_or_long(name):
    safe = safe_name(name)

    assert 0 < len(safe) <= uploads.NAME_LENGTH_MAX
    assert not set(safe) & set('/\\\x00\r\n"<>')


@given(
    st.sampled_from([b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP"]),
    st.binary(max_size=300),
)
def test_rubbish_behind_the_right_beginning_is_a_refusal_and_never_a_crash(magic, rest):
    try:
        upload = read(named("x", magic + rest))
    except UploadRefused:
        return

    assert upload.content_type == PDF
