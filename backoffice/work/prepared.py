"""Prepared answers beside a text box: which are offered, and what one says to the person written to."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils import translation
from unfold.widgets import SELECT_CLASSES

from marketplace.accounts.queries import contacts_of
from marketplace.casework.commands import use_macro
from marketplace.casework.errors import MacroNotFound
from marketplace.casework.macros import filled
from marketplace.casework.queries import get_macro, macros_of
from marketplace.casework.states import MacroKind
from marketplace.shared.actors import Actor

FRESH_S, KEY = 60, "console:macros:"
THEM = "them"


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, filled in, in the language of its reader."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is offered beside the text box of a decision.

    `user_of` says who reads what is written about a thing, of the `readers` that one chooses from
    (name in the address, label); `values` what the placeholders stand for, in the language of the
    moment, save the names of who reads and who writes. `suits` is the reason within the kind.
    """

    kind: MacroKind
    user_of: Callable[[Any, str], UUID]
    values: Callable[[Any], Mapping[str, Any]]
    suits: Callable[[Any], str] = lambda thing: ""
    readers: Sequence[tuple[str, Any]] = ((THEM, ""),)

    def context(self, thing: Any, address: str) -> dict[str, Any]:
        """For `console/prepared.html`."""
        return {
            "answers": offered_for(self.kind, self.suits(thing)),
            "readers": self.readers,
            "address": address,
            "select_classes": " ".join(SELECT_CLASSES),
        }

    def answer(self, thing: Any, reader: str, macro_id: UUID, writer: Any) -> Answer:
        """What it says to that reader. Raises MacroNotFound, also for a reader that there is not."""
        if reader not in dict(self.readers):
            raise MacroNotFound
        macro = get_macro(macro_id, self.kind)
        user_id = self.user_of(thing, reader)
        contact = contacts_of(ids=[user_id])[user_id]
        names = {"name": next(iter(contact.name.split()), ""), "me": writer.name}
        with translation.override(contact.language):
            known = {name: str(value) for name, value in self.values(thing).items()}
        return Answer(filled(macro.in_language(contact.language), names | known), contact.language)


def offered_for(kind: str, reason: str) -> list[tuple[str, str]]:
    """(id, name) of those that suit, those for the reason first; at most `FRESH_S` old."""
    known: list[tuple[str, str, str]] | None = cache.get(f"{KEY}{kind}")
    if known is None:
        known = macros_of(kind)
        cache.set(f"{KEY}{kind}", known, FRESH_S)
    fitting = [row for row in known if row[2] in ("", reason)]
    return [(pk, name) for pk, name, _suits in sorted(fitting, key=lambda row: row[2] == "")]


def forget() -> None:
    """Somebody wrote one."""
    cache.delete_many([f"{KEY}{kind}" for kind in MacroKind.values])


def count_use(macro: str, actor: Actor) -> None:
    """What was sent began with it; what the form says is no id, or of one that is gone, counts for none."""
    with suppress(ValueError, MacroNotFound):
        use_macro(macro_id=UUID(macro), actor=actor)
