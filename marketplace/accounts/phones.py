"""Phone numbers in one form: E.164 (`+255754123456`), whatever way they were written."""

import phonenumbers

from marketplace.accounts.errors import PhoneInvalid

HOME_REGION = "TZ"
WRITTEN_LENGTH_MAX = 30


def normalise(phone: str, *, field: str = "phone") -> str:
    """The number as E.164; without a country code it is Tanzanian. Raises PhoneInvalid."""
    if len(phone) > WRITTEN_LENGTH_MAX:
        raise PhoneInvalid(field=field)
    written = phone.strip()
    if written.startswith("255"):  # As the wallets' own apps and statements write it.
        written = f"+{written}"
    try:
        number = phonenumbers.parse(written, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid(field=field) from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneInvalid(field=field)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_mobile_money_number(phone: str) -> bool:
    """Whether an E.164 number is a Tanzanian mobile: only those have wallets we can pay."""
    number = phonenumbers.parse(phone, None)
    kind = phonenumbers.number_type(number)
    return (
        phonenumbers.region_code_for_number(number) == HOME_REGION
        and kind == phonenumbers.PhoneNumberType.MOBILE
    )
