"""Numbers that people copy: written in one way, refused where they cannot be right, and compared."""

from types import SimpleNamespace

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from marketplace.disputes.errors import (
    ImeiInvalid,
    ImeiMistyped,
    NumberUnfit,
    OneNumberEach,
    SerialNumberInvalid,
    TrackingNumberInvalid,
)
from marketplace.disputes.numbers import agreement, written
from marketplace.disputes.states import EvidenceKind

SERIAL, TRACKING = EvidenceKind.SERIAL, EvidenceKind.TRACKING
IMEI = "356938035643809"


@pytest.mark.parametrize(
    ("kind", "numbers", "expected"),
    [
        (SERIAL, {"imei": IMEI}, ("imei", IMEI)),
        (SERIAL, {"imei": "35-693803-564380-9"}, ("imei", IMEI)),
        (SERIAL, {"imei": "", "serial_number": " c02 xk1 ab "}, ("serial_number", "C02XK1AB")),
        (TRACKING, {"tracking_number": "be-20419"}, ("tracking_number", "BE-20419")),
        (SERIAL, {}, ("", "")),
        (EvidenceKind.GOODS, {"imei": "  "}, ("", "")),
    ],
)
def test_a_number_is_written_in_one_way(kind, numbers, expected):
    assert written(kind, numbers) == expected


@pytest.mark.parametrize(
    ("kind", "numbers", "refusal"),
    [
        (SERIAL, {"imei": "35693803564380"}, ImeiInvalid),
        (SERIAL, {"imei": "35693803564380X"}, ImeiInvalid),
        (SERIAL, {"imei": "٣٥٦٩٣٨٠٣٥٦٤٣٨٠٩"}, ImeiInvalid),
        (SERIAL, {"imei": "356938035643808"}, ImeiMistyped),
        (SERIAL, {"imei": "0" * 15}, ImeiMistyped),
        (SERIAL, {"serial_number": "ABC"}, SerialNumberInvalid),
        (SERIAL, {"serial_number": "<b>1234</b>"}, SerialNumberInvalid),
        (TRACKING, {"tracking_number": "1" * 41}, TrackingNumberInvalid),
        (SERIAL, {"tracking_number": "BE-20419"}, NumberUnfit),
        (EvidenceKind.GOODS, {"imei": IMEI}, NumberUnfit),
        (SERIAL, {"imei": IMEI, "serial_number": "C02XK1AB"}, OneNumberEach),
    ],
)
def test_what_cannot_be_right_is_refused_and_names_its_field(kind, numbers, refusal):
    with pytest.raises(refusal) as refused:
        written(kind, numbers)

    assert refused.value.field in numbers
    with override("en"):
        english = str(refused.value)
    with override("sw"):
        assert str(refused.value) != english


@given(st.text("0123456789", min_size=14, max_size=14).filter(lambda text: len(set(text)) > 1))
def test_of_the_ten_last_digits_one_makes_an_imei_and_no_slip_of_one_digit_passes(first):
    right = [digit for digit in "0123456789" if _passes(first + digit)]

    assert len(right) == 1
    slipped = str((int(first[0]) + 1) % 10) + first[1:] + right[0]
    assert not _passes(slipped)


def _passes(imei: str) -> bool:
    try:
        written(SERIAL, {"imei": imei})
    except ImeiMistyped:
        return False
    return True


def shown(party: str, number: str, kind: str = "imei"):
    return SimpleNamespace(party=party, number=number, number_kind=kind)


def test_a_tracking_number_ought_to_be_the_parcels_own():
    parcel = shown("seller", "BE-20419", "tracking_number")

    assert agreement(parcel, [parcel], "be 20419") is True
    assert agreement(parcel, [parcel], "BE-20418") is False
    assert agreement(parcel, [parcel], "") is None


def test_the_number_of_a_device_ought_to_be_what_the_other_side_has_copied_from_it():
    sold, arrived = shown("seller", IMEI), shown("buyer", IMEI)
    another = shown("buyer", "490154203237518")

    assert agreement(sold, [sold], "") is None
    assert agreement(sold, [sold, arrived], "") is True
    assert agreement(sold, [sold, another], "") is False
    assert agreement(sold, [sold, another, arrived], "") is True
    assert agreement(sold, [sold, shown("buyer", IMEI, "serial_number")], "") is None
    assert agreement(sold, [sold, shown("staff", IMEI)], "") is None
    assert agreement(shown("buyer", ""), [sold], "") is None
