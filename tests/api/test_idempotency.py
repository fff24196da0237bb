"""The same Idempotency-Key and body give the stored answer; nothing runs twice."""

import pytest

from marketplace.orders.models import Order
from marketplace.shared.models import IdempotentRequest
from tests.api.client import Caller, refusal
from tests.api.test_orders import wish
from tests.factories.accounts import a_buyer
from tests.factories.fees import the_terms
from tests.factories.listings import a_listing
from tests.factories.orders import the_shipping_rates
from tests.threads import at_once

pytestmark = pytest.mark.django_db

KEY = "5f0c2d1e-8a4b-4c7d"


@pytest.fixture
def rates():
    the_terms()
    the_shipping_rates()


def test_a_retry_gets_the_first_answer_and_places_nothing(rates):
    caller, body = Caller(a_buyer()), wish(a_listing())

    first = caller.post("/orders", body, key=KEY)
    retry = caller.post("/orders", body, key=KEY)

    assert Order.objects.count() == 1
    assert (retry.status_code, retry.content) == (201, first.content)
    assert retry["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first


def test_another_body_under_the_same_key_is_refused(rates):
    caller, listing = Caller(a_buyer()), a_listing()
    caller.post("/orders", wish(listing), key=KEY)

    answer = caller.post("/orders", wish(listing, quantity=2), key=KEY)

    assert refusal(answer) == (422, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_two_people_with_one_key_do_not_meet(rates):
    listing = a_listing()

    answers = [Caller(a_buyer()).post("/orders", wish(listing), key=KEY) for _person in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Order.objects.count() == 2


def test_a_refused_request_may_be_sent_again_with_its_key(rates):
    caller, listing = Caller(a_buyer()), a_listing(on_hand=0)
    refused = caller.post("/orders", wish(listing), key=KEY)
    type(listing).objects.update(on_hand=5)

    answer = caller.post("/orders", wish(listing), key=KEY)

    assert refusal(refused) == (409, "stock_insufficient")
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("key", "refused"),
    [
        ("", (400, "idempotency_key_missing")),
        ("short", (422, "idempotency_key_invalid")),
        ("a" * 81, (422, "idempotency_key_invalid")),
        ("with a space", (422, "idempotency_key_invalid")),
    ],
)
def test_money_is_not_moved_without_a_good_key(rates, key, refused):
    answer = Caller(a_buyer()).post("/orders", wish(a_listing()), key=key)

    assert refusal(answer) == refused
    assert Order.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_twins_at_the_same_moment_one_places_the_order(rates):
    buyer, body = a_buyer(), wish(a_listing())

    answers = at_once(*(lambda: Caller(buyer).post("/orders", body, key=KEY) for _twin in range(4)))

    assert Order.objects.count() == 1
    assert IdempotentRequest.objects.count() == 1
    placed = [answer for answer in answers if answer.status_code == 201]
    others = [answer for answer in answers if answer.status_code != 201]
    assert len({answer.content for answer in placed}) == 1
    assert {refusal(answer) for answer in others} <= {(409, "request_in_progress")}


def test_the_answer_is_lost_with_the_effect_where_the_answer_cannot_be_kept(rates, monkeypatch):
    caller, body = Caller(a_buyer()), wish(a_listing())
    caller.http.raise_request_exception = False
    monkeypatch.setattr("api.idempotency.finish", lambda **_kept: 1 / 0)

    answer = caller.post("/orders", body, key=KEY)

    assert refusal(answer) == (500, "internal_error")
    assert Order.objects.count() == 0
