"""What an applicant tells of themselves, cleaned field by field. Formats: PROVIDERS section 7.5."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from django.conf import settings

from marketplace.accounts.errors import PhoneInvalid
from marketplace.accounts.phones import is_mobile_money_number, normalise
from marketplace.sellers.errors import (
    ApplicantTooYoung,
    DetailInvalid,
    KindUnknown,
    NidaInvalid,
    PayoutNumberInvalid,
    PayoutProviderUnknown,
    TinInvalid,
    VatNumberInvalid,
)
from marketplace.sellers.states import ApplicantKind
from marketplace.shared import clock

AGE_MIN_YEARS = 18
AGE_MAX_YEARS = 120
TEXT_LENGTH_MAX = {
    "business_name": 120,
    "region": 60,
    "address": 200,
    "payout_name": 120,
    "about": 2000,
}
OPTIONAL = {"about"}
# Never written to the event log in clear.
SENSITIVE = {"nida_number", "payout_msisdn"}


def clean(details: Mapping[str, str]) -> dict[str, str]:
    """The details in their stored form. Raises DetailInvalid or PhoneInvalid naming the field."""
    return {field: _clean_field(field, value) for field, value in details.items()}


def clean_tin(written: str) -> str:
    """Nine digits; people write them `123-456-789`."""
    digits = _digits(written)
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise TinInvalid
    return digits


def clean_nida(written: str, *, today: date | None = None) -> str:
    """Twenty digits, of which the first eight are the birth date of an adult.

    There is no published check digit, so nothing more can be known of the rest.
    """
    digits = _digits(written)
    if not re.fullmatch(r"[0-9]{20}", digits):
        raise NidaInvalid
    today = today or clock.today()
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        raise NidaInvalid from error
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if born > today or age > AGE_MAX_YEARS:
        raise NidaInvalid
    if age < AGE_MIN_YEARS:
        raise ApplicantTooYoung
    return digits


def clean_wallet_number(written: str) -> str:
    """E.164 of a Tanzanian mobile; the prefix only suggests the wallet, so it is not compared."""
    try:
        number = normalise(written)
    except PhoneInvalid as error:
        raise PayoutNumberInvalid from error
    if not is_mobile_money_number(number):
        raise PayoutNumberInvalid
    return number


def masked(field: str, value: str) -> str:
    """For logs and screens: of a sensitive value only the last four characters."""
    return f"…{value[-4:]}" if field in SENSITIVE and value else value


def _clean_field(field: str, value: str) -> str:
    special: dict[str, Callable[[str], str]] = {
        "kind": _clean_kind,
        "tin": clean_tin,
        "nida_number": clean_nida,
        "vat_number": _clean_vat_number,
        "phone": normalise,
        "payout_provider": _clean_provider,
        "payout_msisdn": clean_wallet_number,
    }
    if field in special:
        return special[field](value)
    text = value.strip()
    length_max = TEXT_LENGTH_MAX[field]
    if (not text and field not in OPTIONAL) or len(text) > length_max:
        raise DetailInvalid(field=field, length_max=length_max)
    return text


def _clean_kind(value: str) -> str:
    if value not in ApplicantKind.values:
        raise KindUnknown
    return value


def _clean_vat_number(value: str) -> str:
    """No format is published, so only its length is checked."""
    text = value.strip().upper()
    if text and not 3 <= len(text) <= 20:
        raise VatNumberInvalid
    return text


def _clean_provider(value: str) -> str:
    if value not in settings.PAYMENT_PROVIDERS:
        raise PayoutProviderUnknown(providers=", ".join(sorted(settings.PAYMENT_PROVIDERS)))
    return value


def _digits(written: str) -> str:
    return re.sub(r"[\s-]", "", written)
