"""Long spans are read from months, waits by their median: both say what the days and the verdicts say."""

from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from marketplace.analytics.commands import count_events
from marketplace.analytics.measures import PAID, SELLER, SELLER_MONTH, VERDICT, WAITED
from marketplace.analytics.models import Rollup
from marketplace.analytics.queries import Amount, Waits, leaders, waits
from marketplace.sellers.commands import approve_application
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.factories.orders import a_paid_order
from tests.factories.sellers import an_accepted_application
from tests.verified import broken_invariants

DAY = date(2026, 3, 10)
HOUR_S = 3600


def a_year_of(sellers: int, seed: int) -> list[Rollup]:
    """Days of some sellers and the months that they add up to."""
    dice = Random(seed)
    days: list[Rollup] = []
    months: dict[tuple[str, date], Amount] = {}
    for number, day in product(range(sellers), range(0, 400, 3)):
        on = date(2025, 6, 1) + timedelta(days=day)
        key, total = f"seller-{number}", dice.randint(1, 10**6)
        days.append(Rollup(day=on, measure=PAID, dimension=SELLER, key=key, count=1, total=total))
        known = months.get((key, on.replace(day=1)), Amount())
        months[key, on.replace(day=1)] = Amount(known.count + 1, known.total + total)
    whole = [
        Rollup(
            day=month, measure=PAID, dimension=SELLER_MONTH, key=key, count=a.count, total=a.total
        )
        for (key, month), a in months.items()
    ]
    return [*days, *whole]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 6, 1), date(2026, 5, 31)),
        (date(2025, 6, 15), date(2026, 5, 20)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 1, 2), date(2026, 2, 27)),
        (date(2026, 1, 31), date(2026, 3, 1)),
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_the_leaders_of_any_span_are_those_of_its_days(first, last):
    rows = Rollup.objects.bulk_create(a_year_of(6, seed=7))
    before = (first - timedelta(days=45), first - timedelta(days=1))

    found = leaders(measure=PAID, dimension=SELLER, span=(first, last), before=before, most=4)

    def by_days(key: str, since: date, until: date) -> int:
        of_key = [one for one in rows if one.key == key and one.dimension == SELLER]
        return sum(one.total for one in of_key if since <= one.day <= until)

    totals = {f"seller-{n}": by_days(f"seller-{n}", first, last) for n in range(6)}
    expected = sorted((key for key in totals if totals[key]), key=lambda k: (-totals[k], k))[:4]
    assert [one.key for one in found] == expected
    assert [one.now.total for one in found] == [totals[key] for key in expected]
    assert [one.before.total for one in found] == [by_days(key, *before) for key in expected]


@pytest.mark.django_db
def test_a_sale_and_a_verdict_are_counted_by_month_and_by_wait():
    part = a_paid_order().seller_orders.get()
    application = an_accepted_application()
    reviewer = Actor.staff(application.reviewer_id)
    with clock.at(clock.now() + timedelta(hours=30)):
        approve_application(application_id=application.pk, actor=reviewer)
        count_events(skew=timedelta(0))
        today = clock.today()

    month = Rollup.objects.get(dimension=SELLER_MONTH)
    assert (month.day.day, month.key) == (1, str(part.seller_id))
    assert month.total == part.gross_minor
    verdict = Rollup.objects.get(measure=VERDICT, dimension=WAITED)
    assert verdict.count == 1
    assert waits((today, today)).within(0.5, (today, today)) == pytest.approx(30 * HOUR_S, abs=60)
    assert broken_invariants() == []


def test_the_median_is_not_moved_by_the_one_who_waited_longest():
    hours = [1, 2, 3, 4, 90]
    found = Waits({DAY: {step: Amount(1, h * HOUR_S) for step, h in enumerate(hours)}})

    assert found.within(0.5, (DAY, DAY)) == 3 * HOUR_S
    assert found.within(0.9, (DAY, DAY)) == 90 * HOUR_S
    assert found.within(0.5, (DAY + timedelta(days=1), DAY + timedelta(days=9))) is None


def test_waits_of_several_days_are_taken_together():
    monday, tuesday = DAY, DAY + timedelta(days=1)
    found = Waits({monday: {10: Amount(3, 3 * HOUR_S)}, tuesday: {80: Amount(2, 40 * HOUR_S)}})

    assert found.within(0.5, (monday, tuesday)) == HOUR_S
    assert found.within(0.9, (monday, tuesday)) == 20 * HOUR_S
    assert found.within(0.5, (tuesday, tuesday)) == 20 * HOUR_S
