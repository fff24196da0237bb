"""How much work waits in each queue: the badges of the navigation and the dashboard's first row."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from backoffice.models import (
    ApplicationQueue,
    BatchQueue,
    DeadLetter,
    DisputeQueue,
    ExceptionQueue,
    FailedJob,
    FailedRefund,
    IssueQueue,
    ModerationQueue,
    PapersQueue,
    RefundQueue,
    ReviewQueue,
    RoleQueue,
    RuleQueue,
    ShipmentQueue,
    StandingQueue,
    SuggestionQueue,
    TermsQueue,
)
from marketplace.accounts.states import RoleRequestStatus
from marketplace.casework.queries import unseen_bulk_runs, unseen_mentions
from marketplace.closing.models import Period
from marketplace.closing.states import PeriodStatus
from marketplace.disputes.states import IN_TALKS, AppealStatus, DisputeStatus
from marketplace.listings.states import ListingStatus
from marketplace.orders.states import SellerOrderStatus
from marketplace.payments.commands import DOUBT
from marketplace.payments.states import IssueStatus, RefundStatus
from marketplace.payouts.models import PayoutPause, TopUp, WalletCheck
from marketplace.payouts.states import TO_REVIEW, BatchStatus, TopUpStatus
from marketplace.reconciliation.states import ExceptionStatus, SuggestionStatus
from marketplace.sellers.states import ApplicationStatus, DocumentStatus, StandingRequestStatus
from marketplace.shared import clock
from marketplace.shared.four_eyes import RequestStatus
from marketplace.shared.models import DeliveryStatus
from marketplace.shared.months import this_month

# A seller has a day before anybody asks; papers are renewed in the month before they expire.
CHASED_AFTER = timedelta(days=1)
RENEWED_BEFORE = timedelta(days=30)
FRESH_S = 30
COUNTED_MAX = 1_000
KEY, MENTIONS_KEY = "console:waiting", "console:mentions:"
# The queue's model → its cases that are late; the queues themselves enter it.
LATE: dict[str, Callable[[], QuerySet[Any]]] = {}


def applications() -> QuerySet[ApplicationQueue]:
    return ApplicationQueue.objects.filter(
        status__in=[ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW]
    )


def listings() -> QuerySet[ModerationQueue]:
    return ModerationQueue.objects.filter(status=ListingStatus.IN_MODERATION)


def reviews() -> QuerySet[ReviewQueue]:
    return ReviewQueue.objects.exclude(question="")


def disputes() -> QuerySet[DisputeQueue]:
    """Open ones and appeals, and decisions to which a colleague must agree; refunds are elsewhere."""
    agreement = Q(status=DisputeStatus.APPROVAL) & (
        Q(refund_reference="") | Q(appeal__status=AppealStatus.WAITING)
    )
    return DisputeQueue.objects.filter(Q(status__in=IN_TALKS) | agreement)


def exceptions() -> QuerySet[ExceptionQueue]:
    return ExceptionQueue.objects.filter(status=ExceptionStatus.OPEN)


def suggestions() -> QuerySet[SuggestionQueue]:
    return SuggestionQueue.objects.filter(status=SuggestionStatus.PROPOSED)


def batches() -> QuerySet[BatchQueue]:
    return BatchQueue.objects.filter(status=BatchStatus.AWAITING_APPROVAL)


def refunds() -> QuerySet[RefundQueue]:
    return RefundQueue.objects.filter(status=RefundStatus.PROPOSED)


def failed_refunds() -> QuerySet[FailedRefund]:
    """Also those of which nobody has said anything for a day: a person may decide them."""
    silent = Q(
        status__in=[RefundStatus.SENT, RefundStatus.UNKNOWN], sent_at__lte=clock.now() - DOUBT
    )
    return FailedRefund.objects.filter(Q(status=RefundStatus.FAILED) | silent)


def payout_pauses() -> QuerySet[PayoutPause]:
    return PayoutPause.objects.filter(resumed_at__isnull=True)


def top_ups() -> QuerySet[TopUp]:
    return TopUp.objects.filter(status=TopUpStatus.PROPOSED)


def wallet_checks() -> QuerySet[WalletCheck]:
    return WalletCheck.objects.filter(is_current=True, status__in=TO_REVIEW)


def payment_issues() -> QuerySet[IssueQueue]:
    return IssueQueue.objects.exclude(status=IssueStatus.CLOSED)


def months() -> QuerySet[Period]:
    """Over and not closed, or to be opened again by a second person."""
    over = Q(status__in=[PeriodStatus.OPEN, PeriodStatus.REOPENED], month__lt=this_month())
    return Period.objects.filter(over | Q(status=PeriodStatus.REOPENING))


def shipments() -> QuerySet[ShipmentQueue]:
    return ShipmentQueue.objects.filter(
        status__in=[SellerOrderStatus.TO_CONFIRM, SellerOrderStatus.TO_SHIP],
        placed_at__lt=clock.now() - CHASED_AFTER,
    )


def papers() -> QuerySet[PapersQueue]:
    """Of those who sell; a paper that was replaced does not count."""
    return PapersQueue.objects.filter(
        is_current=True,
        status=DocumentStatus.ACCEPTED,
        expires_on__lt=clock.today() + RENEWED_BEFORE,
        application__status=ApplicationStatus.APPROVED,
    )


def role_requests() -> QuerySet[RoleQueue]:
    return RoleQueue.objects.filter(status=RoleRequestStatus.REQUESTED)


def terms_requests() -> QuerySet[TermsQueue]:
    return TermsQueue.objects.filter(status=RequestStatus.REQUESTED)


def rule_requests() -> QuerySet[RuleQueue]:
    return RuleQueue.objects.filter(status=RequestStatus.REQUESTED)


def standings() -> QuerySet[StandingQueue]:
    return StandingQueue.objects.filter(status=StandingRequestStatus.REQUESTED)


def dead_letters() -> QuerySet[DeadLetter]:
    return DeadLetter.objects.filter(status=DeliveryStatus.DEAD)


def failed_jobs() -> QuerySet[FailedJob]:
    return FailedJob.objects.all()


QUEUES: dict[str, Callable[[], QuerySet[Any]]] = {
    "applications": applications,
    "listings": listings,
    "reviews": reviews,
    "disputes": disputes,
    "exceptions": exceptions,
    "suggestions": suggestions,
    "batches": batches,
    "refunds": refunds,
    "failed_refunds": failed_refunds,
    "payout_pauses": payout_pauses,
    "top_ups": top_ups,
    "wallet_checks": wallet_checks,
    "payment_issues": payment_issues,
    "shipments": shipments,
    "papers": papers,
    "months": months,
    "role_requests": role_requests,
    "rule_requests": rule_requests,
    "terms_requests": terms_requests,
    "standings": standings,
    "dead_letters": dead_letters,
    "failed_jobs": failed_jobs,
}


def counts() -> dict[str, int]:
    """Waiting per queue, at most `COUNTED_MAX` each, at most `FRESH_S` old."""
    return figures()[0]


def late() -> dict[str, int]:
    """Late cases by the queue's model, at most `COUNTED_MAX` each, at most `FRESH_S` old."""
    return figures()[1]


