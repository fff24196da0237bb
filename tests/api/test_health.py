"""GET /api/health."""

from datetime import timedelta

import pytest
from django.test import Client

from marketplace.payments.models import ProviderStatus
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.heartbeats import expect
from marketplace.shared.models import Delivery, Heartbeat, LoggedEvent
from marketplace.shared.outbox import record
from tests.factories.ledger import SomethingHappened

pytestmark = pytest.mark.django_db


def test_all_is_well(client: Client, settings):
    answer = client.get("/api/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "parts": {"database": "ok", "cache": "ok", "queue": "ok"},
        "providers": dict.fromkeys(settings.PAYMENT_PROVIDERS, "ok"),
    }


def test_a_sweep_that_stopped_makes_it_unwell(client: Client):
    expect({"orders.expire": 60})
    Heartbeat.objects.update(last_succeeded_at=clock.now() - timedelta(hours=1))

    answer = client.get("/api/health")

    assert answer.status_code == 503
    assert answer.json()["parts"]["queue"] == "late"


def test_work_that_nobody_takes_makes_it_unwell(client: Client):
    record(SomethingHappened(thing_id="1"), actor=Actor.system("tests"))
    logged = LoggedEvent.objects.get()
    Delivery.objects.create(
        event=logged,
        handler="x.y",
        queue="default",
        next_attempt_at=clock.now() - timedelta(hours=1),
    )

    assert client.get("/api/health").json()["parts"]["queue"] == "late"


def test_a_provider_that_is_down_is_told_but_does_not_make_us_unwell(client: Client):
    ProviderStatus.objects.create(provider="mpesa", last_failure_at=clock.now())

    answer = client.get("/api/health")

    assert answer.status_code == 200
    assert answer.json()["providers"]["mpesa"] == "down"


def test_a_valkey_that_is_gone_makes_it_unwell(client: Client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    answer = client.get("/api/health")

    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "cache": "down", "queue": "ok"}


def test_it_does_not_say_more_than_it_must(client: Client):
    answer = client.post("/api/health")

    assert answer.status_code == 405
    assert "Traceback" not in answer.content.decode()
