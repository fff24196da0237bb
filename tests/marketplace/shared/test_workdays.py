"""Working time leaves out weekends and the public holidays of Tanzania."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.shared.clock import EAT
from marketplace.shared.workdays import after_working_time, is_working_day, working_time

FRIDAY_AT_3 = datetime(2026, 11, 27, 15, tzinfo=EAT)
INSTANTS = st.integers(0, 1_500_000).map(lambda minutes: FRIDAY_AT_3 + timedelta(minutes=minutes))
SPANS = st.timedeltas(timedelta(), timedelta(days=20))


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        (date(2026, 11, 27), True),
        (date(2026, 11, 28), False),
        (date(2026, 12, 9), False),  # Independence Day, a Wednesday
        (date(2026, 10, 14), False),  # Nyerere Day
        (date(2026, 7, 7), False),  # Saba Saba
        (date(2026, 12, 10), True),
    ],
)
def test_weekends_and_public_holidays_are_no_working_days(day, is_one):
    assert is_working_day(day) is is_one


def test_two_working_days_from_a_friday_end_on_tuesday():
    assert after_working_time(FRIDAY_AT_3, timedelta(days=2)) == FRIDAY_AT_3 + timedelta(days=4)


def test_what_begins_on_a_sunday_counts_from_monday_on():
    sunday = datetime(2026, 11, 29, 20, tzinfo=EAT)

    end = after_working_time(sunday, timedelta(days=1))

    assert end == datetime(2026, 12, 1, tzinfo=EAT)


def test_a_holiday_in_between_gives_a_day_more():
    tuesday = datetime(2026, 12, 8, 9, tzinfo=EAT)

    assert after_working_time(tuesday, timedelta(days=2)) == datetime(2026, 12, 11, 9, tzinfo=EAT)


@given(start=INSTANTS, span=SPANS)
def test_measuring_gives_back_what_was_added(start, span):
    assert working_time(start, after_working_time(start, span)) == span


@given(start=INSTANTS, span=SPANS)
def test_no_working_time_lies_the_wrong_way_round(start, span):
    assert working_time(start + span, start) == timedelta()
