"""Finding in a text what a moderator has to see first. Pure; a rule that finds something names it."""

import re
import unicodedata
from typing import NamedTuple

from marketplace.reviews.states import HoldRule
from marketplace.reviews.words import SWEARING

FOUND_MAX = 60

# Nine digits or more are nobody's price: a number of ours with or without its country, an IMEI, an account.
PHONE = re.compile(r"(?<![\w.,])\+?\d(?:[ \t().\-/]{0,2}\d){8,15}(?!\d)")
EMAIL = re.compile(
    r"[\w.+-]+(?:@|\s?[(\[]at[)\]]\s?)[\w-]+(?:(?:\.|\s?[(\[]dot[)\]]\s?)[a-z]{2,})+"
    r"|[\w.+-]+\sat\s[\w-]+\sdot\s[a-z]{2,}",
    re.IGNORECASE,
)
ENDINGS = "com|net|org|info|biz|shop|store|online|site|xyz|app|link|live|me|io|ly|tz|ke|ug|rw|za|uk"
LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    rf"|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:{ENDINGS})(?![\w-])(?:/\S*)?"
    r"|(?<![\w@.])@[a-z0-9_.]{3,}",
    re.IGNORECASE,
)
PATTERNS = ((HoldRule.PHONE, PHONE), (HoldRule.EMAIL, EMAIL), (HoldRule.LINK, LINK))

# How people write around a list of words.
DISGUISES = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "$": "s", "@": "a", "!": "i"}
)
WORD = re.compile(r"[\w$@!]+")
REPEATED = re.compile(r"(\w)\1{2,}")


class Hit(NamedTuple):
    """What a rule found, as it was written."""

    rule: HoldRule
    found: str


def screen(*texts: str) -> list[Hit]:
    """Every rule at most once, with the first that it found; in the order of the rules."""
    text = "\n".join(texts)
    hits: dict[HoldRule, str] = {}
    for rule, pattern in PATTERNS:
        if found := pattern.search(text):
            hits[rule] = found.group()
    for written in WORD.findall(text):
        forms = {plain(written), plain(written.translate(DISGUISES))}
        for rule, words in SWEARING.items():
            if rule not in hits and not forms.isdisjoint(words):
                hits[rule] = written
    return [Hit(rule, hits[rule][:FOUND_MAX]) for rule in HoldRule if rule in hits]


def plain(word: str) -> str:
    """Small letters without accents and signs; a letter that is drawn out counts once: "Fuuuck!" → "fuck"."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return REPEATED.sub(r"\1", "".join(one for one in letters if one.isalpha()))
