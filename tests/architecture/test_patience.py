"""No test begins so late that its day ends before it does."""

from datetime import UTC, datetime

import pytest

from tests.patience import until_the_next_day


@pytest.mark.parametrize(
    ("now", "waits_s"),
    [
        (datetime(2026, 12, 31, 20, 59, 30, tzinfo=UTC), 30),
        (datetime(2026, 12, 31, 20, 59, 29, tzinfo=UTC), 0),
        (datetime(2026, 12, 31, 21, 0, tzinfo=UTC), 0),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), 1),
        (datetime(2027, 1, 1, tzinfo=UTC), 0),
    ],
)
def test_who_comes_just_before_midnight_here_or_in_utc_waits_for_it(now, waits_s):
    assert until_the_next_day(now, within_s=30) == waits_s
