"""Money neither appears nor vanishes by rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.shared.money import (
    Money,
    allocate,
    format_minor,
    included_tax,
    is_whole,
    share,
)

amounts = st.integers(0, 10**12)
rates = st.integers(0, 10_000)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any)


@given(amounts, weights)
def test_an_allocation_always_sums_to_the_whole(amount, shares):
    parts = allocate(amount, shares)

    assert sum(parts) == amount
    assert min(parts) >= 0
    assert all(part == 0 for part, weight in zip(parts, shares, strict=True) if weight == 0)


@given(st.integers(0, 10**9), weights)
def test_whole_shillings_are_shared_out_in_whole_shillings(shillings, shares):
    assert all(is_whole(part) for part in allocate(shillings * 100, shares))


@given(amounts, rates)
def test_a_share_is_whole_shillings_and_less_than_one_away_from_exact(amount, rate):
    taken = share(amount, rate)

    assert is_whole(taken)
    assert abs(taken * 10_000 - amount * rate) <= 50 * 10_000


@given(amounts, rates)
def test_a_negative_amount_rounds_like_its_mirror(amount, rate):
    assert share(-amount, rate) == -share(amount, rate)


def test_the_vat_inside_a_price_of_118_is_18():
    assert included_tax(11_800_00, 1_800) == 1_800_00


@pytest.mark.parametrize(
    ("minor", "text"),
    [(0, "TZS 0"), (123_450_000, "TZS 1,234,500"), (-5_000, "TZS -50"), (150, "TZS 1.50")],
)
def test_amounts_read_as_people_write_them(minor, text):
    assert format_minor(minor) == text


def test_money_of_two_currencies_does_not_add():
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, "XXX")
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("amount", "shares"), [(-1, [1]), (1, [0, 0]), (1, [-1, 2])])
def test_an_allocation_without_a_meaning_is_refused(amount, shares):
    with pytest.raises(ValueError, match="allocate needs"):
        allocate(amount, shares)
