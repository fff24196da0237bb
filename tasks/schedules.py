"""The table of sweeps: what runs, how often, and why. Each has a pulse on the system page.

A schedule only wakes a sweep; a sweep is bounded, safe to run twice, and finds its work in the
database, so a missed beat delays and loses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_q.models import Schedule

from marketplace.accounts import commands as accounts
from marketplace.analytics import commands as analytics
from marketplace.analytics.footfall import write_down_footfall
from marketplace.billing import commands as billing
from marketplace.billing import receipts as fiscal
from marketplace.casework import commands as casework
from marketplace.closing import commands as closing
from marketplace.disputes.commands import forget_drafts, mind_deadlines
from marketplace.ledger.seals import seal_due
from marketplace.notifications import commands as notifications
from marketplace.notifications.digests import send_digests
from marketplace.orders.commands import expire_due_orders
from marketplace.payments.commands import enquire_due_attempts, enquire_due_refunds
from marketplace.payments.health import forget_tallies_before
from marketplace.payouts.commands import (
    check_wallets_due,
    enquire_due_payouts,
    hold_for_documents,
    release_due,
    release_reserves,
    run_payouts,
)
from marketplace.reconciliation import handlers as reconciliation
from marketplace.sellers.commands import lapse_holds
from marketplace.shared import clock, heartbeats, idempotency
from reports import runs as reports
from reports import schedules as report_schedules
from tasks import jobs, outbox, verification
from tasks.at_work import SWEEP, watched

MINUTE_S = 60
IDEMPOTENCY_KEPT = timedelta(days=7)
TALLIES_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sweep:
    name: str
    run: Callable[[], object]
    every_minutes: int
    why: Any


SWEEPS = (
    Sweep(
        "outbox.sweep",
        outbox.sweep,
        1,
        _("Deliver what was not hinted, or failed and is due again."),
    ),
    Sweep(
        "idempotency.forget",
        lambda: idempotency.forget_before(instant=clock.now() - IDEMPOTENCY_KEPT),
        60,
        _("Stored answers are kept for a week."),
    ),
    Sweep(
        "accounts.forget",
        accounts.forget_spent,
        60,
        _("Refresh tokens and phone codes that expired a month ago prove nothing any more."),
    ),
    Sweep(
        "orders.expire",
        expire_due_orders,
        1,
        _("Give the stock of unpaid orders back when time is up."),
    ),
    Sweep(
        "disputes.deadlines",
        mind_deadlines,
        5,
        _("A side of a dispute that is silent for too long loses its word."),
    ),
    Sweep(
        "disputes.forget_drafts",
        forget_drafts,
        60,
        _("What a side prepared and never submitted is deleted 90 days after the case was closed."),
    ),
    Sweep(
        "payments.enquire",
        enquire_due_attempts,
        1,
        _("Settle payments whose callback never came, by asking the provider."),
    ),
    Sweep(
        "payments.forget_tallies",
        lambda: forget_tallies_before(instant=clock.now() - TALLIES_KEPT),
        60,
        _("The figures of providers go back thirty days."),
    ),
    Sweep("payments.enquire_refunds", enquire_due_refunds, 1, _("The same for refunds.")),
    Sweep("payouts.enquire", enquire_due_payouts, 1, _("The same for payouts.")),
    Sweep(
        "payouts.release",
        release_due,
        10,
        _("Make sellers' money available when its hold is over."),
    ),
    Sweep("payouts.reserves", release_reserves, 60, _("The same for the parts kept in reserve.")),
    Sweep(
        "payouts.run",
        run_payouts,
        15,
        _("Prepare the batch of the sellers who are due today, once, late rather than never."),
    ),
    Sweep(
        "payouts.wallets",
        check_wallets_due,
        15,
        _("Ask whose wallet it is where the provider could not be reached, or nobody asked yet."),
    ),
    Sweep(
        "payouts.documents",
        hold_for_documents,
        60,
        _("Hold the money of sellers whose papers expired, and free who has shown new ones."),
    ),
    Sweep(
        "sellers.holds",
        lapse_holds,
        5,
        _("Let sellers sell again whom one person held and no second one wants suspended."),
    ),
    Sweep(
        "notifications.revive",
        notifications.revive,
        15,
        _("A provider's outage outlasts the outbox's retries; messages are tried for six hours."),
    ),
    Sweep(
        "notifications.digest",
        send_digests,
        60,
        _(
            "Tell finance every morning what waits at its desks, once a day, late rather than never."
        ),
    ),
    Sweep(
        "reconciliation.take_dropped",
        reconciliation.take_dropped_statements,
        1,
        _("Take the statements that providers left in the watched place."),
    ),
    Sweep(
        "reconciliation.fetch",
        reconciliation.fetch_statements_of_providers,
        60,
        _("Ask the providers that list their movements, where the settings say so."),
    ),
    Sweep(
        "reconciliation.look_again",
        reconciliation.look_again_everywhere,
        15,
        _("Money that a statement showed first is matched once our books know it."),
    ),
    Sweep(
        "analytics.count",
        analytics.count_events,
        1,
        _("Add what happened to the figures of the dashboard and the analytics page."),
    ),
    Sweep(
        "analytics.footfall",
        write_down_footfall,
        5,
        _("Write down how many searched, looked and filled a cart."),
    ),
    Sweep(
        "analytics.forward",
        analytics.forward_due,
        1,
        _("Tell analytics services what buyers who allow it did."),
    ),
    Sweep(
        "analytics.forget_forwarded",
        analytics.forget_forwarded,
        60,
        _("What was told is kept for a month, and what could not be told for a week."),
    ),
    Sweep(
        "reports.order_due",
        report_schedules.order_due,
        5,
        _("Order the reports that schedules promise."),
    ),
    Sweep(
        "billing.issue",
        billing.issue_due,
        60,
        _(
            "Bill sellers for the month that is over; the rest of the month there is nothing to bill."
        ),
    ),
    Sweep(
        "billing.fiscalise",
        fiscal.fiscalise_due,
        1,
        _(
            "Give invoices their fiscal receipts, and send those that the authority has not acknowledged."
        ),
    ),
    Sweep(
        "billing.fiscal_reports",
        fiscal.report_days,
        60,
        _("Report every day that is over to the tax authority (Z report)."),
    ),
    Sweep(
        "reports.abandoned",
        reports.fail_abandoned,
        10,
        _("Reports that no worker could make are said to have failed."),
    ),
    Sweep(
        "reports.expire", reports.expire_due, 60, _("Reports are kept for a while, not for ever.")
    ),
    Sweep(
        "closing.open_months",
        closing.open_months,
        60,
        _("Every month has its row, with the checklist of its close."),
    ),
    Sweep(
        "ledger.seal",
        seal_due,
        5,
        _(
            "Seal the events and entries since the last seal: what is changed behind our back shows."
        ),
    ),
    Sweep(
        "casework.drafts",
        casework.drop_drafts,
        60,
        _("Rows that were chosen for a bulk decision a day ago and never decided are let go."),
    ),
    Sweep(
        "casework.forget_bulk",
        casework.forget_bulk_runs,
        60,
        _("Bulk decisions and the outcome of their rows are kept for a while, not for ever."),
    ),
    Sweep(
        "jobs.forget",
        jobs.forget_failures,
        60,
        _("Failed jobs are kept for a month, and workers that died for an hour."),
    ),
    Sweep("data.verify", verification.verify, 60, _("Check every invariant of the data.")),
)
_BY_NAME = {sweep.name: sweep for sweep in SWEEPS}


def why(name: str) -> Any:
    """What a sweep is for; "" for one that the table does not know (any more)."""
    return _BY_NAME[name].why if name in _BY_NAME else ""


def run_sweep(name: str) -> object:
    """What a worker runs when a schedule strikes; returns what the sweep did."""
    has_failed = heartbeats.is_failing(name)
    result = watched(
        SWEEP, [name], lambda: heartbeats.run_with_pulse(name=name, sweep=_BY_NAME[name].run)
    )
    if has_failed:
        jobs.settle_failures_of(name)
    return result


def sync_schedules() -> None:
    """Make django-q2's schedules and the expected pulses equal to the table. Safe to run again."""
    heartbeats.expect({sweep.name: sweep.every_minutes * MINUTE_S for sweep in SWEEPS})
    Schedule.objects.exclude(name__in=_BY_NAME).delete()
    for sweep in SWEEPS:
        Schedule.objects.update_or_create(
            name=sweep.name,
            defaults={
                "func": jobs.RUN_SWEEP,
                "args": repr((sweep.name,)),
                "schedule_type": Schedule.MINUTES,
                "minutes": sweep.every_minutes,
                "repeats": -1,
            },
        )
