"""Private files open through a signed link, for a while, and for nobody who made the link up."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile

from marketplace.shared import clock
from marketplace.shared.storage import private_storage, public_storage

PDF = b"%PDF-1.7 tin certificate"


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    """Both storages below a folder of the test's own."""
    settings.STORAGES = settings.STORAGES | {
        name: configured | {"OPTIONS": configured["OPTIONS"] | {"location": str(tmp_path / name)}}
        for name, configured in settings.STORAGES.items()
        if name in ("private", "public")
    }


def private_file(name="kyc/tin.pdf", content=PDF):
    return private_storage().save(name, ContentFile(content))


def test_a_signed_link_opens_the_file(client):
    link = private_storage().url(private_file())

    response = client.get(link)

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="tin.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_a_signed_link_expires(client):
    link = private_storage().url(private_file())

    with time_machine.travel(clock.now() + timedelta(seconds=settings.SIGNED_URL_SECONDS + 1)):
        response = client.get(link)

    assert response.status_code == 404


def test_a_changed_link_opens_nothing(client):
    mine, theirs = private_file("kyc/a/nida.pdf"), private_file("kyc/b/nida.pdf")
    link = private_storage().url(mine)
    head, token, name = link.rpartition("/")[0], link.split("/")[2], link.split("/")[3]

    assert client.get(f"{head[:-1]}X/{name}").status_code == 404
    assert client.get(f"/files/{token}/other.pdf").status_code == 404
    assert client.get(f"/files/{theirs}/nida.pdf").status_code == 404
    assert client.get(f"/files/{mine}").status_code == 404


def test_a_link_to_a_deleted_file_is_not_found(client):
    name = private_file()
    link = private_storage().url(name)
    private_storage().delete(name)

    assert client.get(link).status_code == 404


def test_a_page_among_private_files_is_downloaded_and_never_run(client):
    link = private_storage().url(private_file("kyc/evil.html", b"<script>alert(1)</script>"))

    response = client.get(link)

    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]


def test_public_pictures_open_without_a_signature_and_nothing_beside_them(client):
    name = public_storage().save("listings/a.webp", ContentFile(b"RIFF"))
    private_file("kyc/secret.pdf")

    assert client.get(public_storage().url(name)).status_code == 200
    assert client.get("/media/listings/none.webp").status_code == 404
    assert client.get("/media/listings").status_code == 404
    assert client.get("/media/%2e%2e/private/kyc/secret.pdf").status_code in (400, 404)
    assert client.get("/media/../private/kyc/secret.pdf").status_code in (400, 404)
