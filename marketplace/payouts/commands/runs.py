"""The daily run: prepares the batch of all sellers who are due, once a day, late rather than never."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from marketplace.payouts.commands.batches import PAYOUTS, plan_batch
from marketplace.payouts.errors import NothingToPayOut
from marketplace.payouts.models import PayoutBatch, PayoutRun
from marketplace.payouts.queries import prospects
from marketplace.rules.queries import is_open
from marketplace.rules.states import RuleName
from marketplace.shared import clock
from marketplace.shared.locks import one_at_a_time

# A run makes up for the days on which there was none, but not for a forgotten year.
CATCH_UP_DAYS = 31


def run_payouts() -> str:
    """Prepare today's batch from settings.PAYOUT_RUN_HOUR (Tanzania) on; what a sweep calls.

    Nothing is sent by it: a person takes the batch on, another approves it. A day on which the switch
    is off is made up for by the next run.
    """
    if not is_open(RuleName.PAYOUT_RUNS):
        return "switched off"
    if clock.now().astimezone(clock.EAT).hour < settings.PAYOUT_RUN_HOUR:
        return "not yet"
    run = _run(clock.today())
    if run is None:
        return "today's run has been"
    return f"{run.sellers_due} due; {run.batch or 'nobody to pay'}"


def last_run() -> PayoutRun | None:
    return PayoutRun.objects.select_related("batch").order_by("-day").first()


@transaction.atomic
def _run(day: date) -> PayoutRun | None:
    one_at_a_time("payout-run")
    before = last_run()
    if before is not None and before.day >= day:
        return None
    after = day - timedelta(days=1)
    if before is not None:
        after = max(before.day, day - timedelta(days=CATCH_UP_DAYS))
    due = {one.seller_id for one in prospects() if one.terms.is_due_within(after=after, until=day)}
    return PayoutRun.objects.create(
        day=day, ran_at=clock.now(), sellers_due=len(due), batch=_batch(due) if due else None
    )


def _batch(due: set[UUID]) -> PayoutBatch | None:
    try:
        with transaction.atomic():
            batch = PayoutBatch(is_scheduled=True, created_at=clock.now())
            return plan_batch(batch, due, PAYOUTS)
    except NothingToPayOut:
        return None
