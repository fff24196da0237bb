"""What the system wrote down in English, said again in the reader's language.

Sweeps, checks and workers keep what they found as a sentence. It stays as it was written; here each
such sentence stands once more with places for what it was about. One that nobody knows, and whatever
a person wrote, is shown as it is.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.payments.explanations import explained
from marketplace.payouts.states import Obstacle
from reports.memos import memo_in_words

JOINTS = ("; ", ", ")

SWEEPS = (
    _("switched off"),
    _("not yet"),
    _("nothing waits"),
    _("nothing to seal"),
    _("no place is watched"),
    _("today's run has been"),
    _("%(count)s due; nobody to pay"),
    _("%(count)s due; %(batch)s"),
    _("%(count)s queued"),
    _("%(count)s failures and %(workers)s workers forgotten"),
    _("%(count)s invariants hold"),
    _("%(count)s dropped"),
    _("%(count)s forgotten, %(rows)s rows"),
    _("%(count)s tried again, %(given_up)s given up"),
    _("%(count)s held, %(freed)s freed"),
    _("%(count)s taken, %(away)s put away"),
    _("%(count)s of %(asked)s had news"),
    _("%(count)s lines matched, %(explained)s callbacks explained"),
    _("%(count)s people told"),
    _("%(count)s reports ordered"),
    _("%(count)s reports given up"),
    _("%(count)s reports expired"),
    _("sealed %(count)s, last %(seal)s"),
)
CALLBACKS = (
    _("its signature is missing or wrong"),
    _("no payment is called %(reference)s"),
    _("the conversation is not the one we know"),
    _("the provider knows of no such payment"),
    _("it was paid already, says an earlier one"),
    _("it was paid already, by %(receipt)s with %(amount)s minor units"),
    _("it fits in every respect"),
    _("confirmed by enquiry"),
    _("the payout was settled already, or is open"),
    _("nowhere is not an address of the provider"),
    _("%(address)s is not an address of the provider"),
    _("a success without an amount cannot be booked"),
    _("a success without a receipt cannot be traced"),
    _("bill %(reference)s was refused"),
)
PAYMENTS = (
    _("receipt %(receipt)s belongs to %(reference)s"),
    _("%(amount)s minor units cannot have been moved"),
    _("no statement from %(since)s on shows it"),
    _("a statement shows it: %(reference)s"),
    _("settled by two people, %(reference)s"),
    _("goes back as %(reference)s"),
    _("the provider took the payment back by itself"),
    _("the payment is not given back"),
    _("an answer about another one"),
    _("a duplicate, but not found"),
    _("%(provider)s failed repeatedly and is left alone for now"),
    _("%(provider)s is being tried by another process"),
    _("%(provider)s cannot be reached: %(problem)s"),
    _("no answer: %(problem)s"),
)
PAYOUTS = (
    _("a provider took back the payment of %(orders)s"),
    _("the buyer was given back money of %(orders)s"),
    _("what is left is less than the minimum"),
    _("the payout wallet has changed since the batch was prepared"),
    _("the provider has reversed it"),
    _("new documents were accepted"),
    *(obstacle.label for obstacle in Obstacle),
    *(format_lazy("{}: {}", obstacle.label, lazystr("%(detail)s")) for obstacle in Obstacle),
)
IMPORTS = (
    _("This cell is empty."),
    _("This is longer than %(most)s characters."),
    _("There is no category “%(slug)s”."),
    _("Use one of: %(choices)s."),
    _("Use a whole number from %(least)s to %(most)s, not “%(given)s”."),
    _("%(reserved)s pieces are reserved by open orders."),
    _("The SKU %(sku)s is already in row %(row)s."),
)
MATCHES = (
    _("Charge for %(reference)s"),
    _("Charge within the usual limit"),
    _("Transfer to the bank"),
    _("Top-up of this amount at about that time"),
    _("Receipt %(receipt)s"),
    _("Our reference %(reference)s"),
    _("Gives back what has receipt %(receipt)s"),
    _("The only movement of this amount by wallet %(number)s at that time"),
)
SENTENCES = (*SWEEPS, *CALLBACKS, *PAYMENTS, *PAYOUTS, *IMPORTS, *MATCHES)
# Places that only a number fills; another place takes whatever stands there.
NUMBERS = frozenset(
    ("amount", "asked", "away", "count", "explained", "freed", "given_up", "least", "most", "reserved",
     "row", "rows", "workers")
)  # fmt: skip
_PLACE = re.compile(r"%\((\w+)\)s")


def said_again(text: str) -> str:
    """A sentence of ours in the active language; what is none, as it stands."""
    if not text:
        return text
    whole = _sentence(text)
    if whole is not None:
        return whole
    for joint in JOINTS:
        parts = text.split(joint)
        if len(parts) > 1:
            said = [_sentence(part) for part in parts]
            if any(said):
                return joint.join(new or old for new, old in zip(said, parts, strict=True))
    return text


def provider_said(thing: Any) -> str:
    """What a provider said of a payment, a refund or a payout, explained; or what we said in its place."""
    return explained(code=thing.provider_code, message=said_again(thing.provider_message))


# Columns that hold such sentences, by name: lists as spreadsheets say them, too.
SAID_AGAIN = {
    "memo": memo_in_words,
    "provider_message": said_again,
    "last_result": said_again,
    "verdict": said_again,
}


def _sentence(text: str) -> str | None:
    for pattern, sentence in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return str(sentence) % found.groupdict()
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], Any]]:
    """Sentences without a place first: they are meant exactly."""
    with translation.override("en"):
        known = [(str(sentence), sentence) for sentence in SENTENCES]
    known.sort(key=lambda pair: len(_PLACE.findall(pair[0])))
    return [(re.compile(_as_pattern(english)), sentence) for english, sentence in known]


def _as_pattern(english: str) -> str:
    return "".join(_pieces(english))


def _pieces(english: str) -> Iterator[str]:
    """The fixed words by turns with a group for each place."""
    for place, piece in enumerate(_PLACE.split(english)):
        if place % 2:
            yield f"(?P<{piece}>{r'-?[0-9]+' if piece in NUMBERS else '.*?'})"
        else:
            yield re.escape(piece)
