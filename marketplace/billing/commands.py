"""Collecting what is to be billed, and issuing the month's invoices and credit notes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from marketplace.billing.errors import PeriodNotAMonth, PeriodNotOver
from marketplace.billing.events import DocumentIssued
from marketplace.billing.models import CommissionLine, Counter, Document
from marketplace.billing.queries import invoices_of_sales, sellers_to_bill
from marketplace.billing.states import SERIES, DocumentKind, LineKind
from marketplace.ledger import chart
from marketplace.ledger.queries import postings_of_event
from marketplace.orders.queries import parts_by_reference
from marketplace.payments.events import (
    ChargebackSettled,
    PaymentApplied,
    PaymentReversed,
    PaymentSucceeded,
    RefundBorneAnew,
    RefundRequested,
)
from marketplace.sellers.queries import legal_details
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record

BILLING = Actor.system("billing")
SELLERS_PER_SWEEP = 500
KINDS = {
    PaymentSucceeded.name: LineKind.SALE,
    PaymentApplied.name: LineKind.SALE,
    RefundRequested.name: LineKind.REFUND,
    RefundBorneAnew.name: LineKind.APPEAL,
    PaymentReversed.name: LineKind.REVERSAL,
    ChargebackSettled.name: LineKind.REVERSAL,
}


@transaction.atomic
def collect(*, event_id: UUID, happened_at: datetime, cause: str) -> int:
    """Write the lines that an event's ledger entry makes; how many are new. Repeatable.

    The ledger says what was booked, so that lines and books cannot differ; a sale is split over
    its order lines, each with the rule that it was sold under.
    """
    booked = _booked(event_id)
    if not booked:
        return 0
    kind = KINDS[cause]
    lines: list[CommissionLine] = []
    for part in parts_by_reference(references=booked):
        commission_minor, vat_minor = booked[part.reference]
        if kind == LineKind.SALE:
            lines += _lines_of_sale(part, happened_at)
            continue
        lines.append(
            CommissionLine(
                cause=f"{event_id}:{part.reference}",
                kind=kind,
                seller_id=part.seller_id,
                seller_order_id=part.pk,
                title=part.reference,
                base_minor=0,
                commission_minor=commission_minor,
                vat_minor=vat_minor,
                happened_at=happened_at,
            )
        )
    CommissionLine.objects.bulk_create(lines, ignore_conflicts=True)
    return len(lines)


@transaction.atomic
def issue_documents(*, seller_id: UUID, period: date, actor: Actor) -> list[Document]:
    """Bill a seller for a month that is over, and for what older months left unbilled.

    One invoice; what was given back of commission that an earlier invoice billed becomes a credit
    note that names it. Nothing unbilled means no document: running twice is no news. Raises
    PeriodNotAMonth and PeriodNotOver.
    """
    end = _end_of(period)
    one_at_a_time(f"billing:{seller_id}")
    unbilled = CommissionLine.objects.select_for_update().filter(
        seller_id=seller_id, document=None, happened_at__lt=end
    )
    lines = list(unbilled.order_by("happened_at", "pk"))
    if not lines or Document.objects.filter(seller_id=seller_id, period=period).exists():
        return []  # What was collected late is billed with the next month.
    earlier = invoices_of_sales(seller_order_ids={line.seller_order_id for line in lines})
    corrections = [
        line
        for line in lines
        if line.kind != LineKind.SALE
        and line.seller_order_id in earlier
        # What an appeal lets us earn again is billed, not credited.
        and line.commission_minor <= 0
    ]
    sales = [line for line in lines if line not in corrections]
    issued = []
    if sales:
        issued.append(_issue(DocumentKind.INVOICE, seller_id, period, sales, (), actor))
    if corrections:
        numbers = {earlier[line.seller_order_id] for line in corrections}
        issued.append(
            _issue(DocumentKind.CREDIT_NOTE, seller_id, period, corrections, numbers, actor)
        )
    return issued


def issue_due() -> int:
    """Bill every seller for the month that ended last; how many documents were issued.

    A seller who cannot be billed keeps nobody else waiting: the others are billed, then the sweep
    fails and its heartbeat shows it.
    """
    period = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    issued, refused = 0, []
    for seller_id in sellers_to_bill(before=_end_of(period), period=period)[:SELLERS_PER_SWEEP]:
        try:
            issued += len(issue_documents(seller_id=seller_id, period=period, actor=BILLING))
        except IntegrityError as error:
            refused.append(f"{seller_id}: {error}")
    if refused:
        raise CannotBill("; ".join(refused))
    return issued


class CannotBill(Exception):
    """Some sellers' lines make no document; the message names them."""


def _booked(event_id: UUID) -> dict[str, tuple[int, int]]:
    """Commission and VAT of an event's entry by seller order: income is positive."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for account, reference, amount_minor in postings_of_event(event_id=event_id):
        if account in (chart.COMMISSION_REVENUE, chart.VAT_PAYABLE):
            found[reference][account == chart.VAT_PAYABLE] -= amount_minor
    return {reference: (both[0], both[1]) for reference, both in found.items()}


def _lines_of_sale(part: Any, happened_at: datetime) -> list[CommissionLine]:
    return [
        CommissionLine(
            cause=f"sale:{line.pk}",
            kind=LineKind.SALE,
            seller_id=part.seller_id,
            seller_order_id=part.pk,
            title=f"{line.quantity} × {line.title}"[:200],
            rule=line.commission_rule,
            base_minor=line.total_minor,
            rate_bp=line.commission_bp,
            vat_bp=line.commission_vat_bp,
            commission_minor=line.commission_minor,
            vat_minor=line.commission_vat_minor,
            happened_at=happened_at,
        )
        for line in part.lines.all()
    ]


def _issue(
    kind: DocumentKind,
    seller_id: UUID,
    period: date,
    lines: Sequence[CommissionLine],
    corrects: Iterable[str],
    actor: Actor,
) -> Document:
    commission_minor = sum(line.commission_minor for line in lines)
    vat_minor = sum(line.vat_minor for line in lines)
    now = clock.now()
    document = Document.objects.create(
        number=_next_number(SERIES[kind], now.astimezone(clock.EAT).year),
        kind=kind,
        seller_id=seller_id,
        period=period,
        commission_minor=commission_minor,
        vat_minor=vat_minor,
        total_minor=commission_minor + vat_minor,
        seller_details=legal_details(seller_id=seller_id),
        issuer_details=dict(settings.LEGAL_IDENTITY),
        corrects=sorted(corrects),
        issued_at=now,
    )
    CommissionLine.objects.filter(pk__in=[line.pk for line in lines], document=None).update(
        document=document
    )
    record(
        DocumentIssued(
            document_id=document.pk,
            seller_id=seller_id,
            number=document.number,
            kind=kind,
            period=period,
        ),
        actor=actor,
        after={"number": document.number, "total_minor": document.total_minor},
    )
    return document


def _next_number(series: str, year: int) -> str:
    """The next number of a series, with the counter locked until the document is committed.

    A rollback gives the number back, so that there is no gap; a second process waits for it.
    """
    Counter.objects.bulk_create([Counter(series=series, year=year)], ignore_conflicts=True)
    counter = Counter.objects.select_for_update().get(series=series, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{series}-{year}-{counter.last:06d}"


def _end_of(period: date) -> datetime:
    """The first instant after a month. Raises PeriodNotAMonth and PeriodNotOver."""
    if period.day != 1:
        raise PeriodNotAMonth
    following = (period + timedelta(days=32)).replace(day=1)
    end = clock.midnight(following)
    if end > clock.now():
        raise PeriodNotOver(**{"from": following.isoformat()})
    return end
