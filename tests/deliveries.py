"""Background work in tests: run what is due, as the workers would, in this process."""

from datetime import timedelta

from marketplace.shared import clock
from marketplace.shared.models import Delivery, DeliveryStatus
from marketplace.shared.outbox import due_deliveries, run_delivery

ROUNDS_MAX = 50


def deliver_all(*, ahead: timedelta = timedelta(0)) -> int:
    """Run due deliveries, and what they cause, until none is left; returns how many succeeded.

    `ahead` also takes those that come due within it. A delivery that fails stays pending with its
    error, exactly as in production; `failures()` shows them.
    """
    succeeded = 0
    for _round in range(ROUNDS_MAX):
        due = due_deliveries(now=clock.now() + ahead, limit=1_000)
        if ahead:
            Delivery.objects.filter(pk__in=[pk for pk, _queue in due]).update(
                next_attempt_at=clock.now()
            )
        worked = sum(run_delivery(pk) for pk, _queue in due)
        succeeded += worked
        if not worked:
            return succeeded
    raise AssertionError(f"deliveries still cause deliveries after {ROUNDS_MAX} rounds")


def failures() -> list[str]:
    """The errors of deliveries that have failed and are not done, for a test to assert on."""
    rows = Delivery.objects.exclude(last_error="").exclude(status=DeliveryStatus.DONE)
    return [f"{delivery.handler}: {delivery.last_error}" for delivery in rows]
