"""A buyer sees what they allow, allows it and takes it back."""

import pytest

from tests.api.client import Caller, refusal
from tests.factories.accounts import a_buyer

pytestmark = pytest.mark.django_db


def test_a_buyer_allows_analytics_and_takes_it_back():
    caller = Caller(a_buyer())
    assert caller.get("/consents").json() == [
        {"purpose": "analytics", "is_given": False, "given_at": None}
    ]

    given = caller.put("/consents/analytics", {"is_given": True}).json()

    assert given["is_given"]
    assert caller.get("/consents").json() == [given]
    withdrawn = caller.put("/consents/analytics", {"is_given": False}).json()
    assert withdrawn == {"purpose": "analytics", "is_given": False, "given_at": None}


def test_one_persons_consent_is_no_others():
    Caller(a_buyer()).put("/consents/analytics", {"is_given": True})

    assert not Caller(a_buyer()).get("/consents").json()[0]["is_given"]


def test_a_visitor_has_nothing_to_allow():
    assert Caller().get("/consents").status_code == 401
    assert Caller().put("/consents/analytics", {"is_given": True}).status_code == 401


def test_an_unknown_purpose_is_refused():
    assert refusal(Caller(a_buyer()).put("/consents/marketing", {"is_given": True}))[0] == 422
