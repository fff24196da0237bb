"""Reads of disputes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat

from marketplace.disputes.checklist import REQUIRED
from marketplace.disputes.errors import DisputeNotFound
from marketplace.disputes.models import Dispute, DisputeMessage, Evidence, Proposal, StagedEvidence
from marketplace.disputes.states import DisputeStatus, Fault, Party, ProposalStatus
from marketplace.shared import clock
from marketplace.shared.ids import first_uuid7


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said and shown, oldest first."""

    messages: list[DisputeMessage]
    evidence: list[Evidence]
    proposals: list[Proposal]

    @property
    def is_proposed(self) -> bool:
        """Whether a proposal waits for its answer."""
        return any(one.status == ProposalStatus.OPEN for one in self.proposals)


def get_dispute(
    *, reference: str, buyer_id: UUID | None = None, seller_id: UUID | None = None
) -> Dispute:
    """By reference, only for its buyer or its seller where given. Raises DisputeNotFound."""
    rows = _rows().filter(reference=reference)
    if buyer_id is not None:
        rows = rows.filter(buyer_id=buyer_id)
    if seller_id is not None:
        rows = rows.filter(seller_id=seller_id)
    dispute = rows.first()
    if dispute is None:
        raise DisputeNotFound
    return dispute


def dispute_by_id(dispute_id: UUID) -> Dispute:
    """By id, with its seller order. Raises DisputeNotFound."""
    dispute = _rows().filter(pk=dispute_id).first()
    if dispute is None:
        raise DisputeNotFound
    return dispute


def disputes_of(
    *, buyer_id: UUID | None = None, seller_id: UUID | None = None, status: str = ""
) -> QuerySet[Dispute]:
    """A buyer's or a seller's disputes, newest first."""
    rows = _rows()
    if buyer_id is not None:
        rows = rows.filter(buyer_id=buyer_id)
    if seller_id is not None:
        rows = rows.filter(seller_id=seller_id)
    return (rows.filter(status=status) if status else rows).order_by("-id")


def disputes_of_order(*, order_id: UUID) -> QuerySet[Dispute]:
    """All disputes about parts of one order, newest first."""
    return _rows().filter(seller_order__order_id=order_id).order_by("-id")


def open_disputes() -> QuerySet[Dispute]:
    """The queue: the one that is due first stands first."""
    return _rows().filter(status=DisputeStatus.OPEN).order_by("due_at", "id")


def thread(*, dispute_id: UUID, for_staff: bool = False) -> Thread:
    """Messages and evidence of a dispute; internal notes for staff only."""
    messages = DisputeMessage.objects.filter(dispute_id=dispute_id).select_related("author")
    if not for_staff:
        messages = messages.filter(is_internal=False)
    evidence = Evidence.objects.filter(dispute_id=dispute_id).select_related("uploaded_by")
    proposals = Proposal.objects.filter(dispute_id=dispute_id).select_related("author")
    return Thread(
        list(messages.order_by("id")),
        list(evidence.order_by("id")),
        list(proposals.order_by("id")),
    )


def tracking_of(dispute: Dispute) -> str:
    """The parcel's tracking number; "" where it left without one."""
    shipment = getattr(dispute.seller_order, "shipment", None)
    return str(shipment.tracking) if shipment is not None else ""


def staged(*, dispute_id: UUID, party: str) -> list[StagedEvidence]:
    """What a side has prepared and not yet submitted, oldest first. For that side alone."""
    return list(StagedEvidence.objects.filter(dispute_id=dispute_id, party=party).order_by("id"))


