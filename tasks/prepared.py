"""What a prepared answer says to whoever reads it: in their language, its placeholders filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import translation

from marketplace.accounts.queries import contacts_of
from marketplace.casework.errors import MacroNotFound, ReasonTooLong
from marketplace.casework.macros import checked, filled
from marketplace.casework.queries import get_macro
from marketplace.shared.four_eyes import REASON_MAX

# Language → what is said in it, placeholders open.
type Words = Mapping[str, str]
ENGLISH, SWAHILI = "en", "sw"


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, filled in, in the language of its reader."""

    text: str
    language: str


def words_of(macro_id: UUID, kind: str) -> Words:
    """Raises MacroNotFound."""
    macro = get_macro(macro_id, kind)
    return {ENGLISH: macro.english, SWAHILI: macro.swahili}


def words_chosen(macro_id: str, text: str, kind: str) -> Words:
    """What many are told by one text that began with a prepared answer: as long as it is unchanged
    each reads it in their own language, else all read it as it stands.

    Raises MacroNotFound and the refusals of `macros.checked`, of the field `reason`.
    """
    try:
        words = words_of(UUID(macro_id), kind)
    except (ValueError, MacroNotFound) as error:
        raise MacroNotFound(field="reason") from error
    text = checked(text, kind, field="reason")
    return words if text in words.values() else dict.fromkeys(words, text)


def answer_to(
    reader_id: UUID, words: Words, values: Callable[[], Mapping[str, Any]], writer: str
) -> Answer:
    """To one reader; `values`, asked in their language, knows all but the names of reader and writer."""
    contact = contacts_of(ids=[reader_id])[reader_id]
    names = {"name": next(iter(contact.name.split()), ""), "me": writer}
    with translation.override(contact.language):
        known = {name: str(value) for name, value in values().items()}
    text = words[SWAHILI if contact.language == SWAHILI else ENGLISH]
    return Answer(filled(text, names | known), contact.language)


def fitting_a_reason(answer: Answer) -> str:
    """Its text. Raises ReasonTooLong."""
    if len(answer.text) > REASON_MAX:
        raise ReasonTooLong(limit=REASON_MAX, length=len(answer.text))
    return answer.text


def values_of_listing(listing: Any) -> dict[str, Any]:
    """What the placeholders of an answer about a listing stand for."""
    return {
        "shop": listing.seller.name,
        "listing": listing.sku,
        "product": listing.product.title,
    }
