"""What an applicant fills in is cleaned, or refused with the field at fault."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.sellers import details
from marketplace.sellers.errors import ApplicantTooYoung, NidaInvalid, TinInvalid
from marketplace.shared.errors import Invalid
from tests.factories.sellers import details as filled_in

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize("written", ["123456789", "123-456-789", " 123 456 789 "])
def test_a_tin_has_nine_digits_however_they_are_grouped(written):
    assert details.clean_tin(written) == "123456789"


@pytest.mark.parametrize("written", ["", "12345678", "1234567890", "12345678A", "١٢٣٤٥٦٧٨٩"])
def test_what_is_no_tin_is_refused(written):
    with pytest.raises(TinInvalid):
        details.clean_tin(written)


def test_a_nida_number_begins_with_the_birth_date_of_an_adult():
    assert details.clean_nida("19900415-14101-00001-23", today=TODAY) == "19900415141010000123"
    assert details.clean_nida("20080601" + "1" * 12, today=TODAY)
    with pytest.raises(ApplicantTooYoung):
        details.clean_nida("20080602" + "1" * 12, today=TODAY)


@pytest.mark.parametrize("born", ["19901301", "19900230", "00000000", "18990101", "20270101"])
def test_a_nida_number_with_an_impossible_birth_date_is_refused(born):
    with pytest.raises(NidaInvalid):
        details.clean_nida(born + "1" * 12, today=TODAY)


@given(st.dates(date(1940, 1, 1), date(2005, 1, 1)), st.integers(0, 10**12 - 1))
def test_every_adults_number_passes_and_stays_itself(born, rest):
    number = f"{born:%Y%m%d}{rest:012d}"

    assert details.clean_nida(number, today=TODAY) == number


@given(st.text(max_size=40))
def test_any_other_text_is_refused_and_never_a_crash(text):
    try:
        number = details.clean_nida(text, today=TODAY)
    except (NidaInvalid, ApplicantTooYoung):
        return

    assert len(number) == 20


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "company", "kind_unknown"),
        ("business_name", "  ", "detail_invalid"),
        ("business_name", "x" * 121, "detail_invalid"),
        ("tin", "123", "tin_invalid"),
        ("nida_number", "123", "nida_invalid"),
        ("vat_number", "12", "vat_number_invalid"),
        ("region", "", "detail_invalid"),
        ("address", "", "detail_invalid"),
        ("phone", "123", "phone_invalid"),
        ("payout_provider", "paypal", "payout_provider_unknown"),
        ("payout_msisdn", "123", "payout_msisdn_invalid"),
        ("payout_msisdn", "+254712345678", "payout_msisdn_invalid"),
        ("payout_msisdn", "022 212 3456", "payout_msisdn_invalid"),
        ("payout_name", "", "detail_invalid"),
        ("about", "x" * 2001, "detail_invalid"),
    ],
)
def test_a_wrong_detail_is_refused_with_its_field_and_code(field, value, code):
    with pytest.raises(Invalid) as refusal:
        details.clean(filled_in(**{field: value}))

    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_details_are_stored_in_one_form():
    cleaned = details.clean(
        filled_in(
            tin="123-456-789",
            vat_number=" vrn-40 ",
            phone="0754123456",
            payout_msisdn="255754123456",
        )
    )

    assert cleaned["tin"] == "123456789"
    assert cleaned["vat_number"] == "VRN-40"
    assert cleaned["phone"] == cleaned["payout_msisdn"] == "+255754123456"


def test_sensitive_details_show_their_last_four_characters_only():
    assert details.masked("nida_number", "19900415141010000123") == "…0123"
    assert details.masked("region", "Arusha") == "Arusha"