def with_sides_preparing(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Disputes with `preparing`, the sides that have something to submit; what it is, is theirs."""
    prepared = StagedEvidence.objects.filter(dispute=OuterRef("pk")).order_by("party")
    return rows.annotate(preparing=ArraySubquery(prepared.values("party").distinct()))


def with_goods(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Disputes with `goods`, what was bought of the seller as "1 × Phone", without a query for each."""
    bought = Dispute.objects.filter(pk=OuterRef("pk")).order_by("seller_order__lines__id")
    quantity = Cast("seller_order__lines__quantity", CharField())
    line = Concat(quantity, Value(" × "), "seller_order__lines__title")
    return rows.annotate(goods=ArraySubquery(bought.annotate(line=line).values("line")))


def with_evidence_shown(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Disputes with `shown`, what is shown in each as "party:kind", without a query for each."""
    shown = Evidence.objects.filter(dispute=OuterRef("pk")).order_by()
    pairs = shown.annotate(pair=Concat("party", Value(":"), "kind")).values("pair").distinct()
    return rows.annotate(shown=ArraySubquery(pairs))


def evidence_is_complete() -> Q:
    """Of disputes: both sides have shown all that the reason asks of them; some reasons ask nothing."""
    complete = Q(pk=None)
    for reason, sides in REQUIRED.items():
        of_reason = Q(reason=reason)
        for party, kinds in sides.items():
            for kind in kinds:
                rows = Evidence.objects.filter(dispute=OuterRef("pk"), party=party, kind=kind)
                of_reason &= Q(Exists(rows))
        complete |= of_reason
    return complete


@dataclass(frozen=True, slots=True)
class Record:
    """How often a seller and a buyer stood in disputes lately, and how those ended.

    The buyer won what ended with money back; the seller lost what ended with the seller at fault.
    """

    seller_cases: int
    seller_won: int
    seller_lost: int
    seller_refunded_minor: int
    buyer_cases: int
    buyer_won: int
    buyer_lost: int
    buyer_refunded_minor: int

    @property
    def claims_often(self) -> bool:
        return self.buyer_cases >= settings.SERIAL_CLAIMS

    @property
    def loses_often(self) -> bool:
        return self.seller_lost >= settings.SERIAL_FAULTS


def record_of(
    *,
    seller_id: UUID | None = None,
    buyer_id: UUID | None = None,
    besides: UUID | None = None,
) -> Record:
    """Of one seller and one buyer, or of either, without the case `besides`; refunds in minor units.

    One query over the last `DISPUTE_RECORD_DAYS`: the ids are in the order of time, so that each
    party's index is read from there on and not from the first case ever.
    """
    since = clock.now() - timedelta(days=settings.DISPUTE_RECORD_DAYS)
    sold, bought = Q(seller_id=seller_id), Q(buyer_id=buyer_id)
    won, settled = Q(refunded_minor__gt=0), Q(status=DisputeStatus.RESOLVED)
    rows = Dispute.objects.filter(sold | bought, pk__gte=first_uuid7(since))
    if besides is not None:
        rows = rows.exclude(pk=besides)
    counts = rows.aggregate(
        seller_cases=Count("pk", filter=sold),
        seller_won=Count("pk", filter=sold & settled & ~Q(fault=Fault.SELLER)),
        seller_lost=Count("pk", filter=sold & settled & Q(fault=Fault.SELLER)),
        seller_refunded_minor=Sum("refunded_minor", filter=sold, default=0),
        buyer_cases=Count("pk", filter=bought),
        buyer_won=Count("pk", filter=bought & settled & won),
        buyer_lost=Count("pk", filter=bought & settled & ~won),
        buyer_refunded_minor=Sum("refunded_minor", filter=bought, default=0),
    )
    return Record(**counts)


@dataclass(frozen=True, slots=True)
class Ended:
    """Of a seller's cases opened in a span of days: decided, lost, and answered too late by the seller."""

    decided: int
    lost: int
    late_answers: int


def ended_of(*, seller_id: UUID, spans_days: Sequence[int]) -> dict[int, Ended]:
    """By span; one query over the longest of them, along the seller's index of cases."""
    now = clock.now()
    since = {days: Q(pk__gte=first_uuid7(now - timedelta(days=days))) for days in spans_days}
    decided = Q(status=DisputeStatus.RESOLVED)
    counts = {
        f"{name}_{days}": Count("pk", filter=since[days] & condition)
        for days in spans_days
        for name, condition in (
            ("decided", decided),
            ("lost", decided & Q(fault=Fault.SELLER)),
            ("late", Q(silent=Party.SELLER)),
        )
    }
    found = Dispute.objects.filter(since[max(spans_days)], seller_id=seller_id).aggregate(**counts)
    return {
        days: Ended(found[f"decided_{days}"], found[f"lost_{days}"], found[f"late_{days}"])
        for days in spans_days
    }


def _rows() -> QuerySet[Dispute]:
    return Dispute.objects.select_related(
        "seller_order__order", "seller_order__shipment", "seller", "buyer", "assignee", "appeal"
    )
