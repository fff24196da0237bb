"""Model fields: references for people, and text that is encrypted at rest."""

from typing import Any

from django.db import models
from django.db.models.expressions import Combinable

from marketplace.shared import ids
from marketplace.shared.sealing import seal, unseal


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
    """Text that the database only ever sees sealed (see sealing.py).

    It cannot be searched; look such a row up by something else.
    """

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, ""):
            return value
        return seal(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value in (None, ""):
            return value
        return unseal(value)
