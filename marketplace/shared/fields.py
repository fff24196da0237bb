"""Model fields: references for people, and text that is encrypted at rest."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.expressions import Combinable

from marketplace.shared import ids


class Reference:
    """A default for a reference column, `default=Reference("ORD")`; migrations can store it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __call__(self) -> str:
        return ids.reference(self.prefix)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and other.prefix == self.prefix

    def __hash__(self) -> int:
        return hash(self.prefix)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", [self.prefix], {}


def reference_field(prefix: str) -> "models.CharField[str | Combinable, str]":
    """The unique human reference of a row."""
    return models.CharField(
        max_length=20, unique=True, editable=False, default=Reference(prefix), db_collation="C"
    )


class EncryptedTextField(models.TextField):  # type: ignore[type-arg] # not generic at run time
    """Text that the database only ever sees encrypted (Fernet: AES-128-CBC with HMAC-SHA256).

    The newest of `FIELD_ENCRYPTION_KEYS` writes, all of them read, so that a key can be rotated.
    It cannot be searched; look such a row up by something else.
    """

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, ""):
            return value
        return _cipher().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value in (None, ""):
            return value
        return _cipher().decrypt(value.encode()).decode()


@lru_cache(maxsize=1)
def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
