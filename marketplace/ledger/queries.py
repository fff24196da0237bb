"""Balances and statements, computed from the postings: there is no running total to drift.

What an account comes to as a whole starts at the last closed month, whose totals are kept
(`totals.py`); what belongs to a reference is summed from its postings.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet, Sum

from marketplace.ledger.models import Entry, PeriodLock, Posting
from marketplace.ledger.totals import Total, totals, totals_named, totals_of_family
from marketplace.shared.months import month_after


def balance(*, account: str, reference: str = "", at: datetime | None = None) -> int:
    """Debits minus credits of one account, in minor units; of one reference in it where given.

    `at` counts postings strictly before that instant. An account nobody posted to balances at 0.
    """
    if not reference:
        return sum(one.balance_minor for one in totals_named(accounts=[account], at=at))
    postings = Posting.objects.filter(account__code=account, reference=reference)
    if at is not None:
        postings = postings.filter(posted_at__lt=at)
    total: int = postings.aggregate(total=Sum("amount_minor", default=0))["total"]
    return total


def balances(*, accounts: Iterable[str]) -> dict[str, int]:
    """Debits minus credits by account code, one query for all; accounts without postings are 0."""
    wanted = list(accounts)
    found = {one.account: one.balance_minor for one in totals_named(accounts=wanted)}
    return dict.fromkeys(wanted, 0) | found


def balances_by_reference(*, account: str, at: datetime | None = None) -> dict[str, int]:
    """Debits minus credits of one account by reference, now or strictly before `at`; references that
    balance are left out."""
    before = Q() if at is None else Q(posted_at__lt=at)
    rows = (
        Posting.objects.filter(before, account__code=account)
        .values_list("reference")
        .annotate(total=Sum("amount_minor"))
        .exclude(total=0)
        .order_by("reference")
    )
    return dict(rows)


def balances_by_prefix(*, prefix: str, at: datetime | None = None) -> dict[str, int]:
    """The same for all accounts of a family (`seller_available:`), now or strictly before `at`;
    accounts that had not moved by then are left out."""
    return {
        one.account: one.balance_minor
        for one in totals_of_family(prefix=prefix, at=at)
        if one.debit_minor or one.credit_minor
    }


def trial_balance(*, at: datetime | None = None) -> list[Total]:
    """Every account with its debits, credits and balance; the balances sum to zero."""
    return totals(at=at)


def account_statement(*, account: str, since: datetime, until: datetime) -> QuerySet[Posting]:
    """The postings of an account in [since, until), oldest first, with their entries."""
    return (
        Posting.objects.filter(account__code=account, posted_at__gte=since, posted_at__lt=until)
        .select_related("entry")
        .order_by("posted_at", "pk")
    )


def postings_for(*, references: Iterable[str]) -> QuerySet[Posting]:
    """All postings that belong to some business things, oldest first."""
    return (
        Posting.objects.filter(reference__in=list(references))
        .select_related("entry", "account")
        .order_by("posted_at", "pk")
    )


def postings_of_event(*, event_id: UUID) -> list[tuple[str, str, int]]:
    """(account, reference, amount in minor units) of what an event has posted."""
    rows = Posting.objects.filter(entry__event_id=event_id).order_by("pk")
    return list(rows.values_list("account__code", "reference", "amount_minor"))


def is_posted(*, event_id: UUID) -> bool:
    """Whether the event already posted its entry."""
    return Posting.objects.filter(entry__event_id=event_id).exists()


def movement(*, account: str, since: datetime, until: datetime) -> int:
    """Debits minus credits of one account posted in [since, until)."""
    total: int = Posting.objects.filter(
        account__code=account, posted_at__gte=since, posted_at__lt=until
    ).aggregate(total=Sum("amount_minor", default=0))["total"]
    return total


def totals_by_reference(*, account: str, references: Iterable[str]) -> dict[str, int]:
    """Debits minus credits of one account by the thing they belong to; absent where none."""
    rows = (
        Posting.objects.filter(account__code=account, reference__in=list(references))
        .order_by()
        .values_list("reference")
        .annotate(total=Sum("amount_minor"))
    )
    return dict(rows)


def family_by_reference(*, prefix: str, references: Iterable[str]) -> dict[tuple[str, str], int]:
    """Debits minus credits of a family's accounts by the thing they belong to: (account, reference)."""
    rows = (
        Posting.objects.filter(reference__in=list(references), account__code__startswith=prefix)
        .order_by()
        .values_list("account__code", "reference")
        .annotate(total=Sum("amount_minor"))
    )
    return {(code, reference): total for code, reference, total in rows}


def journal(*, since: datetime, until: datetime, account: str = "") -> QuerySet[Posting]:
    """Every posting in [since, until) with entry, causing event and account, in posting order;
    only of accounts whose code begins with `account`."""
    return (
        Posting.objects.filter(
            posted_at__gte=since, posted_at__lt=until, account__code__startswith=account
        )
        .select_related("entry__event", "account")
        .order_by("posted_at", "pk")
    )


def closed_until() -> datetime | None:
    """The instant before which nothing can be posted; None while no month is closed."""
    until: datetime | None = PeriodLock.objects.aggregate(until=Max("until"))["until"]
    return until


def last_closed_day() -> date | None:
    """The last day of the last closed month: what the books say up to then cannot change."""
    last: date | None = PeriodLock.objects.aggregate(last=Max("month"))["last"]
    return None if last is None else month_after(last) - timedelta(days=1)


def first_posted_at() -> datetime | None:
    """When the books begin; None while they are empty."""
    first: datetime | None = Entry.objects.aggregate(first=Min("posted_at"))["first"]
    return first


def moved_by_context(*, account: str, context: str, until: datetime) -> int:
    """Debits minus credits of one account before `until`, caused by the events of one context."""
    total: int = Posting.objects.filter(
        account__code=account,
        posted_at__lt=until,
        entry__event__name__startswith=f"{context}.",
    ).aggregate(total=Sum("amount_minor", default=0))["total"]
    return total
