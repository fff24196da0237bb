"""From a provider's callback over HTTP to the ledger: web server, inbox, Valkey, q2 worker, enquiry, posting."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings

from marketplace.ledger.models import Entry
from marketplace.payments.gateways import wire
from marketplace.payments.models import Attempt
from marketplace.payments.states import AttemptStatus
from tests.bench.http_load import gunicorn
from tests.bench.recorder import percentile, record_figure
from tests.deliveries import deliver_all
from tests.factories.listings import a_listing
from tests.factories.orders import an_attempt, an_order
from tests.simulators import API_KEY
from tests.verified import broken_invariants

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
PAYMENTS = 120
WARM_UP = 20
WAIT_MAX_S = 30
PATH = f"/api/v1/webhooks/mpesa/{settings.MPESA_CALLBACK_SECRET}"


@pytest.fixture
def told(mpesa: Any) -> list[tuple[Attempt, bytes]]:
    """Payments that their buyers have confirmed, each with the callback that will tell us."""
    listing = a_listing(on_hand=PAYMENTS)
    attempts = [an_attempt(an_order(listing)) for _ in range(PAYMENTS)]
    deliver_all()
    mpesa.settle()
    bodies = {callback.third_party_id: callback.body for callback in mpesa.callbacks}
    return [(attempt, bodies[wire(attempt.reference)]) for attempt in attempts]


@pytest.fixture
def port(mpesa: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Our web server and our workers, as processes that know the simulator by their environment."""
    monkeypatch.setenv("MPESA_BASE_URL", mpesa.options["base_url"])
    monkeypatch.setenv("MPESA_PUBLIC_KEY", mpesa.options["public_key"])
    monkeypatch.setenv("MPESA_API_KEY", API_KEY)
    monkeypatch.setenv("MPESA_SESSION_WARM_UP_S", "0")
    command = [sys.executable, "manage.py", "qcluster", "--verbosity", "0"]
    workers = subprocess.Popen(command, cwd=settings.BASE_DIR)
    try:
        with gunicorn("backoffice.wsgi") as found:
            yield found
    finally:
        workers.terminate()
        workers.wait(timeout=WAIT_MAX_S)


def until_booked_ms(client: httpx.Client, attempt: Attempt, body: bytes) -> float:
    """The payment is settled in the transaction that posts its entry."""
    began = time.perf_counter()
    answer = client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    deadline = began + WAIT_MAX_S
    while time.perf_counter() < deadline:
        if Attempt.objects.filter(pk=attempt.pk, status=AttemptStatus.SUCCEEDED).exists():
            return (time.perf_counter() - began) * 1000
        time.sleep(0.0005)
    raise AssertionError("the payment was not booked")


def test_settle_by_callback(told, port):
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=WAIT_MAX_S
    ) as client:
        for attempt, body in told[:WARM_UP]:
            until_booked_ms(client, attempt, body)

        measured = [until_booked_ms(client, *one) for one in told[WARM_UP:]]

    record_figure("settle.callback.p50_ms", percentile(measured, 50), "ms")
    record_figure("settle.callback.p95_ms", percentile(measured, 95), "ms")
    assert Entry.objects.filter(event__name="payments.succeeded.v1").count() == PAYMENTS
    assert broken_invariants() == []
