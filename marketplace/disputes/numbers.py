"""The numbers that a side copies from a thing: how each is written, and whether two are the same. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping

from marketplace.disputes.errors import (
    ImeiInvalid,
    ImeiMistyped,
    NumberUnfit,
    OneNumberEach,
    SerialNumberInvalid,
    TrackingNumberInvalid,
)
from marketplace.disputes.models import Evidence
from marketplace.disputes.states import EvidenceKind, EvidenceNumber, Party

# What may be said in figures; everything else is shown as a file.
NUMBERS_OF: Mapping[EvidenceKind, tuple[EvidenceNumber, ...]] = {
    EvidenceKind.SERIAL: (EvidenceNumber.IMEI, EvidenceNumber.SERIAL),
    EvidenceKind.TRACKING: (EvidenceNumber.TRACKING,),
}
IMEI = re.compile(r"[0-9]{15}")
CODE = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9./_-]{2,38}[A-Z0-9]")
# People group digits; none of this is part of a number.
BETWEEN = re.compile(r"[\s.,:/_-]+")


def written(kind: EvidenceKind, numbers: Mapping[str, str]) -> tuple[str, str]:
    """The kind of the one number that is given and how we write it; ("", "") where none is.

    `numbers` is by EvidenceNumber. Raises NumberUnfit, OneNumberEach, ImeiInvalid,
    ImeiMistyped, SerialNumberInvalid and TrackingNumberInvalid, each with the field at fault.
    """
    given = [(EvidenceNumber(name), text) for name, text in numbers.items() if text.strip()]
    fitting = NUMBERS_OF.get(kind, ())
    for name, _text in given:
        if name not in fitting:
            raise NumberUnfit(field=name.value, kind=kind.label, number=name.label)
    if not given:
        return "", ""
    if len(given) > 1:
        raise OneNumberEach(field=given[1][0].value)
    name, text = given[0]
    return name.value, WRITTEN[name](text)


def is_same(one: str, other: str) -> bool:
    """Whether two people have copied the same number, however they grouped it."""
    return BETWEEN.sub("", one).upper() == BETWEEN.sub("", other).upper()


def agreement(shown: Evidence, evidence: Iterable[Evidence], tracking: str) -> bool | None:
    """Whether a number is the one that it ought to be; None where nothing is there to compare with.

    A tracking number ought to be the parcel's own, `tracking`; the number of a device the one that the
    other side has copied from the same device.
    """
    if not shown.number:
        return None
    if shown.number_kind == EvidenceNumber.TRACKING:
        return is_same(shown.number, tracking) if tracking else None
    theirs = [
        one.number
        for one in evidence
        if one.number_kind == shown.number_kind
        and one.party != shown.party
        and Party.STAFF not in (one.party, shown.party)
    ]
    return any(is_same(shown.number, number) for number in theirs) if theirs else None


def _imei(text: str) -> str:
    """Fifteen digits, of which the last proves the others (3GPP TS 23.003, annex B: Luhn's formula)."""
    digits = BETWEEN.sub("", text)
    if not IMEI.fullmatch(digits):
        raise ImeiInvalid
    if len(set(digits)) == 1 or not _has_luhns_digit(digits):
        raise ImeiMistyped
    return digits


def _has_luhns_digit(digits: str) -> bool:
    """Every second digit from the right counts double, in digits; the sum is a multiple of ten."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0


def _serial_number(text: str) -> str:
    code = "".join(text.split()).upper()
    if not CODE.fullmatch(code):
        raise SerialNumberInvalid
    return code


def _tracking_number(text: str) -> str:
    code = "".join(text.split()).upper()
    if not CODE.fullmatch(code):
        raise TrackingNumberInvalid
    return code


WRITTEN: Mapping[EvidenceNumber, Callable[[str], str]] = {
    EvidenceNumber.IMEI: _imei,
    EvidenceNumber.SERIAL: _serial_number,
    EvidenceNumber.TRACKING: _tracking_number,
}
