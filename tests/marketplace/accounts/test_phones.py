"""Phone numbers in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.errors import PhoneInvalid
from marketplace.accounts.phones import is_mobile_money_number, normalise

PREFIXES = ["61", "62", "65", "67", "68", "69", "71", "74", "75", "76", "78"]
NATIONAL = st.builds("{}{:07d}".format, st.sampled_from(PREFIXES), st.integers(0, 9_999_999))


@given(NATIONAL, st.sampled_from(["0{}", "+255{}", "255{}", "00255{}", " +255 {} "]))
def test_every_way_of_writing_a_tanzanian_mobile_gives_one_form(national, written):
    if written.startswith("00"):  # The international prefix of Tanzania is 000.
        written = f"0{written}"

    assert normalise(written.format(national)) == f"+255{national}"
    assert is_mobile_money_number(f"+255{national}")


@given(NATIONAL)
def test_normalising_twice_changes_nothing(national):
    once = normalise(f"0{national}")

    assert normalise(once) == once


@given(st.text(max_size=60))
def test_anything_else_is_refused_or_becomes_e164(text):
    try:
        number = normalise(text)
    except PhoneInvalid:
        return

    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdigit()
    assert 8 <= len(number) <= 16


@pytest.mark.parametrize("written", ["", "0", "0754", "+255", "0854123456", "abc", "+1" + "2" * 40])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(PhoneInvalid):
        normalise(written)


def test_foreign_numbers_and_landlines_are_phones_but_have_no_wallet():
    assert not is_mobile_money_number(normalise("+254712345678"))
    assert not is_mobile_money_number(normalise("022 212 3456"))
