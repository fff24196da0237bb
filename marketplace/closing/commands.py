"""Months open, close, and open again: the last by two people. The ledger holds the lock."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.closing.checklist import Checklist, checklist
from marketplace.closing.errors import (
    ChecklistNotDone,
    EarlierMonthOpen,
    LaterMonthClosed,
    PeriodNotFound,
    PeriodNotOver,
)
from marketplace.closing.events import (
    PeriodClosed,
    PeriodReopened,
    ReopeningRejected,
    ReopeningRequested,
)
from marketplace.closing.models import Close, ClosingBalance, Period, Reopening
from marketplace.closing.queries import closed_after
from marketplace.closing.states import (
    PERIOD_TRANSITIONS,
    REOPENING_TRANSITIONS,
    PeriodStatus,
    ReopeningStatus,
)
from marketplace.ledger.commands import close_month, reopen_month
from marketplace.ledger.queries import first_posted_at, trial_balance
from marketplace.reconciliation.commands import hold_statements
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import decide, reason_given
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.months import bounds, month_after, month_of, this_month
from marketplace.shared.outbox import record
from marketplace.shared.states import IllegalTransition, may_move, move

# One close or reopening at a time, whichever month it is about.
LOCK = "closing"


@transaction.atomic
def open_months() -> int:
    """A row for every month from the first posting to the present one; how many are new. Repeatable."""
    first = first_posted_at()
    if first is None:
        return 0
    known = set(Period.objects.values_list("month", flat=True))
    month, months = min([month_of(first), *known]), []
    while month <= this_month():
        months.append(month)
        month = month_after(month)
    new = [Period(month=one) for one in months if one not in known]
    Period.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def close_period(*, period_id: UUID, reason: str, actor: Actor) -> Close:
    """Lock the month in the ledger and keep its figures, where all that the checklist asks is done.

    `reason` says on whose word it is closed, and what was left on purpose. The list is looked at
    again under the locks: no statement is imported and nothing is posted into the month meanwhile.
    Raises PeriodNotFound, ReasonMissing, PeriodNotOver, EarlierMonthOpen, ChecklistNotDone, and
    IllegalTransition where it is closed already.
    """
    reason = reason_given(reason)
    one_at_a_time(LOCK)
    period = _locked(period_id)
    until = bounds(period.month)[1]
    if until > clock.now():
        raise PeriodNotOver
    _require_earlier_closed(period)
    number = period.closes.count() + 1
    before = move(period, PeriodStatus.CLOSED, PERIOD_TRANSITIONS, actor=actor)
    event = record(
        PeriodClosed(
            period_id=period.pk, month=f"{period.month:%Y-%m}", number=number, reason=reason
        ),
        actor=actor,
        before={"status": before},
        after={"status": period.status},
    )
    hold_statements()
    close_month(month=period.month, event=event)
    stated = checklist(month=period.month)
    _require_done(period, stated)
    close = Close.objects.create(
        period=period,
        number=number,
        closed_by_id=UUID(actor.id),
        closed_at=clock.now(),
        reason=reason,
        checklist=[check.as_stored() for check in stated.checks],
        wallets=[wallet.as_stored() for wallet in stated.wallets],
    )
    _keep_balances(close, until)
    return close


@transaction.atomic
def request_reopening(*, period_id: UUID, reason: str, actor: Actor) -> Reopening:
    """Ask that the last closed month be opened again; it stays locked until another agrees.

    Raises PeriodNotFound, ReasonMissing, LaterMonthClosed, and IllegalTransition where it is not
    closed.
    """
    reason = reason_given(reason)
    one_at_a_time(LOCK)
    period = _locked(period_id)
    later = closed_after(period).first()
    if later is not None:
        raise LaterMonthClosed(month=later)
    before = move(period, PeriodStatus.REOPENING, PERIOD_TRANSITIONS, actor=actor)
    reopening = Reopening.objects.create(
        period=period, reason=reason, requested_by_id=UUID(actor.id), requested_at=clock.now()
    )
    record(
        ReopeningRequested(period_id=period.pk, month=f"{period.month:%Y-%m}", reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": period.status},
    )
    return reopening


@transaction.atomic
def approve_reopening(*, period_id: UUID, actor: Actor) -> Period:
    """Open the month again, as another person asked. The figures of its close are kept.

    Raises PeriodNotFound, FourEyes, and IllegalTransition where nobody asks any more.
    """
    period, reopening = _asked_about(period_id, PeriodStatus.REOPENED, actor)
    decide(reopening, ReopeningStatus.APPROVED, REOPENING_TRANSITIONS, actor=actor)
    before = move(period, PeriodStatus.REOPENED, PERIOD_TRANSITIONS, actor=actor)
    reopen_month(month=period.month)
    record(
        PeriodReopened(period_id=period.pk, month=f"{period.month:%Y-%m}", reason=reopening.reason),
        actor=actor,
        before={"status": before},
        after={"status": period.status},
    )
    return period


@transaction.atomic
def reject_reopening(*, period_id: UUID, reason: str, actor: Actor) -> Period:
    """Leave the month closed, with the reason why.

    Raises PeriodNotFound, ReasonMissing, FourEyes, and IllegalTransition where nobody asks any more.
    """
    reason = reason_given(reason)
    period, reopening = _asked_about(period_id, PeriodStatus.CLOSED, actor)
    decide(reopening, ReopeningStatus.REJECTED, REOPENING_TRANSITIONS, actor=actor, reason=reason)
    before = move(period, PeriodStatus.CLOSED, PERIOD_TRANSITIONS, actor=actor)
    record(
        ReopeningRejected(period_id=period.pk, month=f"{period.month:%Y-%m}", reason=reason),
        actor=actor,
        before={"status": before},
        after={"status": period.status},
    )
    return period


def _locked(period_id: UUID) -> Period:
    period = Period.objects.select_for_update().filter(pk=period_id).first()
    if period is None:
        raise PeriodNotFound
    return period


def _require_earlier_closed(period: Period) -> None:
    earlier = Period.objects.filter(month__lt=period.month).exclude(status=PeriodStatus.CLOSED)
    first = earlier.order_by("month").first()
    if first is not None:
        raise EarlierMonthOpen(month=first)


def _require_done(period: Period, stated: Checklist) -> None:
    if stated.blocking:
        raise ChecklistNotDone(
            month=period,
            items="; ".join(check.label for check in stated.blocking),
            checks=[check.code for check in stated.blocking],
        )


def _keep_balances(close: Close, until: datetime) -> None:
    """Every account that does not balance at nought, as the ledger has it at the end of the month."""
    ClosingBalance.objects.bulk_create(
        ClosingBalance(
            close=close,
            account=line.account,
            kind=line.kind,
            balance_minor=line.balance_minor,
        )
        for line in trial_balance(at=until)
        if line.balance_minor
    )


def _asked_about(period_id: UUID, wanted: str, actor: Actor) -> tuple[Period, Reopening]:
    """The month and the request that waits for this person, both locked."""
    one_at_a_time(LOCK)
    period = _locked(period_id)
    reopening = (
        Reopening.objects.select_for_update()
        .filter(period=period, status=ReopeningStatus.REQUESTED)
        .first()
    )
    if reopening is None or not may_move(PERIOD_TRANSITIONS, period.status, wanted, actor):
        raise IllegalTransition(
            current=period.get_status_display(), wanted=PeriodStatus(wanted).label
        )
    return period, reopening
