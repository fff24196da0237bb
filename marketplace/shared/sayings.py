"""What the system wrote down in English, said again in the reader's language.

Sweeps, checks and workers keep what they found as a sentence. It stays as it was written; a list of
sentences with places for what they are about finds it and says it once more. One that no list knows,
and whatever a person wrote, is left as it is.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from django.utils import translation
from django.utils.functional import lazy

# What is kept in the database is written in this language, whoever asked for the work.
KEPT_IN = "en"
# Places that only a number fills; another place takes whatever stands there.
NUMBERS = frozenset(
    ("asked", "away", "count", "explained", "freed", "given_up", "least", "length_max", "lines",
     "minor", "most", "reserved", "row", "rows", "workers")
)  # fmt: skip
_PLACE = re.compile(r"%\((\w+)\)s")


class Sayings:
    """`sentences` are translatable texts with places such as `%(reference)s`; `joints` stand between
    several in one text."""

    def __init__(self, sentences: Iterable[Any], *, joints: tuple[str, ...] = ()) -> None:
        self.sentences = tuple(sentences)
        self.joints = joints

    def again(self, text: str) -> str:
        """A sentence of ours in the active language; what is none, as it stands."""
        if not text:
            return text
        whole = self._sentence(text)
        if whole is not None:
            return whole
        for joint in self.joints:
            parts = text.split(joint)
            if len(parts) > 1:
                said = [self._sentence(part) for part in parts]
                if any(said):
                    return joint.join(new or old for new, old in zip(said, parts, strict=True))
        return text

    def in_sql(self, cell: str, quoted: Callable[[str], str]) -> str:
        """The same for PostgreSQL, of a text `cell`; itself where the language is that of what is kept.

        Sentences that are joined are left as they are.
        """
        if translation.get_language() == KEPT_IN:
            return cell
        cases = " ".join(f"WHEN {is_it} THEN {said}" for is_it, said in self._cases(cell, quoted))
        return f"CASE WHEN {cell} = '' THEN '' {cases} ELSE {cell} END"

    def _sentence(self, text: str) -> str | None:
        for pattern, sentence in self._patterns:
            found = pattern.fullmatch(text)
            if found:
                return str(sentence) % found.groupdict()
        return None

    def _cases(self, cell: str, quoted: Callable[[str], str]) -> Iterator[tuple[str, str]]:
        """Condition and replacement of each sentence. The regular expression, which takes twenty times
        as long, is asked only where the beginning fits."""
        for _found, sentence in self._patterns:
            with translation.override(KEPT_IN):
                english = _PLACE.split(str(sentence))
            places, said = english[1::2], _PLACE.split(str(sentence))
            begins = f"starts_with({cell}, {quoted(english[0])})"
            if not places:
                yield f"{cell} = {quoted(english[0])}", quoted(said[0])
            elif len(english) == len(said) == 3 and not english[2]:
                rest = f"substr({cell}, {len(english[0]) + 1})"
                yield begins, f"{quoted(said[0])} || {rest} || {quoted(said[2])}"
            else:
                pattern = quoted(f"^{_as_pattern(english, is_named=False)}$")
                again = "".join(
                    f"\\{places.index(piece) + 1}" if place % 2 else piece.replace("\\", "\\\\")
                    for place, piece in enumerate(said)
                )
                yield (
                    f"{begins} AND {cell} ~ {pattern}",
                    f"regexp_replace({cell}, {pattern}, {quoted(again)})",
                )

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Any]]:
        """Sentences with few places first: they are meant more exactly."""
        with translation.override(KEPT_IN):
            known = [(str(sentence), sentence) for sentence in self.sentences]
        known.sort(key=lambda pair: len(_PLACE.findall(pair[0])))
        return [
            (re.compile(_as_pattern(_PLACE.split(english))), sentence)
            for english, sentence in known
        ]


def filled(sentence: Any, **places: Any) -> Any:
    """The sentence with some of its places filled by others, in the language of whoever reads it."""

    def said() -> str:
        text = str(sentence)
        for name, words in places.items():
            text = text.replace(f"%({name})s", str(words))
        return text

    return lazy(said, str)()


def _as_pattern(pieces: list[str], *, is_named: bool = True) -> str:
    """The fixed words by turns with a group for each place."""
    return "".join(
        f"({f'?P<{piece}>' if is_named else ''}{r'-?[0-9]+' if piece in NUMBERS else '.*'})"
        if place % 2
        else re.escape(piece)
        for place, piece in enumerate(pieces)
    )
