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

from marketplace.casework.commands import use_macro
from marketplace.casework.errors import MacroNotFound
from marketplace.casework.queries import macros_of
from marketplace.casework.states import MacroKind
from marketplace.shared.actors import Actor
from tasks.prepared import (
    ENGLISH,
    Answer,
    Words,
    answer_to,
    fitting_a_reason,
    words_chosen,
    words_of,
)

FRESH_S, KEY = 60, "console:macros:"
THEM = "them"


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
        offered = offered_for(self.kind, self.suits(thing))
        said = _("In the language of whoever reads it; change it as you like before sending.")
        return _beside(offered, self.readers, address, chosen, said)

    def answer(self, thing: Any, reader: str, macro_id: UUID, writer: Any) -> Answer:
        """What it says to that reader. Raises MacroNotFound, also for a reader that there is not."""
        if reader not in dict(self.readers):
            raise MacroNotFound
        return self.said(thing, reader, words_of(macro_id, self.kind), writer)

    def said(self, thing: Any, reader: str, words: Words, writer: Any) -> Answer:
        """The text in the reader's language, filled in about a thing."""
        reader_id = self.user_of(thing, reader)
        return answer_to(reader_id, words, lambda: self.values(thing), writer.name)


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
        return _beside_many(self.kind, common, address, chosen)

    def open_answer(self, macro_id: UUID) -> Answer:
        """As it is written, for who decides. Raises MacroNotFound."""
        return _open(macro_id, self.kind)

    def for_each(self, asked: Any) -> Callable[[Any], Any]:
        """Of an `AskedOfMany`: what is asked of a row, with the reason as its reader reads it.

        Raises the refusals of `words_chosen`; of a row ReasonTooLong.
        """
        chosen = asked.request.POST.get("macro", "")
        if not chosen:
            return lambda row: asked
        words = words_chosen(chosen, asked.data["reason"], self.kind)

        def of(row: Any) -> Any:
            answer = self.of(row).said(row, THEM, words, asked.request.user)
            return replace(asked, data={**asked.data, "reason": fitting_a_reason(answer)})

        return of


@dataclass(frozen=True, slots=True)
class PreparedLater:
    """The same beside the reason of a decision that a worker makes; it fills in what was chosen.

    `kind_of` says which answers a thing's decision has; None: none.
    """

    kind_of: Callable[[Any], MacroKind | None]

    def context(self, thing: Any, address: str, chosen: str = "") -> dict[str, Any]:
        kind = self.kind_of(thing)
        return _beside_many(kind, "", address, chosen) if kind is not None else {}

    def answer(self, thing: Any, reader: str, macro_id: UUID, writer: Any) -> Answer:
        """As it is written, for who decides. Raises MacroNotFound."""
        kind = self.kind_of(thing)
        if kind is None:
            raise MacroNotFound
        return _open(macro_id, kind)


def _open(macro_id: UUID, kind: MacroKind) -> Answer:
    language = translation.get_language() or ENGLISH
    words = words_of(macro_id, kind)
    return Answer(words.get(language, words[ENGLISH]), language)


def _beside_many(kind: MacroKind, reason: str, address: str, chosen: str) -> dict[str, Any]:
    said = _(
        "Unchanged, each reads it in their own language; changed, as it stands. What stands in"
        " braces is filled in for each."
    )
    return _beside(offered_for(kind, reason), ((THEM, ""),), address, chosen, said)


def _beside(
    answers: Sequence[tuple[str, str]],
    readers: Sequence[tuple[str, Any]],
    address: str,
    chosen: str,
    said: Any,
) -> dict[str, Any]:
    return {
        "answers": answers,
        "readers": readers,
        "address": address,
        "chosen": chosen,
        "said": said,
        "select_classes": " ".join(SELECT_CLASSES),
    }


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
