"""The road of the money as time passes: news arrive, sweeps run, deliveries are worked off."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from marketplace.orders.commands import expire_due_orders
from marketplace.payments.commands import enquire_due_attempts, enquire_due_refunds
from marketplace.payouts.commands import enquire_due_payouts, release_due
from marketplace.shared import clock
from tests.deliveries import deliver_all, failures
from tests.verified import broken_invariants

# Each is due on the ladder of enquiries, and none is beyond an order's expiry.
MINUTES = (1, 2, 4, 8)
WEBHOOK = f"/api/v1/webhooks/mpesa/{settings.MPESA_CALLBACK_SECRET}"


def news_arrive(mpesa: Any) -> None:
    """Everything that the provider has planned happens; its callbacks come in by HTTP, and are read."""
    mpesa.settle()
    post_callbacks(mpesa)


def post_callbacks(mpesa: Any) -> None:
    """Those that came since the simulator's book was last read here."""
    for callback in mpesa.callbacks[getattr(mpesa, "posted", 0) :]:
        answer = Client().post(WEBHOOK, callback.body, content_type="application/json")
        assert answer.status_code == 200, answer.content
    mpesa.posted = len(mpesa.callbacks)
    deliver_all()


def time_passes(*minutes: float) -> None:
    """The sweeps and the workers at each of these minutes from now."""
    start = clock.now()
    for after in minutes or MINUTES:
        with clock.at(start + timedelta(minutes=after)):
            enquire_due_attempts()
            enquire_due_refunds()
            enquire_due_payouts()
            expire_due_orders()
            release_due()
            deliver_all()


def nothing_is_wrong() -> None:
    """No delivery has failed for good, and the data contradicts nothing."""
    assert failures() == []
    assert broken_invariants() == []
