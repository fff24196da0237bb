"""M5 and M17: on every road of the money somebody is killed at every point, and it ends right all the same.

A point is just before or just after whatever lasts: a commit, a statement of its own, a question to a
provider. A worker dies by kill -9, or PostgreSQL ends its connection. With the tests a few points of each
road take their turn, other ones each day; `PROOF_TIER=long` walks all of them.
"""

from typing import Any

import pytest
from django.db import transaction

from marketplace.shared import clock, outbox
from marketplace.shared.actors import Actor
from marketplace.shared.events import REGISTRY, EventMeta
from marketplace.shared.ids import uuid7
from tests.deliveries import failures
from tests.proof.dying import DEATHS, DIED, FINISHED, until_death
from tests.proof.kill_roads import ROADS, Payment
from tests.proof.tiers import IS_LONG
from tests.proof.walking import Road

pytestmark = pytest.mark.django_db(transaction=True)
POINTS_MAX = 400
# With the tests: so many points apart, the first of them by the day.
STRIDE = 1 if IS_LONG else 17
NOBODYS: Any = EventMeta(
    event_id=uuid7(),
    occurred_at=clock.now(),
    actor=Actor.system("tests"),
    request_id="",
    delivery_key="",
)
each_road = pytest.mark.parametrize("road", ROADS)


def points(number: int) -> range:
    """Those that are walked; each road begins elsewhere."""
    first = 1 if IS_LONG else (clock.today().toordinal() * 5 + number * 3) % STRIDE + 1
    return range(first, POINTS_MAX, STRIDE)


def walk(road: Road, point: int, death: str) -> str:
    """Begin, die on the way, recover; whether the way was long enough for that."""
    road.begin()
    fate = until_death(road.work, point=point, death=death)
    road.recover()
    return fate


@each_road
def test_wherever_somebody_dies_nothing_is_lost_and_nothing_done_twice(mpesa, road):
    number, deaths = list(ROADS).index(road), list(DEATHS)
    for shift in range(len(deaths) if IS_LONG else 1):
        for point in points(number):
            death = deaths[(point + number + shift) % len(deaths)]
            at = f"{road}, point {point}, {death}"
            one = ROADS[road](mpesa)

            fate = walk(one, point, death)

            assert one.wrong() == [], at
            assert failures() == [], at
            assert one.broken() == [], at
            one.leave()
            if fate == FINISHED:
                break
        else:
            pytest.fail(f"{road} has more than {POINTS_MAX} points")


@pytest.mark.slow(25)
def test_control_who_acknowledges_before_the_work_loses_it(mpesa, monkeypatch):
    """A delivery that is done before its handler has run: one of its deaths is the end of the payment."""

    def acknowledged_first(delivery_id: int) -> bool:
        claimed = outbox._claim(delivery_id)
        if claimed is None:
            return False
        delivery, subscription = claimed
        with transaction.atomic():
            outbox._mark_done(delivery)
        event = REGISTRY[delivery.event.name].from_payload(delivery.event.payload)
        with transaction.atomic():
            subscription.handler(event, NOBODYS)
        return True

    found: list[str] = []
    for point in range(1, POINTS_MAX):
        one: Any = Payment(mpesa)
        one.begin()
        with monkeypatch.context() as patch:
            patch.setattr("tests.deliveries.run_delivery", acknowledged_first)
            fate = until_death(one.work, point=point)
        one.recover()
        found += one.wrong() + one.broken()
        if found or fate == FINISHED:
            break

    assert found
    assert fate == DIED
