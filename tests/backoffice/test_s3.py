"""The S3 storages against a real S3 server: the same contract as local files, signed links that expire included."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from storages.backends.s3 import S3Storage

from backoffice.configuration import BASE_DIR
from backoffice.embedded import process
from tests.patience import looks

CREDENTIALS = {"accessKey": "tests", "secretKey": "tests-secret-key"}


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    """The address of a SeaweedFS that holds two buckets."""
    directory = tmp_path_factory.mktemp("seaweedfs")
    identities = directory / "s3.json"
    identities.write_text(
        json.dumps(
            {"identities": [{"name": "t", "credentials": [CREDENTIALS], "actions": ["Admin"]}]}
        )
    )
    ports = dict(zip(("master", "volume", "filer", "s3"), _free_ports(4), strict=True))
    with (directory / "log").open("wb") as log:
        server = process.spawn(
            [
                str(Path(sys.executable).with_name("weed")),
                "server",
                f"-dir={directory}",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                *(f"-{part}.port={port}" for part, port in ports.items()),
                *(f"-{part}.port.grpc={port + 10_000}" for part, port in ports.items()),
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-volume.max=32",
                "-master.volumeSizeLimitMB=64",
                "-filer",
                "-s3",
                f"-s3.config={identities}",
            ],
            cwd=directory,
            stdout=log,
        )
    address = f"http://127.0.0.1:{ports['s3']}"
    try:
        _wait(address, server, directory / "log")
        yield address
    finally:
        process.stop(
            server
        )  # By killing: its data is temporary, and its own farewell takes half a minute.


@pytest.fixture(scope="module")
def storages(s3) -> dict[str, dict]:
    """STORAGES as settings.py makes them from the environment of a process with S3."""
    given = {
        "S3_ENDPOINT_URL": s3,
        "S3_ACCESS_KEY_ID": CREDENTIALS["accessKey"],
        "S3_SECRET_ACCESS_KEY": CREDENTIALS["secretKey"],
        "S3_PRIVATE_BUCKET": "private",
        "S3_PUBLIC_BUCKET": "public",
        "SIGNED_URL_SECONDS": "10",
    }
    code = "import json; from backoffice import settings; print(json.dumps(settings.STORAGES))"
    printed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=os.environ | given,
        check=True,
        capture_output=True,
        text=True,
    )
    configured: dict[str, dict] = json.loads(printed.stdout)
    for name in ("private", "public"):
        S3Storage(**configured[name]["OPTIONS"]).connection.create_bucket(Bucket=name)
    return configured


@pytest.fixture
def private(storages) -> Storage:
    assert storages["private"] == storages["default"]
    return S3Storage(**storages["private"]["OPTIONS"])


@pytest.mark.slow
def test_a_private_file_comes_back_and_opens_through_its_signed_link_only(private):
    name = private.save("kyc/tin.pdf", ContentFile(b"%PDF certificate"))
    link = private.url(name)

    assert private.open(name).read() == b"%PDF certificate"
    assert httpx.get(link).content == b"%PDF certificate"
    assert httpx.get(link.partition("?")[0]).status_code == 403
    assert httpx.get(link.replace("tin.pdf", "nida.pdf")).status_code == 403


@pytest.mark.slow
def test_a_signed_link_to_s3_expires(private):
    link = private.url(private.save("kyc/tin.pdf", ContentFile(b"%PDF")), expire=1)
    time.sleep(2.1)

    assert httpx.get(link).status_code == 403


@pytest.mark.slow
def test_a_second_file_of_the_same_name_does_not_replace_the_first(private):
    first = private.save("evidence/photo.jpg", ContentFile(b"first"))
    second = private.save("evidence/photo.jpg", ContentFile(b"second"))

    assert first != second
    assert private.open(first).read() == b"first"


@pytest.mark.slow
def test_a_picture_for_everybody_has_a_plain_address(storages, s3):
    public = S3Storage(**storages["public"]["OPTIONS"])

    name = public.save("listings/a.webp", ContentFile(b"RIFF"))

    assert public.url(name) == f"{s3}/public/{name}"


def _free_ports(count: int) -> list[int]:
    """Ports whose twin 10,000 above is free too, as SeaweedFS uses both."""
    found: list[int] = []
    candidate = 20_000 + os.getpid() % 20_000
    while len(found) < count:
        candidate += 1
        if _is_free(candidate) and _is_free(candidate + 10_000):
            found.append(candidate)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait(address: str, server: subprocess.Popen, log: Path) -> None:
    for _look in looks(every_s=0.1):
        if server.poll() is not None:
            break
        # Without a signature: refused, but by a server that is there.
        with suppress(httpx.HTTPError):
            if httpx.get(address, timeout=2).status_code in (200, 403):
                return
    pytest.fail(f"SeaweedFS did not come up:\n{log.read_text(errors='replace')[-2000:]}")
