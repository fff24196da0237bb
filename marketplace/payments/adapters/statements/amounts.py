"""Amounts and times as statements write them."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from marketplace.shared.clock import EAT
from marketplace.shared.money import EXPONENT

CURRENCY = "TZS"
OUR_CURRENCY = frozenset({"TZS", "TSH", "TSHS", "SH", "SHS"})
AMOUNT_MINOR_MAX = 10**15
PLAIN = re.compile(r"-?[0-9][0-9,]{0,11}\.[0-9]{2}")
NUMBER = re.compile(r"\+?[0-9]{0,15}(?:\.[0-9]{1,6})?")
FILLING = re.compile(
    r"(?<![A-Z])(?:TZS|TSHS?|SHS?)(?![A-Z])\.?|/=|[\s\u00a0\u202f,']", re.IGNORECASE
)
# Currencies that a statement of a wallet in the region may be in, as they are written there.
FOREIGN = re.compile(
    r"(?<![A-Z])(KES|KSHS?|UGX|USHS?|RWF|FRW|BIF|ZMW|MWK|MZN|CDF|ZAR|USD|US\$|EUR|GBP)(?![A-Z])|([$€£])",
    re.IGNORECASE,
)  # fmt: skip


def foreign_currency(text: str) -> str:
    """The currency that is named in a text and is not ours; "" if none."""
    found = FOREIGN.search(text)
    return found[0].upper() if found else ""


def minor_of(text: str) -> int | None:
    """`1,200.00`, `(1,200.00)`, `1 200.00-`, `TSh -300` in minor units; None for blank.

    Raises ValueError for anything else, for fractions of a minor unit and for absurd amounts.
    """
    if PLAIN.fullmatch(text):
        return int(text.replace(",", "").replace(".", ""))
    bare = FILLING.sub("", text).replace("\u2212", "-")
    if not bare:
        return None
    negative = bare.startswith(("(", "-")) or bare.endswith("-")
    number = bare.strip("()") if bare.startswith("(") and bare.endswith(")") else bare
    number = number.removesuffix("-") if number.endswith("-") else number.removeprefix("-")
    if not NUMBER.fullmatch(number) or not any(map(str.isdigit, number)):
        raise ValueError(text)
    try:
        scaled = Decimal(number) * 10 ** EXPONENT[CURRENCY]
    except InvalidOperation as error:
        raise ValueError(text) from error
    if scaled != scaled.to_integral_value() or scaled > AMOUNT_MINOR_MAX:
        raise ValueError(text)
    return -int(scaled) if negative else int(scaled)


def instant(
    text: str, date_formats: Sequence[str], time_formats: Sequence[str], *, end_of_day: bool = False
) -> datetime | None:
    """An aware time; a date alone is its first or its last second. None where it cannot be read.

    Times are EAT without saying so (PROVIDERS 5.1).
    """
    date, moment = _split(text, date_formats)
    if date is None:
        return None
    if not moment:
        return date.replace(hour=23, minute=59, second=59) if end_of_day else date
    clock = _clock(moment, time_formats)
    return datetime.combine(date, clock, tzinfo=EAT) if clock else None


def _split(text: str, formats: Sequence[str]) -> tuple[datetime | None, str]:
    """The date, and the time of day behind it. `01 Sep 2025 10:00` has spaces in its date."""
    day, _space, moment = text.partition(" ")
    date = _date(day, tuple(formats))
    if date is not None:
        return date, moment.strip()
    words = text.split()
    return _date(" ".join(words[:3]), tuple(formats)), " ".join(words[3:])


@lru_cache(maxsize=4096)
def _date(text: str, formats: tuple[str, ...]) -> datetime | None:
    return next((found for form in formats if (found := _parsed(text, form))), None)


def _clock(text: str, formats: Sequence[str]) -> time | None:
    if len(text) == 8 and text[2] == text[5] == ":":
        try:
            return time(int(text[:2]), int(text[3:5]), int(text[6:]))
        except ValueError:
            return None
    upper = text.upper()
    found = next((found for form in formats if (found := _parsed(upper, form))), None)
    return found.time() if found else None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=EAT)
    except ValueError:
        return None
