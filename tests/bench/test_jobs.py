"""From the commit of an event to the commit of its handler, through Valkey and a q2 worker."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import transaction

from marketplace.shared import outbox
from marketplace.shared.actors import Actor
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.outbox import record
from tests.bench.recorder import percentile, record_figure
from tests.factories.ledger import SomethingHappened

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
TABLE = "tests.marketplace.shared.outbox_table.EXTERNAL_TABLE"
EVENTS = 300
WARM_UP = 20
WAIT_MAX_S = 30

CLUSTER = f"""
import django; django.setup()
from django.conf import settings
settings.OUTBOX_SUBSCRIPTIONS = "{TABLE}"
from django.core.management import call_command
call_command("qcluster", verbosity=0)
"""


@pytest.fixture
def cluster(settings):
    settings.OUTBOX_SUBSCRIPTIONS = TABLE
    outbox.subscriptions.cache_clear()
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        cwd=settings.BASE_DIR,
        env=os.environ | {"Q_CLUSTER_NAME": "bulk"},
    )
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=WAIT_MAX_S)
    outbox.subscriptions.cache_clear()


def latency_ms() -> float:
    with transaction.atomic():
        logged = record(SomethingHappened(thing_id="1"), actor=Actor.system("bench"))
        began = time.perf_counter()
    deadline = began + WAIT_MAX_S
    while time.perf_counter() < deadline:
        if Delivery.objects.filter(event=logged, status=DeliveryStatus.DONE).exists():
            return (time.perf_counter() - began) * 1000
        time.sleep(0.0005)
    raise AssertionError("the worker did not deliver")


def test_latency_of_a_job(cluster):
    for _ in range(WARM_UP):
        latency_ms()

    measured = [latency_ms() for _ in range(EVENTS)]

    record_figure("jobs.latency.p50_ms", percentile(measured, 50), "ms", aim="<= 20")
    record_figure("jobs.latency.p95_ms", percentile(measured, 95), "ms")
    assert settings.REDIS_URL, "the hints went through Valkey"
