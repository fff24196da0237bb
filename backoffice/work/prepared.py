"""Prepared answers beside a message box: which are offered, and what one says to the person written to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache

from marketplace.casework.macros import filled
from marketplace.casework.queries import get_macro, macros_for

FRESH_S, KEY, VERSION = 60, "console:macros:", "console:macros"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message is for, and in which language they read."""

    name: str
    language: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else ""


def offered_for(reason: str) -> list[tuple[str, str]]:
    """(id, name) for a reason, at most `FRESH_S` old."""
    key = f"{KEY}{cache.get(VERSION, 0)}:{reason}"
    known: list[tuple[str, str]] | None = cache.get(key)
    if known is None:
        known = macros_for(reason=reason)
        cache.set(key, known, FRESH_S)
    return known


def forget() -> None:
    """Somebody wrote one."""
    cache.set(VERSION, cache.get(VERSION, 0) + 1, None)


def said_to(macro_id: UUID, reader: Reader, values: Mapping[str, Any]) -> str:
    """What the answer says to that person. Raises MacroNotFound."""
    text = get_macro(macro_id).in_language(reader.language)
    known = {name: str(value) for name, value in values.items()}
    return filled(text, {"name": reader.first_name, **known})
