"""Private files on local disk behind the same contract as S3: signed URLs that expire."""

from functools import lru_cache
from pathlib import PurePosixPath

from django.core import signing
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.urls import reverse

SIGNING_SALT = "private-file"


def private_storage() -> Storage:
    """Where documents, evidence, imports and reports live (callable: migrations name no place)."""
    return storages["private"]


def public_storage() -> Storage:
    """Where re-encoded product pictures live."""
    return storages["public"]


@lru_cache(maxsize=10_000)
def public_url(name: str) -> str:
    """The address of a public file; it never changes, and a list of products shows twenty."""
    return public_storage().url(name)


class PrivateFileSystemStorage(FileSystemStorage):
    """Its `url` is a signed link that `backoffice.files.serve` honours for a while."""

    def url(self, name: str | None) -> str:
        if not name:
            raise ValueError("a private file without a name has no address")
        token = signing.dumps(name, salt=SIGNING_SALT)
        return reverse("private-file", args=[token, PurePosixPath(name).name])


def open_signed(token: str, *, max_age_s: int) -> str:
    """The file name inside a signed link.

    Raises `signing.BadSignature`, or its subclass `SignatureExpired`, for a link we do not honour.
    """
    name: str = signing.loads(token, salt=SIGNING_SALT, max_age=max_age_s)
    return name
