"""What a person types into a search box → what the index knows."""

import re

from django.db.models import Q

PHONE_DIGITS_LOCAL = 10
COUNTRY_CODE = "255"


WHOLE = re.compile(r"[A-Z]{2,3}-[0-9A-HJKMNP-TV-Z]{8}")


def by_reference(field: str, words: str) -> Q:
    """Things whose reference is this, or begins so.

    A whole one is asked for as such: the plan that PostgreSQL keeps for the beginning of any word does
    not know the word, and walks a million rows from the newest on.
    """
    words = words.upper()
    return Q(**{field if WHOLE.fullmatch(words) else f"{field}__startswith": words})


def same(term: str) -> str:
    return term


def upper(term: str) -> str:
    """References are written in capitals."""
    return term.upper()


def phone_of(term: str) -> str:
    """`0754 000 001` and `255754000001` as `+255754000001`; anything else as it is."""
    digits = "".join(character for character in term if character.isdigit())
    if len(digits) == PHONE_DIGITS_LOCAL and digits.startswith("0"):
        return f"+{COUNTRY_CODE}{digits[1:]}"
    if digits and len(digits) >= PHONE_DIGITS_LOCAL - 1:
        return f"+{digits}" if digits.startswith(COUNTRY_CODE) else f"+{COUNTRY_CODE}{digits}"
    return term


def wallet_of(term: str) -> str:
    """A wallet number as the providers write it: without the plus."""
    return phone_of(term).removeprefix("+")
