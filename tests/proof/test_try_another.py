"""A wallet that cannot pay: the buyer is told why, and who else can take the payment now."""

from typing import Any

import pytest
from django.test import Client

from marketplace.notifications.models import Message
from marketplace.payments.commands import pause_provider
from marketplace.payments.models import Attempt, Intent
from marketplace.payments.states import AttemptStatus
from tests.api.client import Caller
from tests.deliveries import deliver_all
from tests.factories.accounts import a_buyer, staff_actor
from tests.factories.orders import an_attempt, an_order
from tests.proof.road import time_passes
from tests.simulators import CONFIGURED

pytestmark = pytest.mark.django_db
KNOWN = [
    ("mpesa", "933", "no_money"),
    ("mpesa", "934", "no_money"),
    ("mpesa", "936", "limit"),
    ("mpesa", "937", "not_registered"),
    ("mixx", "933", "no_money"),
    ("mixx", "936", "limit"),
    ("mixx", "937", "not_registered"),
    ("mixx", "938", "limit"),
    ("airtel", "934", "no_money"),
    ("airtel", "936", "limit"),
]
# The customer's own doing, or nobody's: the same wallet may do the next time.
OTHERWISE = [("mpesa", "931"), ("mpesa", "935"), ("mixx", "931"), ("airtel", "932")]


@pytest.fixture
def providers(mpesa: Any, mixx: Any, airtel: Any) -> dict[str, Any]:
    return {"mpesa": mpesa, "mixx": mixx, "airtel": airtel}


def failed(simulator: Any, digits: str, language: str = "en") -> Attempt:
    attempt = an_attempt(
        an_order(buyer=a_buyer(language=language)), msisdn=simulator.number(digits)
    )
    deliver_all()
    simulator.settle()
    name = simulator.dialect.name
    secret = CONFIGURED[name]["callback_secret"]
    for callback in simulator.callbacks:
        Client().post(
            f"/api/v1/webhooks/{name}/{secret}", callback.body, content_type="application/json"
        )
    deliver_all()
    time_passes()
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.FAILED
    return attempt


def shown(attempt: Attempt) -> Any:
    buyer = attempt.intent.order.buyer
    payment = Caller(buyer).get(f"/payments/{attempt.intent.reference}").json()
    return payment["attempts"][0]["try_another"]


@pytest.mark.parametrize(("name", "digits", "code"), KNOWN)
def test_a_wallet_that_stands_in_the_way_is_named_with_the_others(providers, name, digits, code):
    attempt = failed(providers[name], digits)

    advice = shown(attempt)

    assert advice["code"] == code
    assert sorted(advice["providers"]) == sorted(set(providers) - {name})
    assert attempt.msisdn in advice["message"]


@pytest.mark.parametrize(("name", "digits"), OTHERWISE)
def test_what_another_provider_would_not_help_is_no_reason_to_send_the_buyer_away(
    providers, name, digits
):
    assert shown(failed(providers[name], digits)) is None


def test_a_provider_that_cannot_be_reached_is_named_with_the_others(providers):
    providers["mpesa"].stop()
    attempt = an_attempt(an_order(), msisdn=providers["mpesa"].number("000"))
    deliver_all()
    attempt.refresh_from_db()

    advice = shown(attempt)

    assert attempt.status == AttemptStatus.FAILED
    assert (advice["code"], advice["providers"]) == ("unreachable", ["mixx", "airtel"])
    assert "M-Pesa could not be reached; nothing was charged." in advice["message"]
    assert advice["message"] in Message.objects.get(code="payment_failed").body
    providers["mpesa"].start()


def test_a_paused_provider_is_not_advised(providers):
    pause_provider(provider="airtel", reason="Trouble", actor=staff_actor())

    assert shown(failed(providers["mpesa"], "937"))["providers"] == ["mixx"]


def test_the_message_to_the_buyer_says_it_in_their_language(providers):
    attempt = failed(providers["mpesa"], "933", language="sw")

    told = Message.objects.filter(code="payment_failed").first()

    assert f"Pochi ya M-Pesa ya {attempt.msisdn} haina pesa za kutosha." in told.body
    assert "Unaweza pia kulipa kwa" in told.body


def test_a_payment_that_was_made_after_all_needs_no_advice(providers):
    attempt = failed(providers["mpesa"], "934")
    order = attempt.intent.order
    second = an_attempt(order, msisdn=providers["mixx"].number("000"))
    deliver_all()
    providers["mixx"].settle()
    for callback in providers["mixx"].callbacks:
        secret = CONFIGURED["mixx"]["callback_secret"]
        Client().post(
            f"/api/v1/webhooks/mixx/{secret}", callback.body, content_type="application/json"
        )
    deliver_all()

    second.refresh_from_db()
    assert second.status == AttemptStatus.SUCCEEDED
    payment = Caller(order.buyer).get(f"/payments/{Intent.objects.get(order=order).reference}")
    assert [one["try_another"] for one in payment.json()["attempts"]] == [None, None]