def figures() -> tuple[dict[str, int], dict[str, int]]:
    """Both of them: what waits, and what of it is late."""
    known: tuple[dict[str, int], dict[str, int]] | None = cache.get(KEY)
    if known is None:
        queues = [queue() for queue in QUEUES.values()]
        found = counted([*queues, *(late_cases() for late_cases in LATE.values())])
        known = (
            dict(zip(QUEUES, found[: len(queues)], strict=True)),
            dict(zip(LATE, found[len(queues) :], strict=True)),
        )
        cache.set(KEY, known, FRESH_S)
    return known


def unread(user_id: UUID) -> int:
    """Notes that name a person, and bulk decisions of theirs that are over, which they have not seen
    yet; at most `FRESH_S` old."""
    key = f"{MENTIONS_KEY}{user_id}"
    known: int | None = cache.get(key)
    if known is None:
        known = unseen_mentions(user_id=user_id) + unseen_bulk_runs(user_id=user_id)
        cache.set(key, known, FRESH_S)
    return known


def forget() -> None:
    """After a decision the badges count again."""
    cache.delete(KEY)


def forget_unread(user_id: UUID) -> None:
    """The person has looked at a case that may have named them."""
    cache.delete(f"{MENTIONS_KEY}{user_id}")


def counted(queues: Sequence[QuerySet[Any]]) -> list[int]:
    """How many each has, at most `COUNTED_MAX`; one statement for all."""
    parts: list[str] = []
    values: list[Any] = []
    for queue in queues:
        try:
            sql, of_queue = queue.order_by().values("pk")[:COUNTED_MAX].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) q)")  # noqa: S608 - Django wrote it
        values += of_queue
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())
