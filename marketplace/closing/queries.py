"""Reads of months, their closes and what changed from one close to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from marketplace.closing.errors import PeriodNotFound
from marketplace.closing.models import Close, ClosingBalance, Period, Reopening
from marketplace.closing.states import LOCKED, PeriodStatus, ReopeningStatus


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose closing balance is another than in the close before; None where it had none."""

    account: str
    before_minor: int | None
    after_minor: int | None

    @property
    def difference_minor(self) -> int:
        return (self.after_minor or 0) - (self.before_minor or 0)


def get_period(*, period_id: UUID) -> Period:
    """Raises PeriodNotFound."""
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise PeriodNotFound
    return period


def next_to_close() -> Period | None:
    """The earliest month that is not closed: the only one that can be."""
    return Period.objects.exclude(status=PeriodStatus.CLOSED).order_by("month").first()


def closed_after(period: Period) -> QuerySet[Period]:
    """Later months that are locked, the latest first."""
    return Period.objects.filter(month__gt=period.month, status__in=LOCKED).order_by("-month")


def closes_of(*, period_id: UUID) -> list[Close]:
    """Every close of a month, the latest first."""
    rows = Close.objects.filter(period_id=period_id).select_related("closed_by")
    return list(rows.order_by("-number"))


def waiting_reopening(*, period_id: UUID) -> Reopening | None:
    """The request that a second person has to decide about."""
    rows = Reopening.objects.filter(period_id=period_id, status=ReopeningStatus.REQUESTED)
    return rows.select_related("requested_by").first()


def reopenings_of(*, period_id: UUID) -> QuerySet[Reopening]:
    """All requests to open a month again, the latest first."""
    rows = Reopening.objects.filter(period_id=period_id)
    return rows.select_related("requested_by", "decided_by").order_by("-requested_at", "-pk")


def balances_of(close: Close) -> QuerySet[ClosingBalance]:
    """The closing balances that a close stated, by account."""
    return close.balances.order_by("account")


def differences(close: Close, former: Close) -> Sequence[Difference]:
    """Accounts whose closing balance changed between two closes of a month, by account."""
    before = dict(former.balances.values_list("account", "balance_minor"))
    after = dict(close.balances.values_list("account", "balance_minor"))
    return [
        Difference(account, before.get(account), after.get(account))
        for account in sorted(before.keys() | after.keys())
        if before.get(account) != after.get(account)
    ]
