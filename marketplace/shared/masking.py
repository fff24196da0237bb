"""Personal data as it is shown to who has not said what for: enough to tell two people apart, no more."""

import re

HIDDEN = "•••"
DIGITS_SHOWN = 3
# As providers, people and forms write a number of Tanzania: 255…, +255 …, 0754 000 001.
_PHONE = re.compile(r"(?<![\w.])(?:\+?255|0)[ -]?[67](?:[ -]?\d){8}(?!\w)")
# As statements write it, without the country: nine digits that are no part of an amount or a longer number.
_BARE_PHONE = re.compile(r"(?<![\w.,-])[67]\d{8}(?![\w.,-])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def masked_number(number: str | None) -> str:
    """The end of a phone, wallet or tax number: `••• 001`, which does not break."""
    if not number:
        return ""
    return (
        f"{HIDDEN}\N{NO-BREAK SPACE}{number[-DIGITS_SHOWN:]}"
        if len(number) > 2 * DIGITS_SHOWN
        else HIDDEN
    )


def masked_email(email: str | None) -> str:
    """The first letter and the domain: `a•••@example.co.tz`."""
    if not email:
        return ""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}{HIDDEN}@{domain}" if name else HIDDEN


def masked_words(words: str | None) -> str:
    """Nothing of it: an address is told from others by the region that stands beside it."""
    return HIDDEN if words else ""


def masked_recipient(recipient: str | None) -> str:
    """Whom a message or parcel goes to: an e-mail address or a number; a name stays."""
    if "@" in (recipient or ""):
        return masked_email(recipient)
    is_number = any(character.isdigit() for character in recipient or "")
    return masked_number(recipient) if is_number else recipient or ""


def masked_text(text: str | None) -> str:
    """Words that others wrote, without the phone numbers and e-mail addresses in them."""
    without = _EMAIL.sub(lambda found: masked_email(found[0]), text or "")
    return _PHONE.sub(lambda found: masked_number(found[0]), without)


def masked_movement(text: str | None) -> str:
    """What a provider's statement says of who paid: there numbers come without the country, too."""
    return _BARE_PHONE.sub(lambda found: masked_number(found[0]), masked_text(text))
