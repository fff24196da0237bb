"""A seller reads how they do in disputes."""

from datetime import timedelta

import pytest

from marketplace.analytics.commands import count_events
from marketplace.analytics.scorecards import scorecard_of
from marketplace.disputes.commands import resolve_dispute
from marketplace.disputes.models import Dispute
from tests.api.client import Caller, refusal
from tests.factories.accounts import a_buyer, a_user, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db


def decided(part, outcome, fault):
    resolve_dispute(
        dispute_id=an_open_dispute(part).pk,
        outcome=outcome,
        fault=fault,
        note="Seen.",
        actor=staff_actor(),
    )


def test_a_seller_reads_rate_losses_and_late_answers_and_no_other_sellers(settings):
    settings.SERIAL_FAULTS = 2
    owner = a_user()
    seller = a_seller(owner)
    parts = [a_delivered_part(a_listing(seller)) for _number in range(4)]
    decided(parts[0], "refund_full", "seller")
    decided(parts[1], "declined", "buyer")
    Dispute.objects.filter(pk=an_open_dispute(parts[2]).pk).update(silent="seller")
    decided(a_delivered_part(), "refund_full", "seller")
    count_events(skew=timedelta(0))

    answer = Caller(owner).get("/sellers/me/scorecard").json()

    assert answer["windows"][0] == {
        "days": 30,
        "orders": 4,
        "disputes": 3,
        "dispute_rate_bp": 7500,
        "decided": 2,
        "lost": 1,
        "lost_share_bp": 5000,
        "late_answers": 1,
    }
    assert [window["days"] for window in answer["windows"]] == [30, 90]
    assert (answer["is_often_at_fault"], answer["often_from"]) == (False, 2)
    decided(parts[3], "refund_full", "seller")
    assert Caller(owner).get("/sellers/me/scorecard").json()["is_often_at_fault"] is True


def test_who_sold_nothing_has_no_rate_and_who_is_no_seller_no_scorecard():
    owner = a_user()
    a_seller(owner)

    window = Caller(owner).get("/sellers/me/scorecard").json()["windows"][0]

    assert (window["orders"], window["dispute_rate_bp"], window["lost_share_bp"]) == (0, None, None)
    assert refusal(Caller(a_buyer()).get("/sellers/me/scorecard"))[1] == "not_a_seller"


def test_it_asks_twice_however_much_there_is(django_assert_num_queries):
    with django_assert_num_queries(2):
        scorecard_of(seller_id=a_seller_id())


def a_seller_id():
    return "0198aaaa-0000-7000-8000-000000000001"
