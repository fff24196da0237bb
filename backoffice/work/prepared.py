"""Prepared answers beside a text box: which are offered, and what one says to the person written to."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from unfold.widgets import SELECT_CLASSES

from marketplace.accounts.queries import contacts_of
from marketplace.casework.commands import use_macro
from marketplace.casework.errors import MacroNotFound, ReasonTooLong
from marketplace.casework.macros import checked, filled
from marketplace.casework.queries import get_macro, macros_of
from marketplace.casework.states import MacroKind
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import REASON_MAX

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

    def context(self, thing: Any, address: str, chosen: str = "") -> dict[str, Any]:
        """For `console/prepared.html`; `chosen` is the one that was inserted before."""
        return {
            "answers": offered_for(self.kind, self.suits(thing)),
            "readers": self.readers,
            "address": address,
            "chosen": chosen,
            "said": _("In the language of whoever reads it; change it as you like before sending."),
            "select_classes": " ".join(SELECT_CLASSES),
        }

    def answer(self, thing: Any, reader: str, macro_id: UUID, writer: Any) -> Answer:
        """What it says to that reader. Raises MacroNotFound, also for a reader that there is not."""
        if reader not in dict(self.readers):
            raise MacroNotFound
        return self.said(thing, reader, get_macro(macro_id, self.kind).in_language, writer)

    def said(
        self, thing: Any, reader: str, in_language: Callable[[str], str], writer: Any
    ) -> Answer:
        """The text in the reader's language, filled in about a thing."""
        user_id = self.user_of(thing, reader)
        contact = contacts_of(ids=[user_id])[user_id]
        names = {"name": next(iter(contact.name.split()), ""), "me": writer.name}
        with translation.override(contact.language):
            known = {name: str(value) for name, value in self.values(thing).items()}
        return Answer(filled(in_language(contact.language), names | known), contact.language)


@dataclass(frozen=True, slots=True)
class PreparedTogether:
    """What is offered beside the one reason of a decision over many; `of` says it of each of them.

    Who decides sees the text in their own language, its placeholders open. As long as they leave it
    as it is, each reads it in theirs; what they change is sent as it stands. Filled in is either.
    """

    kind: MacroKind
    of: Callable[[Any], Prepared]

    def context(self, rows: Sequence[Any], address: str, chosen: str) -> dict[str, Any]:
        """For `console/prepared.html`: those that suit every row."""
        reasons = {self.of(row).suits(row) for row in rows}
        common = reasons.pop() if len(reasons) == 1 else ""
        return {
            "answers": offered_for(self.kind, common),
            "readers": ((THEM, ""),),
            "address": address,
            "chosen": chosen,
            "said": _(
                "Unchanged, each reads it in their own language; changed, as it stands. What stands in"
                " braces is filled in for each."
            ),
            "select_classes": " ".join(SELECT_CLASSES),
        }

    def open_answer(self, macro_id: UUID) -> Answer:
        """As it is written, for who decides. Raises MacroNotFound."""
        language = translation.get_language() or ""
        return Answer(get_macro(macro_id, self.kind).in_language(language), language)

    def for_each(self, asked: Any) -> Callable[[Any], Any]:
        """Of an `AskedOfMany`: what is asked of a row, with the reason as its reader reads it.

        Raises MacroNotFound and the refusals of `macros.checked`, of the field `reason`; of a row
        ReasonTooLong.
        """
        chosen = asked.request.POST.get("macro", "")
        if not chosen:
            return lambda row: asked
        try:
            macro = get_macro(UUID(chosen), self.kind)
        except (ValueError, MacroNotFound) as error:
            raise MacroNotFound(field="reason") from error
        text = checked(asked.data["reason"], self.kind, field="reason")
        is_unchanged = text in (macro.english, macro.swahili)

        def of(row: Any) -> Any:
            say = macro.in_language if is_unchanged else lambda language: text
            said = self.of(row).said(row, THEM, say, asked.request.user).text
            if len(said) > REASON_MAX:
                raise ReasonTooLong(limit=REASON_MAX, length=len(said))
            return replace(asked, data={**asked.data, "reason": said})

        return of


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
